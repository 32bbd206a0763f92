//! `callctl demo`: for every seed, every timeline matches the truth.

use std::process::{Command, Output};

fn demo(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callctl"));
    command.arg("demo").args(arguments).output().expect("the program starts")
}

#[test]
fn each_kind_of_call_matches_the_truth() {
    let output = demo(&["--calls", "33", "--seed", "7"]);
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
}

#[test]
fn a_demonstration_without_calls_is_refused() {
    let output = demo(&["--calls", "0"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--calls"));
}
