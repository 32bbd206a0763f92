//! Replies to the engine's own requests.

use call_core::Command;
use call_msgraph::{Delivery, DeliveryKind};

use super::{check_delivery, post};

/// Checks the observations of a reply to a request about call `X`.
#[track_caller]
fn check(kind: DeliveryKind, body: &str, expected: &str) {
    check_delivery(&Delivery::new(post(b"").stamp, kind).with_call("X").with_body(body.as_bytes()), expected);
}

#[test]
fn snapshots_cover_calls_participants_and_operations() {
    check(DeliveryKind::Snapshot, r#"{"id": "X", "state": "hold"}"#, "X 0 hold");
    check(DeliveryKind::Snapshot, r#"{"id": "o", "status": "running"}"#, "X 0 operation o - running");
}

#[test]
fn one_participant_is_a_change_a_list_a_roster() {
    let one = r##"{"@odata.type": "#microsoft.graph.participant", "id": "p", "rosterSequenceNumber": 4}"##;
    check(DeliveryKind::Snapshot, one, "X 0 Some p#4");
    check(DeliveryKind::Snapshot, r#"{"value": [{"id": "p"}]}"#, "X 0 Full p");
    check(DeliveryKind::Snapshot, r#"[{"id": "p"}]"#, "X 0 Full p");
    check(DeliveryKind::Snapshot, r#"{"value": []}"#, "X 0 Full");
}

#[test]
fn a_page_of_a_list_is_a_change() {
    let next = "https://graph.microsoft.com/v1.0/communications/calls/X/participants?$skiptoken=2";
    let page = format!(r#"{{"@odata.nextLink": "{next}", "value": [{{"id": "p"}}]}}"#);
    check(DeliveryKind::Snapshot, &page, "X 0 Some p");
}

#[test]
fn an_error_body_yields_no_observation() {
    let error = r#"{"error": {"code": "8522", "message": "Call not found."}}"#;
    let refused = r#"! 1:11 error: the reply is the error "8522" of the service, and contains no call"#;
    check(DeliveryKind::CreateResponse, error, refused);
    let of_participant = r#"{"error": {"code": "8522", "message": "Participant not found."}}"#;
    check(DeliveryKind::Snapshot, of_participant, refused);
}

#[test]
fn a_snapshot_without_a_call_is_gone() {
    for error in [r#"{"code": "8522", "message": "Call not found."}"#, r#"{"code": 8522}"#, r#"{"code": "9997"}"#] {
        let body = format!(r#"{{"error": {error}}}"#);
        let delivery = Delivery::new(post(b"").stamp, DeliveryKind::Snapshot).with_call("X").with_body(body.as_bytes());
        let hearings = call_msgraph::decode(&delivery).hearings;
        let [observation] = hearings[0].observations.as_slice() else { panic!("{hearings:?}") };
        assert_eq!(observation.claim.as_state(), Some(call_core::CallState::Terminated));
        assert!(matches!(observation.source, call_core::Source::Gone { .. }), "{error}");
    }
}

#[test]
fn a_command_reply_names_its_operation() {
    let running = r##"{"@odata.type": "#microsoft.graph.playPromptOperation", "id": "o", "status": "running", "clientContext": "c"}"##;
    check(
        DeliveryKind::Accepted(Command::Other),
        running,
        "X 0 exists
         X 0 operation o playPrompt running context=c",
    );
    check(
        DeliveryKind::Accepted(Command::Other),
        r#"{"id": "o", "status": "Completed"}"#,
        "X 0 exists\nX 0 operation o - completed",
    );
    for other in ["{}", "[]", "7", r#"{"state": "established"}"#] {
        check(DeliveryKind::Accepted(Command::HangUp), other, "X 0 terminating");
    }
}

#[test]
fn a_reply_may_name_its_call() {
    let reply = |body: &'static str| Delivery::new(post(b"").stamp, DeliveryKind::Snapshot).with_body(body.as_bytes());
    check_delivery(&reply(r#"{"id": "Y", "state": "hold"}"#), "Y 0 hold");
    check_delivery(&reply(r#"{"state": "hold"}"#), "! 1:1 `callId` is missing");
    check_delivery(&reply(r#"{"id": "o", "status": "running"}"#), "! 1:1 `callId` is missing");
}

#[test]
fn a_create_response_may_have_only_a_location() {
    check(DeliveryKind::CreateResponse, "", "X 0 exists");
    check(DeliveryKind::Snapshot, "", "! 1:1 the body is empty");
}

#[test]
fn a_404_terminates_the_call_with_any_body() {
    check(DeliveryKind::Gone, r#"{"error": {"code": "8522"}}"#, "X 0 terminated");
    check_delivery(&Delivery::new(post(b"").stamp, DeliveryKind::Gone), "! 1:1 `callId` is missing");
}

#[test]
fn an_accepted_command_claims_its_target_state() {
    for (command, claim) in [
        (Command::Answer, "establishing"),
        (Command::Redirect, "redirecting"),
        (Command::Reject, "terminating"),
        (Command::HangUp, "terminating"),
        (Command::Transfer, "transferring"),
        (Command::Other, "exists"),
    ] {
        check(DeliveryKind::Accepted(command), "", &format!("X 0 {claim}"));
    }
    let broken = "X 0 terminating\n! 1:2 not JSON: EOF while parsing an object";
    check(DeliveryKind::Accepted(Command::HangUp), "{", broken);
}

#[test]
fn an_empty_list_of_sessions_is_no_roster() {
    let context = "https://graph.microsoft.com/v1.0/$metadata#communications/calls('X')/contentSharingSessions";
    let list = |value: &str| format!(r#"{{"@odata.context": "{context}", "value": {value}}}"#);
    check(DeliveryKind::Snapshot, &list("[]"), "X 0 exists");
    check(DeliveryKind::Snapshot, &list(r#"[{"id": "s"}]"#), "X 0 sharing s active");
    let roster = list("[]").replace("contentSharingSessions", "participants");
    check(DeliveryKind::Snapshot, &roster, "X 0 Full");
}
