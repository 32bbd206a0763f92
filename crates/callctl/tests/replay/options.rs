//! Flags, exit statuses and closed pipes.

use std::process::{Command, Stdio};

use super::{at, bare, replay};

#[test]
fn strict_fails_on_a_rejected_value() {
    assert_eq!(replay(&["--strict"], "{}").status, 1);
    assert_eq!(replay(&["--strict", "--format", "json"], "{}").status, 1);
    assert_eq!(replay(&[], "{}").status, 0);
    assert_eq!(replay(&["--strict"], bare("a", "hold")).status, 0);
}

#[test]
fn wrong_usage_exits_with_2_and_help() {
    for (arguments, hint) in [
        (&["--format", "xml"][..], "[possible values: text, json, mermaid, html, svg]"),
        (&["--reorder-window", "soon"], "expected a duration such as `2s`, `500ms`, `1m` or `7d`"),
        (&["--reorder-window=-2s"], "expected a duration"),
        (&["--as-known-at", "noon"], "expected an RFC 3339 time such as `2026-03-01T10:00:01.250Z`"),
        (&["--stricter"], "--strict"),
    ] {
        let outcome = replay(arguments, "");
        assert_eq!(outcome.status, 2, "{arguments:?}");
        assert!(outcome.stderr.contains(hint), "{}", outcome.stderr);
    }
}

#[test]
fn an_unreadable_file_exits_with_66() {
    let outcome = replay(&["/no/such/file"], "");
    assert_eq!((outcome.status, outcome.stdout.as_str()), (66, ""));
    assert!(outcome.stderr.starts_with("error: cannot read /no/such/file: "), "{}", outcome.stderr);
    assert_eq!(replay(&["/"], "").status, 66);
}

#[test]
fn a_dash_is_the_standard_input() {
    assert_eq!(replay(&["-"], bare("a", "hold")).stdout, replay(&[], bare("a", "hold")).stdout);
}

#[test]
fn a_closed_pipe_is_success() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_callctl"));
    let mut child =
        program.args(["replay", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().expect("its input is a pipe");
    std::io::Write::write_all(&mut stdin, bare("a", "hold").as_bytes()).expect("it reads its input");
    drop(stdin);
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}

#[test]
fn the_reorder_window_limits_swaps() {
    let log = [at("10:00:00", "a", "established"), at("10:00:10", "a", "hold"), at("10:00:11", "a", "established")]
        .join("\n");
    assert!(replay(&["--format", "json"], &log).stdout.contains(r#""alternatives":["hold"]"#));
    assert!(replay(&["--format", "json", "--reorder-window", "500ms"], &log).stdout.contains(r#""alternatives":[]"#));
}

#[test]
fn as_of_uses_only_earlier_receipts() {
    let log = [at("10:00:00", "a", "established"), at("10:00:10", "a", "hold"), at("10:00:20", "b", "hold")].join("\n");
    let known = |time: &str| replay(&["--format", "json", "--as-known-at", time], &log).stdout;
    let until = |lines: usize| {
        let log: Vec<_> = log.lines().take(lines).collect();
        replay(&["--format", "json"], log.join("\n")).stdout
    };
    assert_eq!(known("2026-03-01T09:59:59Z"), until(0));
    assert_eq!(known("2026-03-01T11:00:00+01:00"), until(1));
    assert_eq!(known("2026-03-01T10:00:19.999Z"), until(2));
    assert_eq!(known("2026-03-01T10:00:20Z"), until(3));
}

#[test]
fn private_data_is_masked_by_default() {
    let log = r#"{"changeType":"deleted","resourceUrl":"/app/calls/a","resourceData":{"terminationReason":"4:+14255550100","resultInfo":{"code":486,"message":"+1 425 555 0100 is busy, ask megan@contoso.example"}}}"#;
    for format in ["json", "text"] {
        let masked = replay(&["--format", format], log).stdout;
        assert!(
            masked.contains("*** is busy, ask ***") && !masked.contains("0100") && !masked.contains("megan"),
            "{masked}"
        );
        let shown = replay(&["--format", format, "--show-private"], log).stdout;
        assert!(shown.contains("+1 425 555 0100 is busy, ask megan@contoso.example"), "{shown}");
        assert!(shown.contains("4:+14255550100"), "{shown}");
    }
}
