//! One test for each rule that the examples show.

use super::{CALL, changed, check, check_claims};

/// A notification about the call itself.
fn about(data: &str) -> String {
    changed("updated", "", data)
}

#[test]
fn all_spellings_of_an_id_are_equal() {
    for id in [CALL, "57DAB8B1894C409AB240BD8BEAE78896", "57DAB8B1-894c-409A-b240-BD8BEAE78896"] {
        let data = format!(r#"{{"state": "hold", "id": "{CALL}"}}"#);
        check_claims(&format!(r#"{{"resourceUrl": "/communications/calls/{id}", "resourceData": {data}}}"#), "hold");
    }
}

#[test]
fn either_path_field_names_the_call() {
    for path in [
        "/communications/calls/X",
        "communications/Calls/X/",
        "https://graph.microsoft.com/v1.0/communications/calls/X",
        "/beta/communications/calls/X?$select=id",
        "/app/calls/X",
        r"\/communications\/calls\/X",
    ] {
        for key in ["resourceUrl", "resource"] {
            check(&format!(r#"{{"{key}": "{path}", "resourceData": {{"state": "hold"}}}}"#), "X 0 hold");
        }
    }
    let both = r#""resource": "/app/calls/old", "resourceUrl": "/communications/calls/new""#;
    check(&format!(r#"{{{both}, "resourceData": {{"state": "hold"}}}}"#), "new 0 idMismatch old\nnew 0 hold");
}

#[test]
fn the_type_of_the_data_outranks_the_path() {
    check_claims(
        &changed("updated", "/participants", r##"{"@odata.type": "#microsoft.graph.call", "state": "hold"}"##),
        "hold",
    );
    let operation = r##"{"@odata.type": "#microsoft.graph.playPromptOperation", "id": "o"}"##;
    check_claims(&changed("deleted", "", operation), "operation o playPrompt -");
    let participant = r##"[{"@odata.type": "#microsoft.graph.participant", "id": "p"}]"##;
    check_claims(&changed("updated", "/operations/participants", participant), "Full p");
    check_claims(&changed("updated", "/operations", participant), "Full p");
}

#[test]
fn a_path_alone_determines_the_resource() {
    for (change, path, claim) in [
        ("updated", "/participants", "exists"),
        ("updated", "/participants/p", "Some p"),
        ("deleted", "/Participants/p/", "Some -p"),
        ("created", "/operations/o", "operation o - -"),
        ("created", "/operations", "exists"),
        ("created", "/contentsharingsessions", "exists"),
        ("created", "/contentSharingSessions/s", "sharing s active"),
        ("deleted", "/contentsharingsessions/s", "sharing s ended"),
    ] {
        check_claims(&changed(change, path, "null"), claim);
        check_claims(&changed(change, path, "null").replace(r#", "resourceData": null"#, ""), claim);
    }
}

#[test]
fn a_second_call_in_resource_is_a_mismatch() {
    let both = |second: &str| {
        format!(
            r#"{{"changeType": "updated", "resourceUrl": "/communications/calls/{CALL}", "resource": "{second}",
                "resourceData": {{"state": "hold"}}}}"#
        )
    };
    check_claims(&both("/app/calls/other"), "idMismatch other\nhold");
    check_claims(&both(&format!("/app/calls/{}", CALL.to_uppercase())), "hold");
    check_claims(&both("callRecords"), "hold");
}

#[test]
fn a_path_may_have_the_call_as_key() {
    let body = format!(
        r#"{{"changeType": "updated", "resource": "communications/calls('{CALL}')", "resourceData": {{"state": "hold"}}}}"#
    );
    check_claims(&body, "hold");
}

#[test]
fn an_unknown_word_of_a_field_is_odd() {
    check_claims(&about(r#"{"direction": "sideways"}"#), "unrecognizedWord direction: sideways");
    check_claims(&about(r#"{"mediaState": {"audio": "muffled"}}"#), "unrecognizedWord mediaState: muffled");
    check_claims(&about(r#"{"transcription": {"state": "paused"}}"#), "unrecognizedWord transcription: paused");
    let modalities = "unrecognizedWord activeModalities: smell\nactiveModalities audio smell";
    check_claims(&about(r#"{"activeModalities": ["audio", "smell"]}"#), modalities);
}

#[test]
fn data_may_be_object_array_or_missing() {
    check_claims(&about(r#"{"state": "hold"}"#), "hold");
    check_claims(&about(r#"[{"state": "hold"}]"#), "hold");
    check_claims(&format!(r#"{{"changeType": "updated", "resource": "/app/calls/{CALL}"}}"#), "exists");
}

#[test]
fn the_path_outranks_a_different_id() {
    check_claims(&about(r#"{"state": "hold", "id": null}"#), "hold");
    check_claims(&about(r#"{"state": "hold", "id": "491f0b00"}"#), "hold\nidMismatch 491f0b00");
    // One id has one spelling, so that it is one anomaly.
    let other = "491f0b00-ffff-4bc9-a43e-b226498ec22a";
    for spelling in [other.to_owned(), other.to_uppercase(), other.replace('-', "")] {
        let body = about(&format!(r#"{{"state": "hold", "id": "{spelling}"}}"#));
        check_claims(&body, &format!("hold\nidMismatch {other}"));
    }
}

#[test]
fn words_are_compared_case_insensitively() {
    check_claims(&changed("Updated", "", r#"{"state": "Established"}"#), "established");
    check_claims(&changed("DELETED", "", "null"), "terminated");
    check_claims(
        &about(r##"{"@odata.type": "#Microsoft.Graph.Call", "state": "TRANSFERACCEPTED"}"##),
        "transferAccepted",
    );
}

#[test]
fn an_unknown_state_is_kept_verbatim() {
    check_claims(&about(r#"{"state": "Parked\u00e9"}"#), "unrecognizedState Parkedé");
}

#[test]
fn an_etag_is_no_version() {
    for state in ["establishing", "established"] {
        check_claims(&about(&format!(r#"{{"@odata.etag": "W/\"5445\"", "state": "{state}"}}"#)), state);
    }
}

#[test]
fn a_deleted_call_is_terminated_in_any_state() {
    check_claims(&changed("deleted", "", "{}"), "terminated");
    check_claims(&changed("deleted", "", r#"{"state": "established"}"#), "terminated");
    let gone = r#"{"state": "gone", "resultInfo": {"code": 200, "subcode": 0}}"#;
    check_claims(&changed("deleted", "", gone), "unrecognizedState gone\nterminated 200/0 -");
}

#[test]
fn codes_may_be_numbers_digits_or_words() {
    for (result, read) in [
        (r#"{"code": 500, "subcode": 7000, "message": "m"}"#, "500/7000 m"),
        (r#"{"code": "500", "subCode": "7000"}"#, "500/7000 -"),
        (r#"{"code": 200, "subCode": "transferAccepted", "message": ""}"#, "200/- transferAccepted"),
        (r#"{"code": null, "subcode": 1.5, "message": "m"}"#, "-/- m"),
        ("{}", "-/- -"),
    ] {
        check_claims(
            &about(&format!(r#"{{"state": "terminated", "resultInfo": {result}}}"#)),
            &format!("terminated {read}"),
        );
    }
}

#[test]
fn a_type_may_lack_its_hash() {
    for name in ["#microsoft.graph.call", "microsoft.graph.call", "#Microsoft.Graph.Call"] {
        check_claims(&about(&format!(r#"{{"@odata.type": "{name}", "state": "hold"}}"#)), "hold");
    }
    let value = r##"{"@odata.type": "#microsoft.graph.notification", "resource": "/app/calls/X", "resourceData": {"state": "hold"}}"##;
    for envelope in ["#microsoft.graph.commsNotifications", "#Microsoft.Graph.Notifications"] {
        check(&format!(r#"{{"@odata.type": "{envelope}", "value": [{value}]}}"#), "X 0 hold");
    }
    check(&format!(r#"{{"value": [{value}, {value}]}}"#), "X 0 hold\nX 1 hold");
}

#[test]
fn a_tone_is_evidence_of_its_state() {
    check_claims(
        &about(r#"{"state": "established", "toneInfo": {"sequenceId": 1, "tone": "tone1"}}"#),
        "established\ntone 1 tone1",
    );
    let without_number = about(r#"{"state": "established", "toneInfo": {"tone": "tone1"}}"#);
    check_claims(&without_number, "established\nunrecognizedWord toneInfo.sequenceId: missing");
    let digits = r#"{"state": "established", "toneInfo": {"sequenceId": "2", "tone": "pound"}}"#;
    check_claims(&about(digits), "established\ntone 2 pound");
}

#[test]
fn end_result_and_direction_are_observed() {
    let data = r#"{"direction": "Incoming", "terminationReason": "AppTransferred", "subject": null}"#;
    check_claims(&changed("deleted", "", data), "terminated\ndirection incoming\nterminationReason AppTransferred");
}

#[test]
fn an_unknown_resource_is_reported_with_its_type() {
    check_claims(&changed("updated", "/audioRoutingGroups/g", "{}"), "unknownResource audioRoutingGroups/g");
    check_claims(
        &changed("deleted", "", r##"{"@odata.type": "#microsoft.graph.moon"}"##),
        "unknownResource #microsoft.graph.moon",
    );
}

#[test]
fn join_notifications_do_not_affect_the_nested_call() {
    for name in ["participantJoiningNotification", "participantLeftNotification"] {
        let call = r##"{"@odata.type": "#microsoft.graph.call", "state": "incoming"}"##;
        check(&about(&format!(r##"{{"@odata.type": "#microsoft.graph.{name}", "call": {call}}}"##)), "");
        let value =
            format!(r##"{{"@odata.type": "#microsoft.graph.{name}", "resource": "/app/calls/X", "call": {call}}}"##);
        check(&format!(r#"{{"value": [{value}]}}"#), "");
        check(&format!(r##"{{"@odata.type": "#microsoft.graph.{name}", "call": {call}}}"##), "");
    }
}

#[test]
fn only_a_joining_participant_requires_an_answer() {
    let asks = |body: &str| call_msgraph::decode(&super::post(body.as_bytes())).wants_join_response;
    for (name, expected) in [
        ("#microsoft.graph.participantJoiningNotification", true),
        ("Microsoft.Graph.ParticipantJoiningNotification", true),
        ("#microsoft.graph.participantLeftNotification", false),
        ("#microsoft.graph.call", false),
    ] {
        let data = format!(r#"{{"@odata.type": "{name}"}}"#);
        let named = changed("updated", "", &data);
        let listed = changed("updated", "", &format!("[{data}]"));
        let unnamed = format!(r#"{{"value": [{{"changeType": "updated", "resourceData": {data}}}]}}"#);
        for body in [named, listed, unnamed, format!(r#"{{"value": [{data}]}}"#), data] {
            assert_eq!(asks(&body), expected, "{body}");
        }
    }
    let named_so = r#"{"value": [{"resource": "/app/calls/participantJoiningNotification", "changeType": "deleted"}]}"#;
    assert!(!asks(named_so));
}

#[test]
fn other_feeds_name_no_call() {
    for path in ["communications/callRecords/e523d2ed-2966-4b6b-925b-754a88034cc5", "/communications/onlineMeetings/x"]
    {
        let body = format!(
            r#"{{"value": [{{"changeType": "created", "resource": "{path}", "resourceData": {{"id": "1"}}}}]}}"#
        );
        check(&body, "! 1:50 value[0].resource: the path contains no call id");
    }
}

#[test]
fn a_bare_call_is_a_create_response() {
    let decoded =
        call_msgraph::decode(&super::post(br#"{"id": "X", "state": "establishing", "direction": "outgoing"}"#));
    let [hearing] = &decoded.hearings[..] else { panic!("{:?}", decoded.hearings) };
    assert_eq!((hearing.call.to_string(), hearing.is_ours), ("X".to_owned(), true));
    assert!(matches!(hearing.observations[0].source, call_core::Source::CreateResponse { sent_at: None }));
}
