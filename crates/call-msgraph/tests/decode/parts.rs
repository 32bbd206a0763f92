//! Participants, media operations, sharing sessions and the fields of a call.

use super::{changed, check_claims};

/// Checks what a notification reports about the participants of the call.
#[track_caller]
fn check_roster(change: &str, data: &str, claims: &str) {
    check_claims(&changed(change, "/participants", data), claims);
}

#[test]
fn each_participant_has_its_own_number() {
    let list = r#"[{"id": "57DAB8B1894C409AB240BD8BEAE78896", "rosterSequenceNumber": 7, "isInLobby": true},
        {"id": "b", "rosterSequenceNumber": "12", "isMuted": false}, {"id": "c"}]"#;
    check_roster("updated", list, "Full 57dab8b1-894c-409a-b240-bd8beae78896>#7 b~#12 c");
    check_roster("Updated", "[]", "Full");
}

#[test]
fn created_and_deleted_participants_do_not_affect_others() {
    check_roster("created", r#"[{"id": "a", "rosterSequenceNumber": 3}]"#, "Some a#3");
    check_roster("deleted", r#"[{"id": "a", "rosterSequenceNumber": 3}]"#, "Some -a#3");
    check_roster("deleted", "[]", "exists");
}

#[test]
fn one_participant_is_a_change() {
    check_roster("updated", r#"{"id": "a", "isMuted": true}"#, "Some a+");
    let by_path = |id: &str| changed("updated", "/participants/p", &format!(r#"{{"id": {id}, "isMuted": true}}"#));
    check_claims(&by_path("null"), "Some p+");
    check_claims(&by_path(r#""q""#), "idMismatch q\nSome p+");
}

#[test]
fn a_delta_contains_only_changed_participants() {
    let delta = r##"{"@odata.type": "#microsoft.graph.deltaParticipants", "sequenceNumber": 5, "participants": [
        {"id": "a", "isInLobby": false}, {"id": "b", "removedState": {"reason": "left"}}, {"id": "c", "removedState": null}]}"##;
    check_roster("updated", delta, "Delta 5 a< -b c");
    let empty = r##"{"@odata.type": "#microsoft.graph.deltaParticipants", "sequenceNumber": "6"}"##;
    check_roster("updated", empty, "Delta 6");
}

#[test]
fn a_participant_without_id_has_its_identity() {
    let list = r#"[{"id": null, "info": {"identity": {"@odata.type": "x", "user": null, "phone": {"id": "+15551234567"}}}},
        {"info": {"identity": {"guest": {"id": null, "displayName": "Ann"}}}}]"#;
    check_roster("updated", list, "Full phone=+15551234567(phone +15551234567 -) guest=Ann(guest - Ann)");
    // A set with two identities is another participant than a set with one of them.
    let two = r#"[{"info": {"identity": {"guest": {"displayName": "Ann"}, "application": {"id": "app"}}}}]"#;
    check_roster("updated", two, "Full application=app&guest=Ann(application app -)");
}

#[test]
fn hold_is_read_of_each_participant() {
    let list = r#"[{"id": "a", "isOnHold": true}, {"id": "b", "isOnHold": false}]"#;
    check_roster("updated", list, "Full a| b");
}

#[test]
fn the_user_identity_outranks_other_identities() {
    let list = r#"[{"id": "a", "info": {"identity": {"encrypted": {"id": "e"}, "phone": {"id": "+1"}, "user": {"id": "u"}}}}]"#;
    check_roster("updated", list, "Full a(user u -)");
}

#[test]
fn a_participant_without_identity_does_not_affect_others() {
    check_roster(
        "updated",
        r#"[{"id": "a"}, {"id": null, "isMuted": true}]"#,
        "Full a
         ! 1:147 resourceData[1]: the participant has neither `id` nor `info.identity`",
    );
}

#[test]
fn an_unreadable_participant_has_not_left() {
    check_roster(
        "updated",
        r#"[{"id": "a"}, {"id": 7}]"#,
        "Some a
         ! 1:154 resourceData[1].id: expected a string",
    );
    check_roster(
        "updated",
        r#"[{"id": "a", "isMuted": "yes"}]"#,
        "Full a
         ! 1:157 resourceData[0].isMuted: expected true or false",
    );
}

#[test]
fn the_first_faults_are_listed_the_rest_counted() {
    let empty = vec!["{}"; 1_000].join(",");
    let body = changed("updated", "/participants", &format!("[{empty}]"));
    let decoded = call_msgraph::decode(&super::post(body.as_bytes()));
    assert_eq!(decoded.rejected.len(), 33);
    assert_eq!(decoded.rejected[32].to_string(), "resourceData[32]: 968 more faults from here on are not listed");
}

#[test]
fn a_partly_unreadable_delta_leaves_a_gap() {
    let delta = r##"{"@odata.type": "#microsoft.graph.deltaParticipants", "sequenceNumber": 5, "participants": [{"id": "a"}, {"id": 7}]}"##;
    check_roster("updated", delta, "Delta - a\n! 1:245 resourceData.participants[1].id: expected a string");
}

#[test]
fn an_operation_has_kind_status_and_result() {
    let completed = r##"{"@odata.type": "#microsoft.graph.playPromptOperation", "id": "57DAB8B1894C409AB240BD8BEAE78896",
        "status": "Completed", "clientContext": "c", "resultInfo": {"code": 200, "subcode": "0", "message": "Success."}}"##;
    let operation = "operation 57dab8b1-894c-409a-b240-bd8beae78896 playPrompt completed 200/0 Success. context=c";
    check_claims(&changed("deleted", "/operations/57dab8b1-894c-409a-b240-bd8beae78896", completed), operation);
    check_claims(&changed("deleted", "/operations", &format!("[{completed}]")), operation);
}

#[test]
fn the_kind_of_an_operation_has_one_spelling() {
    for (name, kind) in [
        ("#microsoft.graph.RecordOperation", "record"),
        ("microsoft.graph.inviteParticipantsOperation", "inviteParticipants"),
        ("#Microsoft.Graph.newThingOperation", "newThing"),
        ("#microsoft.graph.commsOperation", "-"),
    ] {
        let data = format!(r#"{{"@odata.type": "{name}", "id": "o", "status": "running"}}"#);
        check_claims(&changed("updated", "/operations/o", &data), &format!("operation o {kind} running"));
    }
}

#[test]
fn recording_location_and_result_are_read() {
    let record = r##"{"@odata.type": "#microsoft.graph.recordOperation", "id": "o", "status": "completed",
        "recordingLocation": "https://file.location/17", "recordingAccessToken": "jwt"}"##;
    check_claims(
        &changed("deleted", "/operations/o", record),
        "operation o record completed location=https://file.location/17 token=jwt",
    );
    let tones = r##"{"@odata.type": "#microsoft.graph.sendDtmfTonesOperation", "status": "completed", "completionReason": "unknown"}"##;
    check_claims(&changed("deleted", "/operations/o", tones), "operation o sendDtmfTones completed reason=unknown");
}

#[test]
fn an_operation_without_id_has_its_context() {
    let invite = r##"{"@odata.type": "#microsoft.graph.inviteParticipantsOperation", "id": null, "status": "completed", "clientContext": "c"}"##;
    check_claims(&changed("deleted", "/operations", invite), "operation ?c inviteParticipants completed context=c");
    check_claims(
        &changed("deleted", "/operations", r#"{"status": "completed"}"#),
        "exists
         ! 1:131 resourceData: the operation has neither `id` nor `clientContext`",
    );
}

#[test]
fn an_unknown_status_is_kept_verbatim() {
    let data = r#"{"id": "o", "status": "Paused"}"#;
    check_claims(&changed("updated", "/operations/o", data), "unrecognizedState Paused\noperation o - -");
}

#[test]
fn every_content_sharing_session_is_observed() {
    let data = r#"[{"id": "s"}, {"id": "t"}, {}]"#;
    check_claims(
        &changed("deleted", "/contentSharingSessions", data),
        "sharing s ended
         sharing t ended
         ! 1:170 resourceData[2]: the sharing session has no `id`",
    );
}

#[test]
fn call_fields_for_hosts_are_observed() {
    let data = r#"{"state": "established", "callChainId": "2A", "myParticipantId": "p", "tenantId": "t", "subject": "Lunch",
        "chatInfo": {"threadId": "19:x@thread.v2"}, "meetingInfo": {"passcode": "p"}, "source": {"identity": {"user": {"id": "u", "displayName": "Ann"}}},
        "mediaState": {"audio": "Active"}, "transcription": {"state": "notStarted"}, "replacesContext": "b64", "terminationReason": ""}"#;
    check_claims(
        &changed("updated", "", data),
        "established
         callChainId 2A
         myParticipantId p
         tenantId t
         threadId 19:x@thread.v2
         chatInfo of 1
         meetingInfo of 1
         subject Lunch
         source user u Ann
         mediaState active
         transcription notStarted
         replacesContext b64",
    );
}

#[test]
fn caller_callee_and_on_behalf_of_are_observed() {
    let data = r#"{"state": "incoming", "activeModalities": ["audio", 7, "video"], "callRoutes": [],
        "targets": [{"identity": {"user": {"id": "u"}}}, {"identity": null}, {"identity": {"phone": {"id": "+1"}}}],
        "answeredBy": {"identity": {"user": {"id": "v"}}}, "incomingContext": {"sourceParticipantId": "p",
        "observedParticipantId": "q", "onBehalfOf": {"user": {"id": "w"}}, "transferor": null}}"#;
    check_claims(
        &changed("updated", "", data),
        "incoming
         targets user u -, phone +1 -
         answeredBy user v -
         incomingContext p q (user w -) (-)
         activeModalities audio video
         ! 1:172 resourceData.activeModalities[1]: expected a string",
    );
    check_claims(&changed("updated", "", r#"{"state": "hold", "targets": [], "incomingContext": {}}"#), "hold");
}

#[test]
fn an_unreadable_field_is_rejected_alone() {
    check_claims(
        &changed("updated", "", r#"{"state": "hold", "tenantId": 7, "chatInfo": [], "mediaState": {"audio": "new"}}"#),
        "hold
         unrecognizedWord mediaState: new
         ! 1:150 resourceData.tenantId: expected a string
         ! 1:165 resourceData.chatInfo: expected an object",
    );
}
