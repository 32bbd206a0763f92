//! The documented JSON output, byte for byte.

use super::{at, bare, json};

const CALL: &str = "57DAB8B1894C409AB240BD8BEAE78896";

#[test]
fn json_members_follow_the_documented_order() {
    let log = [
        r#"{"receivedAt":"2026-03-01T10:00:00.900Z","sentAt":"2026-03-01T10:00:00.4Z","kind":"createResponse","id":"create","body":{"id":"57dab8b1-894c-409a-b240-bd8beae78896","state":"establishing","direction":"outgoing"}}"#,
        &at("10:00:01.25", CALL, "established"),
        &at("10:00:05", CALL, "hold"),
        r#"{"receivedAt":"2026-03-01T10:00:05.400Z","callId":"57dab8b1-894c-409a-b240-bd8beae78896","body":{"value":[{"changeType":"updated","resourceData":{"state":"established","resultInfo":{"code":500,"subcode":"7000","message":"m"}}},{"changeType":"updated","resourceData":{"state":"parked"}}]}}"#,
    ];
    let timeline = concat!(
        r#"{"state":"establishing","basis":"observed","notBefore":null,"notAfter":"2026-03-01T10:00:00.900Z","evidence":["create"]},"#,
        r#"{"state":"established","basis":"observed","notBefore":"2026-03-01T10:00:00.400Z","notAfter":"2026-03-01T10:00:01.250Z","evidence":["L2"]},"#,
        r#"{"state":"hold","basis":"observed","notBefore":"2026-03-01T10:00:00.400Z","notAfter":"2026-03-01T10:00:05.000Z","evidence":["L3"]},"#,
        r#"{"state":"established","basis":"observed","notBefore":"2026-03-01T10:00:00.400Z","notAfter":"2026-03-01T10:00:05.400Z","evidence":["L4/0"],"result":{"code":500,"subcode":7000,"message":"m"}}"#,
    );
    let anomaly = r#"{"kind":"unrecognizedState","detail":"unknown call state \"parked\"","evidence":["L4/1"]}"#;
    assert_eq!(
        json(log.join("\n")),
        format!(
            r#"{{"calls":[{{"id":"57dab8b1-894c-409a-b240-bd8beae78896","direction":"outgoing","state":"established","phase":"connected","alternatives":["hold"],"timeline":[{timeline}],"result":null,"terminationReason":null,"participants":[],"operations":[],"sharing":[],"anomalies":[{anomaly}]}}],"rejected":[]}}"#
        )
    );
}

#[test]
fn an_ended_call_shows_result_and_inferences() {
    let log = r#"{"receivedAt":"2026-03-01T10:00:00Z","body":{"changeType":"deleted","resourceUrl":"communications/calls/c","resourceData":{"terminationReason":"AppTransferred","resultInfo":{"code":0,"subcode":7015}}}}"#;
    let timeline = concat!(
        r#"{"state":"establishing","basis":"inferred","notBefore":null,"notAfter":"2026-03-01T10:00:00.000Z","evidence":[]},"#,
        r#"{"state":"terminated","basis":"observed","notBefore":null,"notAfter":"2026-03-01T10:00:00.000Z","evidence":["L1"],"result":{"code":0,"subcode":7015,"message":null}}"#,
    );
    assert_eq!(
        json(log),
        format!(
            r#"{{"calls":[{{"id":"c","direction":null,"state":"terminated","phase":"terminated","alternatives":[],"timeline":[{timeline}],"result":{{"code":0,"subcode":7015,"message":null}},"terminationReason":"AppTransferred","participants":[],"operations":[],"sharing":[],"anomalies":[]}}],"rejected":[]}}"#
        )
    );
}

