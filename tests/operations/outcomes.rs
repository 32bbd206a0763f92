//! What each operation gives for each outcome of its request.

use std::time::Duration;

use call_core::{CallTable, Config, OperationStatus, Stamp, Timestamp};
use call_msgraph::{ApiOperation, Follows, OperationRequest, ReplyKind, Request, decode};
use call_transport::{Reply, Response, Retry, SendError};
use serde_json::{Value, json};

/// Returns the request of the table's example.
fn request(operation: ApiOperation) -> Request {
    let spec = operation.spec();
    let body = spec.example.map(|example| serde_json::from_str(example).expect("an example is JSON"));
    let call = spec.ids().any(|id| id == "call").then(|| "c1".into());
    OperationRequest::new(operation, call, spec.ids().nth(1), body).into()
}

/// Returns a body as the reference shows it for the kind of the response.
fn accepted(operation: ApiOperation) -> Response {
    let participant = json!({ "@odata.type": "#microsoft.graph.participant", "id": "p1", "info": { "identity": { "user": { "id": "u" } } } });
    let session = json!({ "@odata.type": "#microsoft.graph.contentSharingSession", "id": "s1" });
    let group = json!({ "id": "g1", "routingMode": "oneToOne", "sources": ["p1"], "receivers": ["p2"] });
    let body = match operation.spec().reply {
        ReplyKind::Nothing => Value::Null,
        ReplyKind::Call => json!({ "@odata.type": "#microsoft.graph.call", "id": "c1", "state": "established" }),
        ReplyKind::Operation => {
            json!({ "@odata.type": "#microsoft.graph.commsOperation", "id": "o1", "status": "running", "clientContext": "x" })
        }
        ReplyKind::Participant => participant,
        ReplyKind::Participants => json!({ "value": [participant] }),
        ReplyKind::ContentSharingSession => session,
        ReplyKind::ContentSharingSessions => json!({ "value": [session] }),
        ReplyKind::AudioRoutingGroup => group,
        ReplyKind::AudioRoutingGroups => json!({ "value": [group] }),
        other => panic!("no body for {other:?}"),
    };
    let bytes = if body.is_null() { String::new() } else { body.to_string() };
    Response::new(200).with_body(bytes.into_bytes())
}

fn refused(status: u16, code: &str) -> Response {
    let body = json!({ "error": { "code": code, "message": "No.", "innerError": { "request-id": "r1", "date": "2026-03-01T10:00:00" } } });
    Response::new(status).with_body(body.to_string().into_bytes())
}

#[test]
fn every_refusal_has_a_retry_rule() {
    for operation in ApiOperation::ALL {
        let request = request(*operation);
        for (status, code, rule) in [
            (400, "8523", Retry::Never),
            (403, "7504", Retry::Never),
            (404, "8522", Retry::Never),
            (409, "Conflict", Retry::Never),
            (429, "TooManyRequests", Retry::SafeAfter(Duration::from_secs(5))),
            (429, "8529", Retry::Never),
            (500, "InternalServerError", Retry::IfIdempotent),
            (503, "ServiceUnavailable", Retry::IfIdempotent),
            (504, "GatewayTimeout", Retry::IfIdempotent),
        ] {
            let error = Reply::read(&request, refused(status, code)).expect_err("it is refused");
            assert_eq!(error.retry(), rule, "{operation:?} with {status}");
            let is_gone = matches!(error, SendError::Gone(_));
            assert_eq!(is_gone, status == 404 && operation.spec().is_about_the_call(), "{operation:?} with {status}");
            let said = error.service_error().expect("it is kept, whatever the status");
            assert_eq!((said.code.as_deref(), said.request_id.as_deref()), (Some(code), Some("r1")));
            assert_eq!((said.date.as_deref(), error.status()), (Some("2026-03-01T10:00:00"), Some(status)));
            assert_eq!(error.explanation().is_some(), matches!(code, "8523" | "7504" | "8522" | "8529"), "{code}");
        }
    }
}

#[test]
fn a_403_names_the_permissions_of_the_operation() {
    for operation in ApiOperation::ALL {
        let error = Reply::read(&request(*operation), refused(403, "7504")).expect_err("it is refused");
        let needed = operation.spec().permissions;
        let SendError::Rejected { permissions, .. } = &error else { panic!("{error}") };
        assert_eq!(permissions.as_ref().map(|hint| hint.needed).unwrap_or_default(), needed, "{operation:?}");
        let said = error.to_string();
        assert!(needed.any_of.iter().chain(needed.all_of).all(|name| said.contains(name)), "{said}");
    }
}

