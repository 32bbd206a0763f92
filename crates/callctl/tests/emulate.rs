//! `callctl emulate`, as a bot in another language uses it.

#[path = "common/debian.rs"]
mod debian;
#[path = "sdk/client.rs"]
mod sdk;

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A service that stops when it is dropped.
struct Emulator {
    process: Child,
    url: String,
}

impl Emulator {
    fn start(arguments: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_callctl"));
        command.args(["emulate", "--listen", "127.0.0.1:0"]).args(arguments);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the program starts");
        let mut line = String::new();
        let stdout = process.stdout.take().expect("it has an output");
        BufReader::new(stdout).read_line(&mut line).expect("it says something");
        let url = line.strip_prefix("listening on ").expect("it says where it listens").trim_end().to_owned();
        Self { process, url }
    }

    /// Asks the service to stop, and returns its exit status.
    fn terminate(mut self) -> Option<i32> {
        let asked = Command::new("kill").arg(self.process.id().to_string()).status();
        assert!(asked.expect("it can be asked").success());
        self.process.wait().expect("it ends").code()
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // The process may have ended already.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns the ten published requests.
fn requests() -> Vec<PathBuf> {
    let directory = project().join("crates/call-msgraph/tests/create/requests");
    let entries = std::fs::read_dir(directory).expect("there are requests");
    let mut requests: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    requests.sort();
    assert_eq!(requests.len(), 10);
    requests
}

fn bot(url: &str) -> Output {
    debian::ensure(&["python3", "--version"], "python3");
    let mut command = Command::new("python3");
    command.arg(project().join("docs/guides/bot.py")).arg(format!("{url}/v1.0")).args(requests());
    command.args(["--patience", "0.5", "--talk", "2"]).output().expect("the bot starts")
}

#[test]
fn the_python_bot_creates_each_kind_of_call() {
    let emulator = Emulator::start(&["--seed", "7", "--speed", "25"]);
    let output = bot(&emulator.url);
    let text = String::from_utf8(output.stdout).expect("text");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""), "{text}");
    let is_complete = |line: &&str| line.contains(": establishing") && line.ends_with(" > terminated");
    assert_eq!(text.lines().filter(is_complete).count(), 10, "{text}");
    assert_eq!(emulator.terminate(), Some(0));
}

#[test]
fn the_python_bot_finds_every_end_despite_loss() {
    let emulator = Emulator::start(&["--seed", "7", "--speed", "25", "--chaos", "wild"]);
    let output = bot(&emulator.url);
    let text = String::from_utf8(output.stdout).expect("text");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{text}");
    // Sometimes the request itself is lost.
    let has_ended = |line: &&str| line.ends_with("terminated") || line.ends_with("the request was lost");
    assert_eq!(text.lines().filter(has_ended).count(), 10, "{text}");
}

#[test]
fn an_address_in_use_is_a_clear_error() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_callctl"));
    let output = command.args(["emulate", "--listen", &address]).output().expect("the program starts");
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(74));
    assert!(text.starts_with(&format!("error: cannot listen on {address}: ")), "{text}");
    assert!(output.stdout.is_empty());
}
