//! The formats of a log: lines, values over several lines, an array.

use super::{at, bare, json, summary};

#[test]
fn values_may_span_or_share_lines() {
    let log = format!(
        "\u{feff}\r\n{}\r\n\r\n{{\n\"body\":\n{}\n}} {}{}",
        bare("a", "hold"),
        bare("b", "hold"),
        bare("c", "hold"),
        bare("d", "hold")
    );
    assert_eq!(summary(log), ["a hold", "b hold", "c hold", "d hold"]);
}

#[test]
fn an_array_of_lines_is_a_log() {
    let log = format!("[{},\n  {}\n,{}]", bare("a", "hold"), at("10:00:00", "b", "hold"), bare("a", "established"));
    let result = json(log);
    for evidence in [r#""evidence":["L1"]"#, r#""evidence":["L2"]"#, r#""evidence":["L3"]"#] {
        assert!(result.contains(evidence), "{result}");
    }
}

#[test]
fn lines_without_a_time_keep_their_order() {
    let log = [bare("c", "established"), bare("c", "hold"), bare("c", "established")].join("\n");
    let step = |state: &str, evidence: &str| {
        let basis = if evidence.is_empty() { "inferred" } else { "observed" };
        format!(r#"{{"state":"{state}","basis":"{basis}","notBefore":null,"notAfter":null,"evidence":[{evidence}]}}"#)
    };
    let steps = [
        step("establishing", ""),
        step("established", r#""L1""#),
        step("hold", r#""L2""#),
        step("established", r#""L3""#),
    ];
    let result = json(log);
    assert!(result.contains(&format!(r#""alternatives":[],"timeline":[{}]"#, steps.join(","))), "{result}");
}

#[test]
fn a_request_time_bounds_an_untimed_receipt() {
    let snapshot = r#"{"sentAt":"2026-03-01T10:00:00.5Z","kind":"snapshot","callId":"c","body":{"state":"hold"}}"#;
    let log = [at("10:00:00", "c", "established"), snapshot.to_owned(), bare("c", "terminated")].join("\n");
    let bounds = r#""state":"terminated","basis":"observed","notBefore":"2026-03-01T10:00:00.500Z","notAfter":null"#;
    let result = json(log);
    assert!(result.contains(bounds), "{result}");
}

#[test]
fn assumed_times_contradict_nothing() {
    let snapshot = at("10:00:00", "c", "establishing")
        .replace("\"body\"", r#""kind":"snapshot","sentAt":"2026-03-01T10:00:00Z","callId":"c","body""#);
    let snapshot = snapshot.replace(
        r#""resourceUrl":"/communications/calls/c","resourceData":{"state":"establishing"}"#,
        r#""state":"establishing""#,
    );
    let result = json([bare("c", "established"), snapshot].join("\n"));
    assert!(
        result.contains(r#""anomalies":[]"#) && result.contains(r#""notBefore":"2026-03-01T10:00:00.000Z""#),
        "{result}"
    );
}

#[test]
fn a_bare_call_replays_as_create_response() {
    let result = json(r##"{"@odata.type":"#microsoft.graph.call","id":"c","state":"establishing"}"##);
    assert!(result.contains(r#""id":"c","direction":"outgoing","state":"establishing""#), "{result}");
}

#[test]
fn the_kind_determines_how_replies_are_read() {
    let gone = r#"{"receivedAt":"2026-03-01T10:00:09Z","sentAt":"2026-03-01T10:00:08Z","kind":"gone","callId":"c"}"#;
    assert_eq!(summary([&at("10:00:00", "c", "established"), gone].join("\n")), ["c terminated"]);
    let accepted = r#"{"receivedAt":"2026-03-01T10:00:09Z","kind":"accepted","command":"transfer","callId":"c"}"#;
    assert_eq!(summary([&at("10:00:00", "c", "established"), accepted].join("\n")), ["c transferring"]);
}

#[test]
fn calls_are_sorted_by_displayed_id() {
    let ids = ["zz", "57DAB8B1894C409AB240BD8BEAE78896", "5", "6", "Zz"];
    let log: Vec<_> = ids.iter().map(|id| bare(id, "hold")).collect();
    let expected = ["5 hold", "57dab8b1-894c-409a-b240-bd8beae78896 hold", "6 hold", "Zz hold", "zz hold"];
    assert_eq!(summary(log.join("\n")), expected);
}
