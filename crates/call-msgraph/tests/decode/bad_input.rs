//! Unreadable input is rejected alone, with its place, and never causes a panic.

use super::{check, check_delivery, post, read};

#[test]
fn invalid_json_is_rejected_with_its_place() {
    for (body, expected) in [
        ("", "! 1:1 the body is empty"),
        (" \r\n\t", "! 1:1 the body is empty"),
        ("\u{feff}", "! 1:1 the body is empty"),
        ("nonsense", "! 1:2 not JSON: expected ident"),
        ("{\"value\": [\n{]", "! 2:2 not JSON: key must be a string"),
        ("{\"value\": [", "! 1:12 not JSON: EOF while parsing a list"),
        ("\u{feff}{\"value\": 7}", "! 1:11 value: expected an array"),
        ("{} {}", "! 1:4 not JSON: trailing characters"),
        (
            "[]",
            "! 1:1 expected a notification, a `value` with notifications, or a call with an `id` and a state or type",
        ),
    ] {
        check(body, expected);
    }
    check_delivery(&post(b"{\"value\":\n \xff}"), "! 2:2 not UTF-8");
}

#[test]
fn an_unreadable_value_leaves_the_others_intact() {
    check(
        r#"{"value": [
            {"resource": "/app/calls/A", "resourceData": {"state": "hold"}},
            7,
            {"resource": 7},
            {"resource": "/app/calls/B", "resourceData": {"state": ["hold"]}},
            {"resource": "/app/calls/B", "resourceData": 7},
            {"resource": "/app/calls/B", "changeType": {}},
            {"resource": "/app/calls/B", "resource": "/app/calls/C"},
            {"changeType": "updated"},
            {"resource": "/app/calls/A", "resourceData": {"state": "established"}}]}"#,
        "A 0 hold
         A 8 established
         ! 3:13 value[1]: expected an object
         ! 4:26 value[2].resource: expected a string
         ! 5:68 value[3].resourceData.state: expected a string
         ! 6:58 value[4].resourceData: expected an object
         ! 7:56 value[5].changeType: expected a string
         ! 8:54 value[6].resource: the member occurs twice
         ! 9:13 value[7]: the path contains no call id",
    );
}

#[test]
fn an_unreadable_field_leaves_the_rest_intact() {
    let data = r#"{"state": "terminated", "resultInfo": [], "direction": 1, "terminationReason": "\ud800", "id": {}}"#;
    check(
        &format!(r#"{{"resource": "/app/calls/A", "resourceData": {data}}}"#),
        "A 0 terminated
         ! 1:84 resourceData.resultInfo: expected an object
         ! 1:101 resourceData.direction: expected a string
         ! 1:132 resourceData.terminationReason: not JSON: unexpected end of hex escape
         ! 1:141 resourceData.id: expected a string",
    );
}

#[test]
fn a_lone_surrogate_in_unread_text_is_harmless() {
    check(
        r#"{"resource": "/app/calls/A", "resourceData": {"state": "hold", "meetingCapability": "\ud800"}}"#,
        "A 0 hold",
    );
}

#[test]
fn ten_thousand_nested_arrays_are_skipped() {
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    check(&format!(r#"{{"resource": "/app/calls/A", "resourceData": {{"state": "hold", "x": {deep}}}}}"#), "A 0 hold");
    check(&format!(r#"{{"value": [{deep}]}}"#), "! 1:12 value[0]: expected an object");
    check(
        &deep,
        "! 1:1 expected a notification, a `value` with notifications, or a call with an `id` and a state or type",
    );
}

#[test]
fn a_hundred_thousand_bad_values_are_each_reported() {
    let values = vec!["{}"; 100_000].join(",\n");
    let lines = read(&post(format!("{{\"value\": [{values}]}}").as_bytes()));
    assert_eq!(lines.len(), 100_000);
    assert_eq!(lines[99_999], "! 100000:1 value[99999]: the path contains no call id");
}

#[test]
fn an_overlong_call_id_is_rejected() {
    let id = "x".repeat(513);
    check(&format!(r#"{{"resource": "/app/calls/{id}"}}"#), "! 1:14 resource: the id is longer than 512 bytes");
}
