//! The text for operators, byte for byte.

use super::{at, replay};

#[test]
fn the_readme_example_matches_the_output() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/examples/out-of-order.jsonl");
    let outcome = replay(&[file], "");
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""));
    let readme = include_str!("../../../../README.md");
    let shown =
        readme.split_once("out-of-order.jsonl\n").and_then(|(_, rest)| rest.split_once("```")).map(|(shown, _)| shown);
    assert_eq!(Some(outcome.stdout.as_str()), shown);
}

#[test]
fn alternatives_and_anomalies_suggest_an_action() {
    let log = [
        at("10:00:00", "a", "established"),
        at("10:00:10", "a", "hold"),
        at("10:00:11", "a", "established"),
        at("10:00:12", "a", "parked"),
    ];
    let expected = r#"call a  direction unknown  established  2026-03-01, UTC
  ~ establishing  by 10:00:00.000  inferred: the call starts here
  * established   by 10:00:00.000  notification                    L1
  * hold          by 10:00:10.000  notification                    L2
  * established   by 10:00:11.000  notification                    L3
  ? it may also be hold; GET /communications/calls/a to decide
  ! unrecognizedState: unknown call state "parked"  L4
"#;
    assert_eq!(replay(&[], log.join("\n")).stdout, expected);
}

#[test]
fn rejected_values_are_reported_beside_the_result() {
    let outcome = replay(&[], "{}\nnonsense\n");
    assert_eq!(outcome.stdout, "no calls\n");
    let expected = "error: -:1:1: expected a notification, a `value` with notifications, or a call with an `id` and a state or type\n\
                    error: -:2:2: not JSON: expected ident\n  \
                    2 rejected among 2 values, the rest counts; `--strict` makes that exit with status 1\n";
    assert_eq!(outcome.stderr, expected);
    let many = replay(&["--strict"], "{}\n".repeat(1_000)).stderr;
    assert_eq!(many.lines().count(), 22);
    assert!(many.contains("error: and 980 more; `--format json` lists them all\n"), "{many}");
}

#[test]
fn colour_requires_a_terminal_or_a_flag() {
    let log = at("10:00:00", "a", "established");
    assert!(!replay(&[], &log).stdout.contains('\x1b'));
    assert!(replay(&["--color", "always"], &log).stdout.contains("\x1b[1mcall a\x1b[0m"));
    assert!(!replay(&["--color", "never"], &log).stdout.contains('\x1b'));
}

#[test]
fn hostile_text_cannot_control_the_terminal() {
    let log = r#"{"receivedAt":"2026-03-01T10:00:00Z","id":"\u001b[2J","body":{"resource":"/app/calls/\u202ex","resourceData":{"state":"hold","resultInfo":{"message":"a\rb\u0007"}}}}"#;
    let text = replay(&["--color", "never"], log).stdout;
    assert!(text.chars().all(|c| c == '\n' || !(c.is_control() || c == '\u{202e}')), "{text:?}");
    assert!(
        text.contains("call \\u{202e}x") && text.contains("a\\u{d}b\\u{7}") && text.contains("\\u{1b}[2J"),
        "{text:?}"
    );
}
