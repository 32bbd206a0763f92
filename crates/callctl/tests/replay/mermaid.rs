//! The flowchart, byte for byte.

use super::{at, replay};

#[test]
fn the_diagram_shows_inferred_and_alternative_states() {
    let log = [at("10:00:00", "a", "established"), at("10:00:10", "a", "hold"), at("10:00:11", "a", "established")];
    let expected = r#"flowchart LR
subgraph c0[" "]
direction LR
c0t(["call a<br/>direction unknown<br/>2026-03-01"])
c0s0["establishing<br/>by 10:00:00.000<br/>inferred: the call starts here"]:::inferred
c0t --> c0s0
c0s1["established<br/>by 10:00:00.000<br/>notification<br/>L1"]
c0s0 --> c0s1
c0s2["hold<br/>by 10:00:10.000<br/>notification<br/>L2"]
c0s1 --> c0s2
c0s3["established<br/>by 10:00:11.000<br/>notification<br/>L3"]
c0s2 --> c0s3
c0o0["or hold?"]:::doubt
c0s3 -.-> c0o0
end
classDef inferred stroke-dasharray: 5 5
classDef doubt stroke-dasharray: 2 2
"#;
    let shown = replay(&["--format", "mermaid"], log.join("\n")).stdout;
    assert_eq!(shown, expected);
    assert!(shown.lines().all(is_statement));
}

/// Returns whether a line has one of the forms of the chart. Labels are quoted, and their content has no syntax.
pub(super) fn is_statement(line: &str) -> bool {
    let fixed = ["flowchart LR", "direction LR", "end"].contains(&line) || line.starts_with("classDef ");
    let name = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let arrow =
        [" --> ", " -.-> "].iter().filter_map(|arrow| line.split_once(arrow)).any(|(from, to)| name(from) && name(to));
    let node = line.strip_prefix("subgraph ").unwrap_or(line).split_once("[\"").is_some_and(|(id, rest)| {
        let Some((label, class)) = rest.split_once("\"]") else { return false };
        let (id, class) = id.strip_suffix('(').map_or((id, class), |id| (id, class.trim_start_matches(')')));
        let plain = label.replace("<br/>", "");
        name(id)
            && ["", ":::inferred", ":::doubt"].contains(&class)
            && !plain.contains(['<', '>', '"', '[', ']', '`', '{', '}'])
    });
    fixed || arrow || node
}