#[test]
fn evidence_does_not_depend_on_the_line_order() {
    let notified = |id: &str, state: &str| {
        let value = format!(
            r#"{{"changeType":"updated","resourceUrl":"/communications/calls/c","resourceData":{{"state":"{state}"}}}}"#
        );
        format!(r#"{{"receivedAt":"2026-03-01T10:00:01Z","seq":1,"id":"{id}","body":{value}}}"#)
    };
    let asked = |id: &str, body: &str| {
        format!(
            r#"{{"receivedAt":"2026-03-01T10:00:10Z","sentAt":"2026-03-01T10:00:09Z","kind":"snapshot","seq":2,"id":"{id}","callId":"c","body":{body}}}"#
        )
    };
    // Two pairs of lines have one stamp each, and both lines of a pair give a bound.
    let mut lines = [
        notified("a", "established"),
        notified("b", "hold"),
        asked("x", r#"{"state":"establishing"}"#),
        asked("y", r#"{"state":"establishing","tenantId":"t"}"#),
    ];
    let expected = json(lines.join("\n"));
    assert!(expected.contains(r#""evidence":["a","b","x","y"]"#), "{expected}");
    for turn in 0..lines.len() {
        lines.rotate_left(1);
        assert_eq!(json(lines.join("\n")), expected, "turned {turn} times");
        lines.swap(0, 1);
        assert_eq!(json(lines.join("\n")), expected, "swapped after {turn} turns");
    }
}

#[test]
fn holds_of_participants_and_unknown_words_are_shown() {
    let log = r#"{"receivedAt":"2026-03-01T10:00:00Z","body":{"value":[
        {"changeType":"updated","resourceUrl":"/communications/calls/c","resourceData":{"direction":"sideways","state":"established"}},
        {"changeType":"updated","resourceUrl":"/communications/calls/c/participants","resourceData":[{"id":"p","isOnHold":true},{"id":"q","isOnHold":false}]}]}}"#;
    let shown = json(log);
    let participants =
        r#"[{"id":"p","inLobby":false,"muted":false,"onHold":true},{"id":"q","inLobby":false,"muted":false}]"#;
    assert!(shown.contains(participants), "{shown}");
    let anomaly = r#"{"kind":"unrecognizedWord","detail":"direction: sideways","evidence":["L1/0"]}"#;
    assert!(shown.contains(anomaly), "{shown}");
}

#[test]
fn a_broken_hang_up_names_its_command() {
    let log = concat!(
        r#"{"receivedAt":"2026-03-01T10:00:00Z","kind":"accepted","command":"hangUp","callId":"c"}"#,
        "\n",
        r#"{"receivedAt":"2026-03-01T10:00:09Z","body":{"changeType":"updated","resourceUrl":"/communications/calls/c","resourceData":{"state":"hold"}}}"#,
    );
    let shown = json(log);
    assert!(shown.contains(r#"{"kind":"unfulfilled","detail":"hangUp","evidence":["L1","L2"]}"#), "{shown}");
}

#[test]
fn a_call_without_known_state_has_none() {
    assert_eq!(
        json(r#"{"changeType":"updated","resourceUrl":"/communications/calls/c/participants","resourceData":[]}"#),
        r#"{"calls":[{"id":"c","direction":null,"state":null,"phase":null,"alternatives":[],"timeline":[],"result":null,"terminationReason":null,"participants":[],"operations":[],"sharing":[],"anomalies":[]}],"rejected":[]}"#
    );
}

#[test]
fn an_empty_log_has_no_calls() {
    for log in ["", "\n\n", "\u{feff}", "[]", "[\n]\n"] {
        assert_eq!(json(log), r#"{"calls":[],"rejected":[]}"#, "{log:?}");
    }
}

#[test]
fn line_order_does_not_change_the_output() {
    let stamped = |nth: usize, call: &str, state: &str| {
        let time = format!("2026-03-01T10:00:{:02}.{:03}Z", nth / 3, nth * 331 % 1_000);
        format!(r#"{{"receivedAt":"{time}","seq":{nth},"id":"d{nth}","body":{}}}"#, bare(call, state))
    };
    let states = ["establishing", "established", "hold", "established", "transferring", "hold", "parked", "terminated"];
    let mut lines: Vec<String> =
        (0..40).map(|nth| stamped(nth, ["b", "A", CALL][nth % 3], states[nth * 5 % states.len()])).collect();
    let expected = json(lines.join("\n"));
    for step in [3, 7, 11, 13, 17] {
        lines = (0..40).map(|nth| lines[nth * step % 40].clone()).collect();
        assert_eq!(json(lines.join("\n")), expected);
    }
    lines.reverse();
    assert_eq!(json(lines.join("\n")), expected);
}

#[test]
fn lines_with_equal_stamps_keep_their_names() {
    let line = |id: &str, call: &str, state: &str| {
        format!(r#"{{"receivedAt":"2026-03-01T10:00:00Z","seq":1,"id":"{id}","body":{}}}"#, bare(call, state))
    };
    let lines = [line("x", "a", "hold"), line("y", "a", "established"), line("w", "a", "hold"), line("z", "b", "hold")];
    let result = json(lines.join("\n"));
    let established = r#"{"state":"established","basis":"observed","notBefore":null,"notAfter":"2026-03-01T10:00:00.000Z","evidence":["y"]}"#;
    let hold = r#"{"state":"hold","basis":"observed","notBefore":null,"notAfter":"2026-03-01T10:00:00.000Z","evidence":["w","x"]}"#;
    assert!(result.contains(&format!("{established},{hold}]")), "{result}");
    assert!(result.contains(r#""evidence":["z"]"#), "{result}");
    let reversed: Vec<_> = lines.iter().rev().cloned().collect();
    assert_eq!(json(reversed.join("\n")), result);
}

#[test]
fn repeated_lines_do_not_change_the_output() {
    let states = ["hold", "established", "transferring"];
    let line = |nth: usize| {
        let time = format!("2026-03-01T10:00:00.{:03}Z", nth * 40);
        format!(r#"{{"receivedAt":"{time}","seq":{nth},"id":"d{nth}","body":{}}}"#, bare("a", states[nth * 2 % 3]))
    };
    // Twice as many would exceed the search limit.
    let log = (0..20).map(line).collect::<Vec<_>>().join("\n");
    assert_eq!(json(format!("{log}\n{log}")), json(&log));
}
