//! `callctl demo`: for every seed, every timeline matches the truth.

use std::process::{Command, Output};

fn demo(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callctl"));
    command.arg("demo").args(arguments).output().expect("the program starts")
}

#[test]
fn each_kind_of_call_matches_the_truth() {
    let directory = tempfile::tempdir().expect("there is room for a report");
    let report = directory.path().join("report.html");
    let output = demo(&["--calls", "33", "--seed", "7", "--report", report.to_str().expect("text")]);
    let text = String::from_utf8(output.stdout).expect("text");
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""), "{text}");
    for kind in [
        "peer to peer, service-hosted",
        "peer to peer, app-hosted",
        "group, service-hosted",
        "group, app-hosted",
        "scheduled meeting, service-hosted",
        "scheduled meeting, app-hosted",
        "meeting id and passcode",
        "meeting id,",
        "phone, service-hosted",
        "phone, app-hosted",
        "incoming",
    ] {
        assert!(text.contains(&format!("ok    {kind}")), "{kind} is missing in\n{text}");
    }
    assert!(!text.contains("WRONG"), "{text}");
    assert!(text.contains("seed 7\n") && text.contains("last write wins"), "{text}");
    assert!(!text.contains('\u{1b}'), "colour is for terminals");
    let report = std::fs::read_to_string(report).expect("the report was written");
    let calls = report.matches("\"timeline\":[").count();
    assert!((30..=33).contains(&calls) && report.contains("As it happened"), "{calls} calls in the report");
}

#[test]
fn a_demonstration_without_calls_is_refused() {
    let output = demo(&["--calls", "0"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--calls"));
}
