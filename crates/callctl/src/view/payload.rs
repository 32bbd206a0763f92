//! A delivery as a page shows it: a replay line in which only words of the API are shown, unless the reader may see everything.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde_json::{Map, Value, json};

use crate::view::mask::{MASK, Privacy};

/// Members whose texts are words of the API, ids of calls and their parts, or times. All other texts are masked.
const SHOWN: &[&str] = &[
    "@odata.context",
    "@odata.id",
    "@odata.type",
    "acceptedModalities",
    "activeModalities",
    "audio",
    "callChainId",
    "callId",
    "changeType",
    "clientContext",
    "code",
    "command",
    "completionReason",
    "contentType",
    "direction",
    "endpointType",
    "eventDateTime",
    "eventType",
    "id",
    "initiatedDateTime",
    "kind",
    "languageId",
    "lastModifiedDateTime",
    "lifecycleEvent",
    "mediaType",
    "message",
    "messageId",
    "modalities",
    "myParticipantId",
    "observedParticipantId",
    "operation",
    "path",
    "reason",
    "receivedAt",
    "recordingStatus",
    "region",
    "requestedModalities",
    "resource",
    "resourceUrl",
    "routingType",
    "sentAt",
    "sourceParticipantId",
    "state",
    "status",
    "subcode",
    "tenantId",
    "terminationReason",
    "terminationSender",
    "threadId",
    "transcription",
    "type",
    "video",
];

/// Returns a value of a log as a replay line with an id. The line has no text that is private, unless that is shown.
pub(crate) fn line(id: &str, value: &str, privacy: Privacy) -> String {
    let value = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
    let is_line = ["body", "bodyBase64", "receivedAt", "kind"].iter().any(|name| value.get(name).is_some());
    let value = if is_line { value } else { json!({ "body": value }) };
    let Value::Object(mut line) = value else { return String::new() };
    line.insert("id".to_owned(), id.into());
    let line = Value::Object(line).to_string();
    if privacy == Privacy::Shown { line } else { masked_line(&line) }
}

/// Returns a replay line without its private texts. It can still be replayed: the lines of one create have the same stand-in for their
/// token, and a body that is not text is replaced too.
pub(crate) fn masked_line(line: &str) -> String {
    let line: Value = serde_json::from_str(line).unwrap_or_default();
    let secret = line["token"].as_str().unwrap_or_default().to_owned();
    let Value::Object(mut shown) = masked(line, None) else { return String::new() };
    if let Some(Value::String(token)) = shown.get_mut("token") {
        let mut hasher = DefaultHasher::new();
        secret.hash(&mut hasher);
        *token = format!("masked-{:016x}", hasher.finish());
    }
    if shown.remove("bodyBase64").is_some() {
        shown.insert("body".to_owned(), MASK.into());
    }
    Value::Object(shown).to_string()
}

fn masked(value: Value, member: Option<&str>) -> Value {
    match value {
        Value::Object(members) => {
            let is_identity = member == Some("identity") || type_of(&members).is_some_and(is_identity_type);
            let shown = |(name, value): (String, Value)| {
                // Within an identity even the id is private.
                let value =
                    if is_identity && name != "@odata.type" { hidden(value) } else { masked(value, Some(&name)) };
                (name, value)
            };
            Value::Object(members.into_iter().map(shown).collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(|value| masked(value, member)).collect()),
        Value::String(text) => match member {
            Some(name) if SHOWN.contains(&name) => json!(Privacy::Masked.apply(&text)),
            _ => json!(MASK),
        },
        other @ (Value::Null | Value::Bool(_) | Value::Number(_)) => other,
    }
}

/// Masks all texts of an identity. The names of its kinds stay.
fn hidden(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .map(|(name, value)| {
                    let value = if name == "@odata.type" { value } else { hidden(value) };
                    (name, value)
                })
                .collect(),
        ),
        Value::Array(values) => Value::Array(values.into_iter().map(hidden).collect()),
        Value::Null | Value::Bool(_) => value,
        Value::String(_) | Value::Number(_) => json!(MASK),
    }
}

fn type_of(members: &Map<String, Value>) -> Option<&str> {
    members.get("@odata.type")?.as_str()
}

fn is_identity_type(kind: &str) -> bool {
    let kind = kind.trim_start_matches("#microsoft.graph.").to_ascii_lowercase();
    kind.ends_with("identity") || kind.ends_with("identityset")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: &str = r#"{"receivedAt":"2026-03-01T10:00:00Z","token":"c2VjcmV0","body":{"state":"established","callbackUri":"https://bot/c2VjcmV0",
        "subject":"Merger","source":{"identity":{"user":{"id":"u1","displayName":"Megan"}}},"toneInfo":{"tone":"tone5","sequenceId":1},
        "resultInfo":{"code":480,"message":"no route to +14255550100"},"chatInfo":{"threadId":"19:abc"},"surprise":"Megan"}}"#;

    #[test]
    fn only_words_of_the_api_are_shown() {
        let shown = line("L1", CALL, Privacy::Masked);
        for private in ["c2VjcmV0", "Merger", "u1", "Megan", "tone5", "4255550100"] {
            assert!(!shown.contains(private), "{private}: {shown}");
        }
        for word in ["\"L1\"", "established", "2026-03-01T10:00:00Z", "480", "no route to ***", "19:abc"] {
            assert!(shown.contains(word), "{word}: {shown}");
        }
    }

    #[test]
    fn everything_is_shown_to_those_who_may_see_it() {
        let shown = line("L1", CALL, Privacy::Shown);
        assert!(shown.contains("Megan") && shown.contains("c2VjcmV0") && shown.contains("\"L1\""), "{shown}");
    }

    #[test]
    fn lines_of_one_create_have_the_same_stand_in() {
        let token = |secret: &str| {
            let shown = masked_line(&format!(r#"{{"kind":"snapshot","token":"{secret}","bodyBase64":"/w=="}}"#));
            let Value::Object(mut shown) = serde_json::from_str(&shown).expect("a line") else {
                unreachable!("an object")
            };
            assert_eq!(shown.get("body"), Some(&json!(MASK)), "bytes may be anything");
            shown.remove("token").expect("a stand-in")
        };
        assert_eq!(token("a"), token("a"));
        assert_ne!(token("a"), token("b"));
    }

    #[test]
    fn what_is_no_json_is_masked() {
        assert_eq!(line("L1", "call +14255550100", Privacy::Masked), r#"{"body":"***","id":"L1"}"#);
    }
}
