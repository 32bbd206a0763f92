//! The picture of one call.

use super::{at, replay};

const EXAMPLE: &str = include_str!("../../../../docs/examples/out-of-order.jsonl");

/// Returns the picture of a call.
#[track_caller]
fn picture(call: &str, log: &str) -> String {
    let outcome = replay(&["--format", "svg", "--call", call], log);
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""));
    outcome.stdout
}

#[test]
fn the_picture_of_the_readme_is_current() {
    let shown = include_str!("../../../../docs/pictures/out-of-order.svg");
    let remedy = "cargo run -p callctl -- replay --format svg --call 2f1a docs/examples/out-of-order.jsonl > docs/pictures/out-of-order.svg";
    assert_eq!(picture("2f1a", EXAMPLE), shown, "write it again: {remedy}");
}

#[test]
fn late_evidence_has_lines_of_its_own() {
    let shown = picture("2f1a1100-b174-40a0-aba7-0b405e01ed92", EXAMPLE);
    assert_eq!((shown.matches("<path class=\"late\"").count(), shown.matches("<path ").count()), (2, 3), "{shown}");
    assert!(shown.contains(">created<"), "a create response is marked: {shown}");
}

#[test]
fn a_long_call_is_cut_in_the_middle() {
    let states = ["established", "hold"];
    let log: Vec<_> =
        (0..5_000).map(|n| at(&format!("{:02}:{:02}:00", 1 + n / 60 % 20, n % 60), "c", states[n % 2])).collect();
    let shown = picture("c", &log.join("\n"));
    assert!(shown.contains("… 4950 deliveries left out"), "{}", &shown[..2_000]);
    assert!(shown.len() < 20_000, "{} bytes", shown.len());
}

#[test]
fn a_call_without_a_state_has_a_picture() {
    let roster = r#"{"resourceUrl":"/communications/calls/c/participants","resourceData":[{"id":"p1"}]}"#;
    let shown = picture("c", roster);
    assert!(shown.contains("call c, no state known") && shown.ends_with("</svg>\n"), "{shown}");
}

#[test]
fn foreign_text_in_a_picture_is_no_markup() {
    let odd = at("10:00:01", "c", "<script>\u{202e}&");
    let shown = picture("c", &[at("10:00:00", "c", "established"), odd].join("\n"));
    assert!(shown.contains("&lt;script&gt;\\u{202e}&amp;"), "{shown}");
}

#[test]
fn an_ambiguous_beginning_of_an_id_is_refused() {
    let log = [at("10:00:00", "call1", "hold"), at("10:00:00", "call2", "hold")].join("\n");
    for (call, reason) in [("call", "2 calls begin with call; give more of the id"), ("x", "there is no call x")] {
        let outcome = replay(&["--format", "json", "--call", call], &log);
        assert_eq!((outcome.status, outcome.stderr), (2, format!("error: -: {reason}\n")));
    }
    assert!(replay(&["--format", "json", "--call", "CALL1"], &log).stdout.contains("call1"));
    assert_eq!(replay(&["--format", "svg"], &log).status, 2, "a picture is of one call");
}
