//! Programs that run beside a test.

#![allow(dead_code, reason = "each test program uses a part of it")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use call_transport_http::Timeouts;
use call_transport_http::internal::{Reach, connections};

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
        self.wait()
    }

    /// Waits for the end of the program, and returns its exit status.
    pub(crate) fn wait(&mut self) -> Option<i32> {
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
