//! What a record reports about each call, and which calls are ours.

use std::time::Duration;

use call_core::{Command, Stamp, Timestamp};
use call_msgraph::{Creates, Delivery, DeliveryKind, Intent, Record, Token, hearings};

const HOUR: i64 = 3_600_000;

fn at(millis: i64) -> Stamp {
    Stamp::at(Timestamp::from_millis(millis))
}

fn token() -> Token {
    Token::new("2b5c").expect("a token")
}

/// The creates in flight after a create intent under the token, at time zero.
fn in_flight() -> Creates {
    let mut creates = Creates::new(Duration::from_secs(3_600));
    let intended = Record::Intended { stamp: at(0), intent: Intent::Create { token: token(), reference: None } };
    assert!(hearings(&intended, &mut creates).hearings.is_empty());
    assert_eq!(creates.len(), 1);
    creates
}

/// Reads a record. Returns the number of observations of each call, and whether the call is ours.
fn heard(record: impl Into<Record>, creates: &mut Creates) -> Vec<(String, usize, bool)> {
    let hearings = hearings(&record.into(), creates).hearings;
    hearings
        .into_iter()
        .map(|hearing| (hearing.call.to_string(), hearing.observations.len(), hearing.is_ours))
        .collect()
}

fn post(millis: i64, body: &str) -> Delivery {
    Delivery::post(body.as_bytes()).stamped(at(millis)).with_token(token())
}

const B_THEN_A_THEN_B: &str = r#"{"value": [
    {"resource": "/app/calls/b", "resourceData": {"state": "hold"}},
    {"resource": "/app/calls/a", "resourceData": {"state": "hold"}},
    {"resource": "/app/calls/b", "resourceData": {"state": "established"}}]}"#;

#[test]
fn the_token_adopts_the_first_call() {
    let mut creates = in_flight();
    let expected = |is_ours| [("b".to_owned(), 2, is_ours), ("a".to_owned(), 1, false)];
    assert_eq!(heard(post(1, B_THEN_A_THEN_B), &mut creates), expected(true));
    assert!(creates.is_empty());
    assert_eq!(heard(post(2, B_THEN_A_THEN_B), &mut creates), expected(false), "it has turned up before");
}

#[test]
fn a_delivery_without_a_call_adopts_nothing() {
    let mut creates = in_flight();
    for body in ["", "{", r#"{"value": []}"#, r#"{"value": [7]}"#] {
        assert!(heard(post(1, body), &mut creates).is_empty());
    }
    assert_eq!(creates.len(), 1);
}

#[test]
fn a_call_after_the_deadline_is_not_adopted() {
    for (millis, is_ours) in [(HOUR, true), (HOUR + 1, false)] {
        let mut creates = in_flight();
        assert_eq!(heard(post(millis, B_THEN_A_THEN_B), &mut creates)[0].2, is_ours);
        assert!(creates.is_empty());
    }
}

#[test]
fn an_unreadable_create_response_still_adopts_its_call() {
    for body in ["", "<html>", r#"{"error": {}}"#, r#"{"id": "c1", "state": "establishing"}"#] {
        let mut creates = in_flight();
        let response = Delivery::new(at(1), DeliveryKind::CreateResponse).with_call("c1").with_body(body.as_bytes());
        let response = response.with_token(token());
        let heard = heard(response, &mut creates);
        assert!(matches!(&heard[..], [(call, _, true)] if call == "c1"), "{body} {heard:?}");
        assert!(creates.is_empty(), "{body}");
    }
}

#[test]
fn only_an_answer_intent_makes_a_call_ours() {
    for (command, expected) in [
        (Command::Answer, true),
        (Command::Reject, true),
        (Command::Redirect, true),
        (Command::HangUp, false),
        (Command::Other, false),
    ] {
        let intended = Record::Intended { stamp: at(1), intent: Intent::Command("c1".into(), command) };
        let heard = heard(intended, &mut Creates::new(Duration::ZERO));
        assert_eq!(
            heard.first().is_some_and(|(call, observed, is_ours)| call == "c1" && *observed == 0 && *is_ours),
            expected
        );
    }
}

#[test]
fn values_of_a_batch_are_marked_as_such() {
    let in_batch = |body: &str| {
        let decoded = hearings(&post(1, body).into(), &mut Creates::new(Duration::ZERO));
        let observations = decoded.hearings.into_iter().flat_map(|hearing| hearing.observations);
        observations.map(|observation| observation.receipt().in_batch).collect::<Vec<_>>()
    };
    assert_eq!(in_batch(B_THEN_A_THEN_B), [true; 3]);
    assert_eq!(in_batch(r#"{"value": [{"resource": "/app/calls/a", "resourceData": {"state": "hold"}}]}"#), [false]);
    assert_eq!(in_batch(r#"{"value": [{"resource": "/app/calls/a", "resourceData": {"state": "hold"}}, 7]}"#), [true]);
}
