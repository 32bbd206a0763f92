//! Unreadable input is reported with its place, and the rest of the file counts.

use super::{bare, json, summary};

#[test]
fn an_unreadable_line_leaves_the_others_intact() {
    let good = bare("a", "hold");
    for (bad, expected) in [
        ("nonsense", "2:2 not JSON: expected ident"),
        (r#"{"value": [1,}"#, "2:14 not JSON: trailing comma"),
        (r#"{"value": [1, 2"#, "2:1 not JSON: expected `,` or `]` (at line 3, column 1)"),
        (r#"{"value": "abc"#, "2:14 not JSON: control character (\\u0000-\\u001F) found while parsing a string"),
        ("}", "2:1 not JSON: expected value"),
        (
            r#"{"receivedAt": "yesterday"}"#,
            r#"2:16 receivedAt: expected an RFC 3339 time of the years 1678 to 2261, found "yesterday""#,
        ),
        (r#"  {"value": 7}"#, "2:13 value: expected an array"),
        ("7", "2:1 expected a notification, a `value` with notifications, or a call with an `id` and a state or type"),
    ] {
        let log = format!("{good}\n{bad}\n{good}\n{}", bare("b", "hold"));
        assert_eq!(summary(log), ["a hold", "b hold", expected], "{bad}");
    }
}

#[test]
fn invalid_utf8_is_rejected_with_its_line() {
    let mut log = bare("a", "hold").into_bytes();
    log.extend_from_slice(b"\n{\"x\":\"\xff\"}\n\xfe\n");
    log.extend_from_slice(bare("b", "hold").as_bytes());
    assert_eq!(summary(log), ["a hold", "b hold", "2:7 not UTF-8", "3:1 not UTF-8"]);
}

#[test]
fn a_bad_multiline_value_reports_its_place() {
    let log = format!("{{\"value\": [\n  {{\"resource\": 7}},\n  {}]}}", bare("a", "hold"));
    assert_eq!(summary(log), ["a hold", "1:1 value[0].resource: expected a string (at line 2, column 16)"]);
    assert_eq!(
        summary("{\"value\": [\n  1,\n]}\n{}"),
        [
            "1:1 not JSON: trailing comma (at line 3, column 1)",
            "2:3 expected a notification, a `value` with notifications, or a call with an `id` and a state or type",
            "2:4 not JSON: expected value",
            "3:1 not JSON: expected value",
            "4:1 expected a notification, a `value` with notifications, or a call with an `id` and a state or type",
        ]
    );
}

#[test]
fn array_reading_resumes_after_a_bad_line() {
    let (a, b) = (bare("a", "hold"), bare("b", "hold"));
    assert_eq!(summary(format!("[{a},\n{{bad}},\n{b}]")), ["a hold", "b hold", "2:2 not JSON: key must be a string"]);
    assert_eq!(
        summary(format!("[{a} {b}\n,{b}]")),
        ["a hold", "b hold", &format!("1:{} not JSON: expected `,` or `]`", a.len() + 3)]
    );
    assert_eq!(summary(format!("[{a},]")), ["a hold", &format!("1:{} not JSON: trailing comma", a.len() + 3)]);
    assert_eq!(summary(format!("[{a},\n{b}")), ["a hold", "b hold", "2:1 not JSON: the input ends within the array"]);
}

#[test]
fn a_bad_string_body_reports_its_place() {
    let log = [r#"{"body":"{\"value\":\n oops}"}"#, r#"{"body":""}"#, r#"{"bodyBase64":"/w=="}"#].join("\n");
    assert_eq!(
        summary(log),
        [
            "1:9 body: line 2, column 2 of the string: not JSON: expected value",
            "2:9 body: line 1, column 1 of the string: the body is empty",
            "3:15 body: line 1, column 1 of the string: not UTF-8",
        ]
    );
}

#[test]
fn unclosed_brackets_are_rejected() {
    let log = "{\"a\":\n".repeat(2_000) + &bare("a", "hold");
    let summary = summary(log);
    assert_eq!((summary.len(), summary[0].as_str()), (2_001, "a hold"));
}

#[test]
fn deep_and_truncated_lines_are_rejected_alone() {
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let long = format!("{{\"value\":[{}", "7,".repeat(1_000_000));
    let (a, b) = (bare("a", "hold"), bare("b", "hold"));
    let nothing = "expected a notification, a `value` with notifications, or a call with an `id` and a state or type";
    let expected = [
        "a hold",
        "b hold",
        &format!("2:1 {nothing}"),
        "3:1 not JSON: expected `,` or `]` (at line 4, column 3)",
        &format!("4:1 {nothing}"),
    ];
    assert_eq!(summary(format!("{a}\n{deep}\n{long}\n7 {b}")), expected);
}

#[test]
fn a_hundred_thousand_notifications_give_one_timeline() {
    let lines: Vec<_> = (0..100_000).map(|nth| bare("a", ["established", "hold"][nth % 2])).collect();
    for log in [lines.join("\n"), format!("{{\"value\":[{}]}}", lines.join(","))] {
        let result = json(log);
        assert!(result.starts_with(r#"{"calls":[{"id":"a","direction":null,"state":"hold","phase":"connected","#));
        assert_eq!(result.matches(r#"{"state":"#).count(), 100_001);
    }
}
