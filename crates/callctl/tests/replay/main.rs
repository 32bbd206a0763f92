//! `callctl replay` as a script uses it: exact bytes and exit status.

mod bad_input;
mod hostile;
mod input;
mod json;
mod mermaid;
mod options;
mod parts;
mod seed;
mod svg;
mod text;

use std::io::Write;
use std::process::{Command, Stdio};

/// The output of the program, and its exit status.
struct Outcome {
    stdout: String,
    stderr: String,
    status: i32,
}

/// Runs `callctl replay` with a log on standard input.
fn replay(arguments: &[&str], log: impl AsRef<[u8]>) -> Outcome {
    let mut program = Command::new(env!("CARGO_BIN_EXE_callctl"));
    program.arg("replay").args(arguments).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().expect("the program starts");
    let mut stdin = child.stdin.take().expect("its input is a pipe");
    let log = log.as_ref().to_vec();
    let writer = std::thread::spawn(move || {
        // A program that needs no input closes the pipe.
        let _ = stdin.write_all(&log);
    });
    let output = child.wait_with_output().expect("the program ends");
    writer.join().expect("the input was written");
    Outcome {
        stdout: String::from_utf8(output.stdout).expect("the result is text"),
        stderr: String::from_utf8(output.stderr).expect("the complaints are text"),
        status: output.status.code().expect("the program exits by itself"),
    }
}

/// Runs `callctl replay --format json` and returns the result, which must be one line.
#[track_caller]
fn json(log: impl AsRef<[u8]>) -> String {
    let outcome = replay(&["--format", "json"], log);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""));
    outcome.stdout.strip_suffix('\n').expect("the result ends its line").to_owned()
}

/// Returns the calls as `id state` with the alternatives, and the rejected values as `line:column reason`.
#[track_caller]
fn summary(log: impl AsRef<[u8]>) -> Vec<String> {
    let result: serde_json::Value = serde_json::from_str(&json(log)).expect("the result is JSON");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("null").to_owned();
    let calls = result["calls"].as_array().expect("there are calls").iter();
    let calls = calls.map(|call| format!("{} {}", text(&call["id"]), text(&call["state"])));
    let rejected = result["rejected"].as_array().expect("there are rejections").iter();
    let rejected = rejected.map(|fault| format!("{}:{} {}", fault["line"], fault["column"], text(&fault["reason"])));
    calls.chain(rejected).collect()
}

/// A delivery of one notification, without a time.
fn bare(call: &str, state: &str) -> String {
    format!(r#"{{"resourceUrl":"/communications/calls/{call}","resourceData":{{"state":"{state}"}}}}"#)
}

/// A delivery of one notification, received at a time on March 1.
fn at(time: &str, call: &str, state: &str) -> String {
    format!(r#"{{"receivedAt":"2026-03-01T{time}Z","body":{}}}"#, bare(call, state))
}
