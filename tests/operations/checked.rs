//! The check before sending.

use std::collections::BTreeSet;

use call_core::CallState;
use call_msgraph::{ApiOperation, KnownCall, MediaKind, ValueType};
use serde_json::{Map, Value, json};

use crate::published::{published, request};

fn paths(operation: ApiOperation, body: &Value) -> Vec<String> {
    operation.check_body(Some(body)).into_iter().map(|problem| problem.path).collect()
}

/// Published requests with placeholders, and the places of the placeholders.
const PLACEHOLDERS: [(&str, &str); 2] =
    [("answer.request.json", "/callbackUri"), ("updateRecordingStatus-1.request.json", "/status")];

/// Operations of old or beta pages, which are sent as they are.
const RAW: [&str; 4] = ["configureMixer", "startTranscription", "stopTranscription", "startRecording"];

#[test]
fn every_published_request_passes_the_check() {
    for body in published("request") {
        let Some(operation) = body.operation else {
            assert!(RAW.contains(&&*body.name), "{} is not in the table", body.name);
            continue;
        };
        let placeholders = PLACEHOLDERS.iter().filter(|(file, _)| *file == body.file).map(|(_, path)| *path);
        assert_eq!(paths(operation, &body.body), placeholders.collect::<Vec<_>>(), "{}", body.file);
    }
}

#[test]
fn every_published_path_is_in_the_table() {
    let index = published("request").into_iter().chain(published("response"));
    for entry in index.filter(|entry| entry.operation.is_some()) {
        let spec = entry.operation.expect("it is known").spec();
        assert_eq!(entry.method, spec.method.as_str(), "{}", entry.file);
        let published: Vec<_> = entry.path.trim_start_matches("/communications/calls/").split('/').collect();
        let ours: Vec<_> = spec.path.split('/').collect();
        assert_eq!(published.len(), ours.len(), "{}", entry.path);
        for (theirs, ours) in published.iter().zip(ours) {
            assert!(ours.starts_with('{') || theirs.trim_start_matches("microsoft.graph.") == ours, "{}", entry.path);
        }
    }
}

#[test]
fn names_are_unique_and_found_again() {
    let names: BTreeSet<_> = ApiOperation::ALL.iter().map(|operation| operation.spec().name).collect();
    assert_eq!(names.len(), ApiOperation::ALL.len());
    for operation in ApiOperation::ALL {
        assert_eq!(ApiOperation::from_name(operation.spec().name), Some(*operation));
    }
}

#[test]
fn every_example_passes_the_check() {
    for operation in ApiOperation::ALL {
        let spec = operation.spec();
        assert_eq!(spec.body.is_some(), spec.example.is_some(), "{}", spec.name);
        let Some(example) = spec.example else { continue };
        let example: Value = serde_json::from_str(example).expect("an example is JSON");
        assert_eq!(operation.check_body(Some(&example)), [], "{}", spec.name);
    }
}

#[test]
fn each_member_refuses_every_wrong_type() {
    let wrong = [
        json!(true),
        json!(-1),
        json!(1.5),
        json!("a/../b"),
        json!([]),
        json!([[]]),
        json!({}),
        json!("x".repeat(1 << 20)),
    ];
    for operation in ApiOperation::ALL {
        let Some(shape) = operation.spec().body else { continue };
        for member in shape.members {
            let mut refused = 0;
            for value in &wrong {
                let body = Value::Object(Map::from_iter([(member.name.to_owned(), value.clone())]));
                let place = format!("/{}", member.name);
                let found = paths(*operation, &body);
                let is_own = |path: &String| *path == place || path.starts_with(&format!("{place}/"));
                refused += usize::from(found.iter().any(is_own));
            }
            // A text and a boolean accept one of them, and an object without required members an empty one.
            let accepts_one = matches!(member.value, ValueType::Boolean | ValueType::Text { .. })
                || matches!(member.value, ValueType::Object(object) if object.members.iter().all(|member| !member.is_required));
            let accepted = usize::from(accepts_one);
            assert_eq!(refused, wrong.len() - accepted, "{} of {}", member.name, operation.spec().name);
        }
    }
}

