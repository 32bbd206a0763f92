//! Participants, media operations, sharing sessions, tones and fields.

use super::replay;

/// A call with one entry of each kind, and private data in every private field.
const LOG: &str = r##"
{"receivedAt": "2026-03-01T10:00:01Z", "body": {"value": [
  {"changeType": "updated", "resource": "/app/calls/c/participants", "resourceData": [
    {"id": "b", "isMuted": true, "info": {"identity": {"user": {"id": "u1", "displayName": "Megan Bowen"}}}},
    {"id": null, "isInLobby": true, "info": {"identity": {"phone": {"id": "+14255550100"}}}},
    {"id": "a"}]},
  {"changeType": "deleted", "resource": "/app/calls/c/operations/o", "resourceData": {
    "@odata.type": "#microsoft.graph.recordOperation", "status": "completed", "clientContext": "ctx",
    "resultInfo": {"code": 200, "subcode": 8515, "message": "from +14255550100"},
    "recordingLocation": "https://recordings.example/17", "recordingAccessToken": "secret-token"}},
  {"changeType": "updated", "resource": "/app/calls/c/operations", "resourceData": {"status": "running", "clientContext": "x"}},
  {"changeType": "created", "resource": "/app/calls/c/contentSharingSessions", "resourceData": [{"id": "s"}]},
  {"changeType": "updated", "resource": "/app/calls/c", "resourceData": {
    "subject": "Merger", "callChainId": "chain", "mediaState": {"audio": "active"},
    "source": {"identity": {"user": {"id": "u2", "displayName": "Alex Wilber"}}},
    "toneInfo": {"sequenceId": 1, "tone": "tone7"}}}]}}
"##;

#[test]
fn json_shows_participants_operations_and_sharing() {
    let json = replay(&["--format", "json"], LOG).stdout;
    for expected in [
        r#""participants":[{"id":"a","inLobby":false,"muted":false},{"id":"b","inLobby":false,"muted":true},{"id":null,"inLobby":true,"muted":false}]"#,
        r#""operations":[{"id":"o","kind":"record","status":"completed","result":{"code":200,"subcode":8515,"message":"from ***"},"clientContext":"ctx","recordingLocation":"***","recordingAccessToken":"***"},{"id":null,"kind":null,"status":"running","clientContext":"x"}]"#,
        r#""sharing":[{"id":"s","state":"active"}]"#,
    ] {
        assert!(json.contains(expected), "{expected}\nis not in\n{json}");
    }
}

#[test]
fn text_shows_participants_operations_and_sharing() {
    let expected = "call c  direction unknown  no state known
  participant  a
  participant  b, user ***, muted
  participant  without an id, phone ***, in the lobby
  operation    o record completed by 2026-03-01T10:00:01.000Z, result 200/8515 from *** (The recording reached its maximum duration) (L2/1), recorded at ***
  operation    without an id (x) of an unknown kind running by 2026-03-01T10:00:01.000Z (L2/2)
  sharing      s active by 2026-03-01T10:00:01.000Z
  tones        ***
  audio        active
  source       user ***
  subject      ***
  call chain   chain
";
    assert_eq!(replay(&[], LOG).stdout, expected);
}

#[test]
fn private_data_is_shown_on_demand() {
    let json = replay(&["--format", "json", "--show-private"], LOG).stdout;
    assert!(
        json.contains(r#""recordingLocation":"https://recordings.example/17","recordingAccessToken":"secret-token""#)
    );
    let text = replay(&["--show-private"], LOG).stdout;
    for shown in
        ["user Megan Bowen u1", "phone +14255550100", "tones        tone7", "subject      Merger", "recorded at https:"]
    {
        assert!(text.contains(shown), "{shown}\nis not in\n{text}");
    }
}

#[test]
fn a_missing_roster_report_is_shown() {
    let delta = |number: u32, id: &str| {
        let data = format!(
            r##"{{"@odata.type": "#microsoft.graph.deltaParticipants", "sequenceNumber": {number}, "participants": [{{"id": "{id}"}}]}}"##
        );
        format!(r#"{{"resource": "/app/calls/c/participants", "resourceData": {data}}}"#)
    };
    let text = replay(&[], [delta(1, "a"), delta(3, "b")].join("\n")).stdout;
    let expected = "  roster       a report is missing before L2; get …/participants for the present roster\n";
    assert!(text.ends_with(expected), "{text}");
}

#[test]
fn text_lists_the_first_participants_json_all() {
    let many: Vec<_> = (0..1_000).map(|number| format!(r#"{{"id": "p{number:03}"}}"#)).collect();
    let log = format!(r#"{{"resource": "/app/calls/c/participants", "resourceData": [{}]}}"#, many.join(","));
    let text = replay(&[], &log).stdout;
    assert_eq!(text.lines().count(), 22, "{text}");
    assert!(text.ends_with("  participant  and 980 more; `--format json` lists them all\n"), "{text}");
    assert_eq!(replay(&["--format", "json"], &log).stdout.matches(r#""inLobby""#).count(), 1_000);
}
