//! Wrong clocks, while the sidecar runs and between its starts. The clock of the process is shifted, that of the machine is not.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use reqwest::Method;
use serde_json::Value;

use crate::debian;
use crate::rig::create;
use crate::running::{Running, callctl, client, free_address, serving_on};

/// Starts and shifts, in days: the clock at the start, and the one while the sidecar runs.
const SHIFTS: [(i64, i64); 6] = [(0, 366), (366, 0), (-40, 366), (366, -40), (-40, 0), (0, 0)];

/// A sidecar whose clock can be shifted.
struct Shifted {
    sidecar: Running,
    clock: PathBuf,
    log: PathBuf,
}

impl Shifted {
    fn start(directory: &Path, address: &str, service: &str, days: i64) -> Self {
        let (clock, log) = (directory.join("clock"), directory.join("log"));
        fs::write(&clock, shift(days)).unwrap();
        let (journal, public) = (directory.join("journal"), format!("http://{address}"));
        let arguments = [&serving_on(address, service, &public, &journal)[..], &["--open-api"]].concat();
        let mut command = callctl(&arguments);
        command.env("LD_PRELOAD", library()).env("FAKETIME_TIMESTAMP_FILE", &clock);
        command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        let sidecar = Running::start_logging(command, Stdio::from(fs::File::create(&log).unwrap()));
        Self { sidecar, clock, log }
    }

    fn set_clock(&self, days: i64) {
        fs::write(&self.clock, shift(days)).unwrap();
    }

    /// Waits until the log contains a text, and returns the log.
    async fn logged(&self, text: &str) -> String {
        loop {
            let log = fs::read_to_string(&self.log).unwrap();
            if log.contains(text) {
                return log;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}

fn shift(days: i64) -> String {
    format!("{days:+}d\n")
}

/// Returns the library that shifts the clock of a process.
fn library() -> String {
    debian::ensure(&["faketime", "--version"], "faketime");
    let files = Command::new("dpkg").args(["--listfiles", "libfaketime"]).output().unwrap();
    let files = String::from_utf8(files.stdout).unwrap();
    files.lines().find(|file| file.ends_with("libfaketimeMT.so.1")).unwrap().to_owned()
}

/// Returns the lines of a closed journal.
fn lines(journal: &Path) -> Vec<String> {
    let exported = callctl(&["journal", "export", journal.to_str().unwrap()]).output().unwrap();
    assert!(exported.status.success());
    String::from_utf8(exported.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[tokio::test]
async fn no_wrong_clock_loses_anything() {
    let service = Running::start(callctl(&["emulate", "--listen", "127.0.0.1:0", "--seed", "17", "--speed", "25"]));
    let service_url = format!("{}/v1.0", service.url);
    let directory = tempfile::tempdir().unwrap();
    let address = free_address();
    let journal = directory.path().join("journal");
    let (mut live, mut ended, mut before) = (Vec::<String>::new(), Vec::<String>::new(), Vec::new());
    let body = create();
    for (at_start, while_running) in SHIFTS {
        let shifted = Shifted::start(directory.path(), &address, &service_url, at_start);
        // A new one for each run, because the old one has connections to the last run.
        let client = client();
        let ask = async |method: Method, path: &str, body: Option<&Value>| -> Value {
            let request = client.request(method, format!("http://{address}{path}"));
            let request = if let Some(body) = body { request.json(body) } else { request };
            request.send().await.unwrap().error_for_status().unwrap().json().await.unwrap_or_default()
        };
        let until = async |id: &str, state: &str| {
            while ask(Method::GET, &format!("/v1/calls/{id}"), None).await["state"] != state {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        };
        let log = shifted.logged("retention applied to the journal").await;
        assert!(log.contains("discarded=0"), "{log}");
        // What was received under other clocks is there: live calls, and ended ones.
        for id in &live {
            until(id, "established").await;
        }
        for id in &ended {
            until(id, "terminated").await;
        }
        for is_live in [true, false] {
            if !is_live {
                shifted.set_clock(while_running);
            }
            let id = ask(Method::POST, "/v1/calls", Some(&body)).await["id"].as_str().unwrap().to_owned();
            until(&id, "established").await;
            if is_live {
                live.push(id);
            } else {
                ask(Method::DELETE, &format!("/v1/calls/{id}"), None).await;
                until(&id, "terminated").await;
                ended.push(id);
            }
        }
        assert_eq!(shifted.sidecar.terminate(), Some(0));
        let now = lines(&journal);
        let lost: Vec<_> = before.iter().filter(|line| !now.contains(line)).collect();
        assert!(lost.is_empty(), "{at_start}, then {while_running} days: {lost:?}");
        before = now;
    }
    let log = fs::read_to_string(directory.path().join("log")).unwrap();
    assert!(log.contains("the clock of this machine is far ahead of the newest record"), "{log}");
    assert!(log.contains("the retention discards nothing because of this clock"), "{log}");
}
