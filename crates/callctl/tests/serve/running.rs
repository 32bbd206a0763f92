//! Programs that run beside a test.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use call_transport_http::Timeouts;
use call_transport_http::internal::{Reach, connections};
use serde_json::Value;

/// A program that prints its address, and is killed when it is dropped.
pub(crate) struct Running {
    process: Child,
    pub(crate) url: String,
}

/// Makes a command that runs `callctl`.
pub(crate) fn callctl(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callctl"));
    // The environment of the test does not apply.
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("CALLCTL_")) {
        command.env_remove(name);
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Returns the arguments of a sidecar for a service, without authentication of posts.
pub(crate) fn serving<'a>(service: &'a str, public: &'a str, journal: &'a Path) -> Vec<&'a str> {
    let journal = journal.to_str().unwrap();
    let mut arguments =
        vec!["serve", "--listen", "127.0.0.1:0", "--insecure-webhook", "--access-token", "secret-access"];
    arguments.extend(["--service-url", service, "--public-url", public, "--journal", journal]);
    arguments
}

/// Returns an address of this machine that nothing listens on. The webhook address must be known before the sidecar starts.
pub(crate) fn free_address() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// Returns the arguments of a sidecar that listens on an address, at which the service also reaches it.
pub(crate) fn serving_on<'a>(address: &'a str, service: &'a str, public: &'a str, journal: &'a Path) -> Vec<&'a str> {
    let mut arguments = serving(service, public, journal);
    let place = arguments.iter().position(|argument| *argument == "127.0.0.1:0").unwrap();
    arguments[place] = address;
    arguments
}

impl Running {
    /// Starts a program, and waits until it is ready.
    pub(crate) fn start(command: Command) -> Self {
        Self::start_logging(command, Stdio::null())
    }

    /// Starts a program that logs to the given place, and waits until it is ready.
    pub(crate) fn start_logging(mut command: Command, log: Stdio) -> Self {
        let mut process = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.strip_prefix("listening on ").unwrap_or_else(|| panic!("{command:?} said {line:?}"));
        Self { process, url: url.trim_end().to_owned() }
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Asks the program to stop, and returns its exit status.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        assert!(Command::new("kill").arg(self.process.id().to_string()).status().unwrap().success());
        self.process.wait().unwrap().code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The process may have ended already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Returns an HTTP client for programs on this machine.
pub(crate) fn client() -> reqwest::Client {
    connections(Reach::ThisMachine, Timeouts::default()).unwrap()
}

/// Returns the files of the ten published requests.
pub(crate) fn request_files() -> Vec<PathBuf> {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../call-msgraph/tests/create/requests");
    let mut files: Vec<_> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Returns the bodies of the ten published requests, without the callback address.
pub(crate) fn requests() -> Vec<Value> {
    let read = |file: PathBuf| {
        let mut body: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        body.as_object_mut().unwrap().remove("callbackUri");
        body
    };
    request_files().into_iter().map(read).collect()
}

/// Returns the JSON of all calls that a sidecar lists.
pub(crate) async fn calls(client: &reqwest::Client, sidecar: &str) -> Vec<String> {
    let mut calls = Vec::new();
    let mut after = String::new();
    loop {
        let url = format!("{sidecar}/v1/calls?limit=1000{after}");
        let page = client.get(url).send().await.unwrap().error_for_status().unwrap().text().await.unwrap();
        let page: Page<'_> = serde_json::from_str(&page).unwrap();
        calls.extend(page.calls.iter().map(|call| call.get().to_owned()));
        let Some(next) = page.next else { return calls };
        after = format!("&after={next}");
    }
}

/// The calls that a sidecar or `callctl replay` shows.
#[derive(serde::Deserialize)]
struct Page<'p> {
    #[serde(borrow)]
    calls: Vec<&'p serde_json::value::RawValue>,
    next: Option<String>,
}

/// Returns the members of a call that `callctl replay` shows too.
pub(crate) fn as_replayed(call: &str) -> Value {
    const SHOWN: [&str; 12] = [
        "id",
        "direction",
        "state",
        "phase",
        "alternatives",
        "timeline",
        "result",
        "terminationReason",
        "participants",
        "operations",
        "sharing",
        "anomalies",
    ];
    let mut call: Value = serde_json::from_str(call).unwrap();
    call.as_object_mut().unwrap().retain(|name, _| SHOWN.contains(&name.as_str()));
    for participant in call["participants"].as_array_mut().unwrap() {
        participant.as_object_mut().unwrap().remove("identity");
    }
    let operations = call["operations"].as_array_mut().unwrap();
    operations.retain(|operation| operation["kind"] != "hangUp");
    for operation in operations {
        operation.as_object_mut().unwrap().retain(|name, _| !["key", "outcome"].contains(&name.as_str()));
    }
    call
}

/// Returns the calls of a closed journal as `callctl replay` prints them.
pub(crate) fn replayed(journal: &Path) -> (Vec<String>, Vec<String>) {
    let lines = callctl(&["journal", "export", journal.to_str().unwrap()]).output().unwrap();
    assert!(lines.status.success(), "{}", String::from_utf8_lossy(&lines.stderr));
    let log = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(log.path(), &lines.stdout).unwrap();
    let shown = callctl(&["replay", "--format", "json", log.path().to_str().unwrap()]).output().unwrap();
    assert!(shown.status.success());
    let shown = String::from_utf8(shown.stdout).unwrap();
    let page: Page<'_> = serde_json::from_str(&shown).unwrap();
    let lines = String::from_utf8(lines.stdout).unwrap().lines().map(str::to_owned).collect();
    (lines, page.calls.iter().map(|call| call.get().to_owned()).collect())
}