#[test]
fn only_setting_or_reading_may_be_repeated() {
    for operation in ApiOperation::ALL {
        let spec = operation.spec();
        let makes_something = spec.follows.contains(&Follows::Completion) || spec.follows.contains(&Follows::Tones);
        assert!(!(spec.is_repeatable && makes_something), "{}", spec.name);
        let spec = request(*operation);
        assert_eq!(spec.spec().is_idempotent, operation.spec().is_repeatable);
    }
}

#[test]
fn a_reply_that_is_received_twice_changes_nothing() {
    let now = Timestamp::from_millis(1_000);
    for operation in ApiOperation::ALL {
        let (request, outcome) = (request(*operation), Reply::read(&request(*operation), accepted(*operation)));
        assert!(outcome.is_ok(), "{operation:?}");
        let Some(delivery) = Reply::delivery(&outcome, &request, Timestamp::from_millis(0)) else {
            assert_eq!(operation.spec().ids().count(), 0, "every reply about a call is a delivery: {operation:?}");
            continue;
        };
        let mut calls = CallTable::new(Config::default());
        let mut timelines = Vec::new();
        for sequence in 0..2 {
            let mut stamp = Stamp::at(now);
            stamp.sequence = sequence;
            let decoded = decode(&delivery.clone().stamped(stamp));
            assert_eq!(decoded.rejected, [], "{operation:?}");
            for hearing in decoded.hearings {
                hearing.apply_to(&mut calls, now);
            }
            let timeline = calls.get(&"c1".into()).expect("the call is known").timeline().clone();
            // The evidence grows, and nothing else.
            let operations: Vec<_> =
                timeline.operations.iter().map(|known| (known.key.clone(), known.status())).collect();
            let members: Vec<_> = timeline.roster.participants.iter().map(|member| member.key.clone()).collect();
            let sharing: Vec<_> = timeline.sharing.iter().map(|session| session.id.clone()).collect();
            timelines.push((timeline.states(), timeline.present.clone(), operations, members, sharing));
        }
        assert_eq!(timelines[0], timelines[1], "{operation:?}");
    }
}

#[test]
fn a_reply_that_says_something_becomes_an_observation() {
    for operation in ApiOperation::ALL {
        let outcome = Reply::read(&request(*operation), accepted(*operation));
        let Some(delivery) = Reply::delivery(&outcome, &request(*operation), Timestamp::from_millis(0)) else {
            continue;
        };
        let decoded = decode(&delivery.stamped(Stamp::at(Timestamp::from_millis(1))));
        let mut calls = CallTable::new(Config::default());
        decoded.hearings.into_iter().for_each(|hearing| hearing.apply_to(&mut calls, Timestamp::from_millis(1)));
        let timeline = calls.get(&"c1".into()).expect("the call is known").timeline();
        let (status, members) =
            (timeline.operations.first().and_then(|operation| operation.status()), timeline.roster.participants.len());
        match operation.spec().reply {
            ReplyKind::Operation => assert_eq!(status, Some(OperationStatus::Running), "{operation:?}"),
            ReplyKind::Participant | ReplyKind::Participants => assert_eq!(members, 1, "{operation:?}"),
            ReplyKind::ContentSharingSession | ReplyKind::ContentSharingSessions => {
                assert_eq!((timeline.sharing.len(), members), (1, 0), "{operation:?}");
            }
            ReplyKind::Nothing | ReplyKind::Call | ReplyKind::AudioRoutingGroup | ReplyKind::AudioRoutingGroups | _ => {
                assert_eq!((status, members), (None, 0), "{operation:?}")
            }
        }
        if operation.spec().follows.contains(&Follows::CallChange) {
            assert_eq!(timeline.states().last().copied(), operation.spec().command().leads_to(), "{operation:?}");
        }
    }
}

#[test]
fn an_empty_list_of_sessions_empties_no_roster() {
    let request = request(ApiOperation::ListContentSharingSessions);
    let outcome = Reply::read(&request, Response::new(200).with_body(br#"{"value": []}"#.as_slice()));
    let delivery = Reply::delivery(&outcome, &request, Timestamp::from_millis(0)).expect("a delivery");
    let decoded = decode(&delivery.stamped(Stamp::at(Timestamp::from_millis(1))));
    let claims: Vec<_> = decoded.hearings.iter().flat_map(|hearing| &hearing.observations).collect();
    assert!(claims.iter().all(|seen| !matches!(seen.claim, call_core::Claim::Roster(_))), "{claims:?}");
}
