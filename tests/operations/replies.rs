//! Published responses and notifications are read, and give what their page says.

use call_core::{CallState, Claim, OperationStatus, RosterExtent, Stamp, Timestamp};
use call_msgraph::{ApiOperation, Delivery, ListPage, OperationRequest, ReplyBody, RoutingMode, decode};
use serde_json::Value;

use crate::published::published;

fn request(operation: ApiOperation) -> OperationRequest {
    let part = operation.spec().ids().nth(1).map(|_| "part");
    OperationRequest::new(operation, Some("c1".into()), part, None)
}

fn read(operation: ApiOperation, body: &Value) -> ReplyBody {
    ReplyBody::read(&request(operation), body.to_string().as_bytes())
}

/// The operations of old or beta pages, whose responses are operations.
fn raw(body: &Value) -> ReplyBody {
    let path = "microsoft.graph.StartRecording".parse().expect("a path");
    let request = OperationRequest::raw("c1".into(), path, Value::Null);
    ReplyBody::read(&request, body.to_string().as_bytes())
}

#[test]
fn every_published_response_is_what_the_table_says() {
    for published in published("response") {
        let read =
            published.operation.map_or_else(|| raw(&published.body), |operation| read(operation, &published.body));
        let (file, text) =
            (&published.file, |key: &str| published.body[key].as_str().unwrap_or_default().to_ascii_lowercase());
        let elements = published.body["value"].as_array().map_or(1, Vec::len);
        match read {
            ReplyBody::Operation(report) => {
                assert_eq!(report.status.map(|status| status.as_str().to_owned()), Some(text("status")), "{file}");
                assert!(report.key.id().is_none_or(|id| *id.spelling() == text("id")), "{file}");
            }
            ReplyBody::Participants(found) => assert_eq!(found.len(), elements, "{file}"),
            ReplyBody::ContentSharingSessions(found) => assert_eq!(found.len(), elements, "{file}"),
            ReplyBody::AudioRoutingGroups(found) => {
                assert_eq!(found.len(), elements, "{file}");
                assert!(found.iter().all(|group| group.mode.is_some() && group.sources.len() == 1), "{file}");
            }
            ReplyBody::Nothing => assert_eq!(published.operation, Some(ApiOperation::GetCall), "{file}"),
            ReplyBody::Strange | _ => panic!("{file} is strange"),
        }
    }
}

#[test]
fn every_published_notification_gives_what_it_contains() {
    let mut counts = [0; 3];
    for published in published("notification") {
        let stamp = Stamp::at(Timestamp::from_millis(0));
        let decoded = decode(&Delivery::post(published.body.to_string().into_bytes()).stamped(stamp));
        assert_eq!(decoded.rejected, [], "{}", published.file);
        let claims: Vec<_> =
            decoded.hearings.iter().flat_map(|hearing| &hearing.observations).map(|seen| &seen.claim).collect();
        for value in published.body["value"].as_array().expect("an envelope") {
            let (data, name) = (&value["resourceData"], &published.file);
            let resource = |value: &Value| value["@odata.type"].as_str().unwrap_or_default().to_ascii_lowercase();
            let is_deleted = value["changeType"].as_str().is_some_and(|word| word.eq_ignore_ascii_case("deleted"));
            if resource(data).ends_with(".call") {
                counts[0] += 1;
                let word = data["state"].as_str().and_then(CallState::from_word);
                let state = if is_deleted { Some(CallState::Terminated) } else { word };
                let has = |state| {
                    claims.iter().any(|claim| matches!(claim, Claim::State { state: known, .. } if *known == state))
                };
                assert!(state.is_none_or(has), "{name}: {claims:?}");
            } else if resource(data).ends_with("operation") {
                counts[1] += 1;
                let status = data["status"].as_str().and_then(OperationStatus::from_word);
                let has =
                    claims.iter().any(|claim| matches!(claim, Claim::Operation(report) if report.status == status));
                assert!(status.is_some() && has, "{name}: {claims:?}");
            } else if let Some(list) =
                data.as_array().filter(|list| list.iter().any(|one| resource(one).ends_with("participant")))
            {
                counts[2] += 1;
                let has = claims.iter().any(|claim| {
                    matches!(claim, Claim::Roster(roster)
                    if roster.extent == RosterExtent::Full && roster.participants.len() == list.len())
                });
                assert!(has, "{name}: {claims:?}");
            }
        }
    }
    assert!(counts[0] > 30 && counts[1] > 10 && counts[2] > 4, "{counts:?}");
}

#[test]
fn a_strange_reply_is_kept_and_never_panics() {
    let bodies = [
        "",
        "null",
        "7",
        "[]",
        "{}",
        "<html>",
        r#"{"value": 7}"#,
        r#"{"value": [7]}"#,
        r#"{"id": 7}"#,
        "{\"id\":\"\u{0}\"}",
        "\u{1F600}",
    ];
    for operation in ApiOperation::ALL {
        for body in bodies {
            // Whatever it is, it is read.
            drop(ReplyBody::read(&request(*operation), body.as_bytes()));
            drop(ListPage::read(body.as_bytes()));
        }
        drop(ReplyBody::read(&request(*operation), b"\xff\xfe"));
    }
    for (operation, body) in [
        (ApiOperation::PlayPrompt, "{}"),
        (ApiOperation::PlayPrompt, r##"{"@odata.type": "#microsoft.graph.call", "id": "c1", "state": "established"}"##),
        (ApiOperation::GetParticipant, r#"{"value": []}"#),
        (ApiOperation::ListParticipants, r#"{"value": [{"id": 7}]}"#),
        (ApiOperation::GetAudioRoutingGroup, r#"{"routingMode": "oneToOne"}"#),
    ] {
        assert_eq!(ReplyBody::read(&request(operation), body.as_bytes()), ReplyBody::Strange, "{operation:?}: {body}");
    }
}

#[test]
fn an_empty_list_is_read_as_empty() {
    let empty = serde_json::json!({ "value": [] });
    assert_eq!(read(ApiOperation::ListParticipants, &empty), ReplyBody::Participants(Vec::new()));
    assert_eq!(read(ApiOperation::ListContentSharingSessions, &empty), ReplyBody::ContentSharingSessions(Vec::new()));
    assert_eq!(read(ApiOperation::ListAudioRoutingGroups, &empty), ReplyBody::AudioRoutingGroups(Vec::new()));
}

#[test]
fn an_unknown_routing_mode_is_kept_as_unknown() {
    let group = serde_json::json!({ "id": "g", "routingMode": "later", "sources": null });
    let ReplyBody::AudioRoutingGroups(groups) = read(ApiOperation::GetAudioRoutingGroup, &group) else { panic!() };
    assert_eq!((groups[0].mode, groups[0].sources.len()), (None, 0));
    let group = serde_json::json!({ "id": "g", "routingMode": "ONETOONE" });
    let ReplyBody::AudioRoutingGroups(groups) = read(ApiOperation::GetAudioRoutingGroup, &group) else { panic!() };
    assert_eq!(groups[0].mode, Some(RoutingMode::OneToOne));
}