#[test]
fn the_place_of_each_problem_is_named() {
    let cases = [
        (
            ApiOperation::PlayPrompt,
            json!({ "prompts": vec![json!({ "mediaInfo": { "uri": "https://a.b/c" } }); 21] }),
            "/prompts",
        ),
        (
            ApiOperation::PlayPrompt,
            json!({ "prompts": [{ "mediaInfo": { "uri": "beep.wav" } }] }),
            "/prompts/0/mediaInfo/uri",
        ),
        (ApiOperation::PlayPrompt, json!({ "prompts": [{}] }), "/prompts/0/mediaInfo"),
        (
            ApiOperation::Redirect,
            json!({ "targets": [{ "identity": { "phone": { "id": "555" } } }] }),
            "/targets/0/identity/phone/id",
        ),
        (ApiOperation::Redirect, json!({ "targets": [{ "identity": {} }] }), "/targets/0/identity"),
        (ApiOperation::RecordResponse, json!({ "maxRecordDurationInSeconds": 121 }), "/maxRecordDurationInSeconds"),
        (ApiOperation::RecordResponse, json!({ "stopTones": ["#", "x"] }), "/stopTones/1"),
        (ApiOperation::SendDtmfTones, json!({ "tones": ["tone1", "tone10"] }), "/tones/1"),
        (ApiOperation::Mute, json!({ "clientContext": "ü".repeat(257) }), "/clientContext"),
        (ApiOperation::Mute, json!({ "a/b~c": 1 }), "/a~1b~0c"),
        (ApiOperation::Mute, json!([]), ""),
        (ApiOperation::KeepAlive, json!({}), ""),
        (ApiOperation::Invite, json!({ "participants": [] }), "/participants"),
        (
            ApiOperation::CreateAudioRoutingGroup,
            json!({ "routingMode": "oneToOne", "sources": ["a"], "receivers": ["b", "c"] }),
            "/receivers",
        ),
        (
            ApiOperation::Answer,
            json!({ "acceptedModalities": ["data"], "mediaConfig": { "@odata.type": "#microsoft.graph.serviceHostedMediaConfig" } }),
            "/acceptedModalities/0",
        ),
        (
            ApiOperation::Answer,
            json!({ "acceptedModalities": ["audio"], "mediaConfig": {} }),
            "/mediaConfig/@odata.type",
        ),
    ];
    for (operation, body, place) in cases {
        assert_eq!(paths(operation, &body), [place], "{} with {body}", operation.spec().name);
    }
}

#[test]
fn limits_are_inclusive() {
    for seconds in [15, 90] {
        let body = json!({ "targets": [{ "identity": { "user": { "id": "u" } } }], "timeout": seconds });
        assert_eq!(ApiOperation::Redirect.check_body(Some(&body)), []);
    }
    for seconds in [14, 91] {
        let body = json!({ "targets": [{ "identity": { "user": { "id": "u" } } }], "timeout": seconds });
        let problem = &ApiOperation::Redirect.check_body(Some(&body))[0];
        assert_eq!((&*problem.path, &*problem.reason), ("/timeout", "expected a whole number from 15 to 90, in s"));
        assert_eq!(problem.source, "call: redirect, v1.0 reference");
    }
    assert_eq!(ApiOperation::Mute.check_body(Some(&json!({ "clientContext": "ü".repeat(256) }))), []);
}

#[test]
fn durations_are_iso_8601() {
    let body = |text: &str| {
        let mut body = request("logTeleconferenceDeviceQuality-1");
        body["quality"]["mediaQualityList"][0]["mediaDuration"] = text.into();
        paths(ApiOperation::LogTeleconferenceDeviceQuality, &body).is_empty()
    };
    for text in ["PT20M", "PT0.015S", "P1D", "P1DT2H3M4S", "P2W"] {
        assert!(body(text), "{text}");
    }
    for text in ["", "P", "PT", "20M", "PT20", "PTM", "PT1S2M", "PT1X", "P1DT", "PT1.2.3S", "PT1Sü"] {
        assert!(!body(text), "{text}");
    }
}

#[test]
fn the_call_must_allow_the_operation() {
    let call = |change: fn(&mut KnownCall)| {
        let mut call = KnownCall::default();
        change(&mut call);
        call
    };
    let refused = |operation: ApiOperation, known: KnownCall| !operation.check_call(None, &known).is_empty();
    for operation in ApiOperation::ALL {
        assert!(!refused(*operation, KnownCall::default()), "nothing is known");
    }
    let established = call(|call| call.state = Some(CallState::Established));
    assert!(refused(ApiOperation::Answer, established) && !refused(ApiOperation::PlayPrompt, established));
    let incoming = call(|call| call.state = Some(CallState::Incoming));
    assert!(!refused(ApiOperation::Answer, incoming) && refused(ApiOperation::PlayPrompt, incoming));
    let app_hosted = call(|call| call.media = Some(MediaKind::AppHosted));
    assert!(
        refused(ApiOperation::PlayPrompt, app_hosted) && !refused(ApiOperation::ChangeScreenSharingRole, app_hosted)
    );
    let group = call(|call| call.is_group = Some(true));
    let whole = json!({ "transferee": { "identity": {} } });
    assert_eq!(ApiOperation::Transfer.check_call(None, &group)[0].path, "/transferee");
    assert_eq!(ApiOperation::Transfer.check_call(Some(&whole), &group), []);
    let pair = call(|call| call.is_group = Some(false));
    assert!(refused(ApiOperation::Mute, pair) && !refused(ApiOperation::PlayPrompt, pair));
}
