//! Lines of a log: bare bodies, and deliveries.

use call_core::{Command, Id, NodeId, Stamp, Timestamp};
use call_msgraph::{Delivery, DeliveryKind, Line, decode};

/// Checks why and where a line, or the body in it, is rejected.
#[track_caller]
fn check_rejected(text: &str, expected: &str) {
    let rejected = match Line::read(text) {
        Err(rejected) => rejected,
        Ok(line) => {
            let mut decoded = decode(&delivery(&line));
            line.locate(decoded.rejected.remove(0))
        }
    };
    assert_eq!(format!("{}:{} {rejected}", rejected.line, rejected.column), expected);
}

fn delivery(line: &Line<'_>) -> Delivery {
    line.stamped(Stamp::at(Timestamp::from_millis(0))).into_delivery().expect("it is no intent")
}

#[test]
fn a_delivery_line_contains_every_known_field() -> Result<(), call_msgraph::ReadError> {
    let line = Line::read(
        r#"{"receivedAt": "1970-01-01T00:00:01.5Z", "sentAt": "1970-01-01T01:00:01+01:00", "kind": "accepted",
            "command": "hangup", "callId": "57DAB8B1894C409AB240BD8BEAE78896", "messageId": "m", "token": "t",
            "node": 3, "seq": 18446744073709551615, "id": "first", "unknown": []}"#,
    )?;
    let (stamp, delivery) = (line.record.stamp(), line.record.delivery().expect("it is no intent"));
    assert_eq!(stamp.received_at, Some(Timestamp::from_millis(1_500)));
    assert_eq!(delivery.sent_at, Some(Timestamp::from_millis(1_000)));
    assert_eq!(delivery.kind, DeliveryKind::Accepted(Command::HangUp));
    assert_eq!(
        delivery.call.as_ref().map(ToString::to_string).as_deref(),
        Some("57dab8b1-894c-409a-b240-bd8beae78896")
    );
    assert_eq!(delivery.message_id, Some(Id::new("m")));
    assert_eq!((stamp.node, stamp.sequence, line.id.as_deref()), (Some(NodeId(3)), Some(u64::MAX), Some("first")));
    Ok(())
}

#[test]
fn a_body_is_json_text_or_bytes() -> Result<(), call_msgraph::ReadError> {
    let body = r#"{"resource":"/app/calls/X"}"#;
    for line in [
        format!(r#"{{"receivedAt": "1970-01-01T00:00:01Z", "body": {body}}}"#),
        format!(r#"{{"body": {}}}"#, serde_json::Value::from(body)),
        r#"{"bodyBase64": "eyJyZXNvdXJjZSI6Ii9hcHAvY2FsbHMvWCJ9"}"#.to_owned(),
        body.to_owned(),
    ] {
        assert_eq!(&*delivery(&Line::read(&line)?).body, body.as_bytes());
    }
    Ok(())
}

#[test]
fn a_bad_member_is_reported_at_its_place() {
    for (line, expected) in [
        (
            r#"{"receivedAt": "yesterday"}"#,
            r#"1:16 receivedAt: expected an RFC 3339 time of the years 1678 to 2261, found "yesterday""#,
        ),
        (
            r#"{"receivedAt": "9999-12-31T23:59:59Z"}"#,
            r#"1:16 receivedAt: expected an RFC 3339 time of the years 1678 to 2261, found "9999-12-31T23:59:59Z""#,
        ),
        (r#"{"receivedAt": 7}"#, "1:16 receivedAt: expected a string"),
        ("{\"seq\":\n -1}", "2:2 seq: expected a whole number from 0 to 18446744073709551615"),
        (r#"{"seq": 1, "node": 70000}"#, "1:20 node: expected a whole number from 0 to 65535"),
        (
            r#"{"kind": "parcel"}"#,
            r#"1:10 kind: expected one of notification, createResponse, snapshot, gone, accepted, intended, refused, found "parcel""#,
        ),
        (r#"{"kind": "accepted"}"#, "1:10 kind: `command` is missing"),
        (r#"{"kind": "intended"}"#, "1:1 `command` is missing"),
        (r#"{"kind": "intended", "command": "answer"}"#, "1:1 `callId` is missing"),
        (
            r#"{"kind": "intended", "command": "create", "token": "../x"}"#,
            "1:52 token: `token` is missing or invalid; expected the token of the call's callback address",
        ),
        (r#"{"kind": "refused"}"#, "1:1 `callId` is missing"),
        (r#"{"kind": "refused", "callId": "c"}"#, "1:1 expected a line with a clientContext"),
        (
            r#"{"kind": "intended", "command": "invite", "callId": "c", "clientContext": "7", "invited": [{"id": 7}]}"#,
            "1:92 invited[0]: expected an object with a kind and an id",
        ),
        (
            r#"{"kind": "intended", "command": "mute", "callId": "c", "clientContext": "7", "patienceMs": -1}"#,
            "1:92 patienceMs: expected a whole number of milliseconds",
        ),
        (r#"{"seq": 1, "seq": 2}"#, "1:19 seq: the member occurs twice"),
        (r#"{"body": {}, "bodyBase64": ""}"#, "1:28 bodyBase64: the delivery has both `body` and `bodyBase64`"),
        (r#"{"bodyBase64": "?"}"#, "1:16 bodyBase64: not base64"),
        (
            r#"{"receivedAt": "1970-01-01T00:00:01Z", "value": []}"#,
            "1:49 value: an object with members of a delivery must have those of a notification or a call in `body`",
        ),
        ("[]", "1:1 expected a notification, a `value` with notifications, or a call with an `id` and a state or type"),
        ("{}", "1:1 expected a notification, a `value` with notifications, or a call with an `id` and a state or type"),
    ] {
        check_rejected(line, expected);
    }
}

#[test]
fn a_bad_body_is_reported_at_its_place() {
    check_rejected("{\"body\":\n {\"value\": [7]}}", "2:13 body.value[0]: expected an object");
    check_rejected(
        r#"{"body": "{\"value\":\n [7]}"}"#,
        "1:10 body: line 2, column 3 of the string: value[0]: expected an object",
    );
    check_rejected(r#"{"body": ""}"#, "1:10 body: line 1, column 1 of the string: the body is empty");
    check_rejected(r#"{"bodyBase64": "/w=="}"#, "1:16 body: line 1, column 1 of the string: not UTF-8");
    check_rejected(r#"{"receivedAt": "1970-01-01T00:00:01Z"}"#, "1:1 body: the body is empty");
}
