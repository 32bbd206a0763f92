//! Hostile text in every text field, in every format.

use super::replay;

const FORMATS: [&str; 4] = ["text", "json", "mermaid", "html"];

/// Markup, an escape sequence, a bidirectional override, and the delimiters of each format.
const HOSTILE: &str = r##"<script>alert(1)</script>\"'`;]]--><img src=x onerror=alert(1)>\u001b[2J\u202ex\nend"##;

/// A log with the text in every field that is shown.
fn log(text: &str) -> String {
    let line =
        |body: String| format!(r#"{{"receivedAt": "2026-03-01T10:00:01Z", "id": "{text}", "body": {body}}}"#) + "\n";
    let about = |path: &str, data: String| {
        line(format!(r#"{{"changeType": "updated", "resource": "/app/calls/{path}", "resourceData": {data}}}"#))
    };
    let identity = format!(r#"{{"identity": {{"guest{text}": {{"id": "{text}", "displayName": "{text}"}}}}}}"#);
    let result = format!(r#""resultInfo": {{"code": 500, "subcode": "{text}", "message": "{text}"}}"#);
    let who = format!(
        r#""answeredBy": {identity}, "targets": [{identity}], "activeModalities": ["{text}"], "incomingContext": {{
            "observedParticipantId": "{text}", "onBehalfOf": {{"guest{text}": {{"id": "{text}", "displayName": "{text}"}}}}}}"#
    );
    let fields = format!(
        r#"{{"state": "established", {result}, "id": "{text}", "subject": "{text}", "callChainId": "{text}", "tenantId": "{text}",
            "myParticipantId": "{text}", "chatInfo": {{"threadId": "{text}"}}, "source": {identity}, {who}, "replacesContext": "{text}",
            "terminationReason": "{text}", "toneInfo": {{"sequenceId": 1, "tone": "{text}"}}}}"#
    )
    .replace('\n', " ");
    let operation = format!(
        r##"{{"@odata.type": "#microsoft.graph.{text}Operation", "id": "{text}", "status": "failed", {result}, "clientContext": "{text}",
            "completionReason": "{text}", "recordingLocation": "{text}", "recordingAccessToken": "{text}"}}"##
    )
    .replace('\n', " ");
    [
        about("c", fields),
        about("c", format!(r#"{{"state": "{text}"}}"#)),
        about("c/participants", format!(r#"[{{"id": "{text}"}}, {{"id": null, "info": {identity}}}]"#)),
        about("c/operations", operation),
        about("c/operations", format!(r#"{{"status": "{text}", "clientContext": "{text}"}}"#)),
        about("c/contentSharingSessions", format!(r#"[{{"id": "{text}"}}]"#)),
        about("c/unheardOf", format!(r#"{{"@odata.type": "{text}"}}"#)),
        about(&format!("{text}/unheardOf/{text}"), "{}".to_owned()),
        line(format!(r#""{text}""#)),
        format!(r#"{{"kind": "{text}"}}"#),
    ]
    .concat()
}

#[test]
fn hostile_text_is_escaped_in_every_format() {
    for format in FORMATS {
        for private in [&[][..], &["--show-private"]] {
            let outcome = replay(&[&["--color", "never", "--format", format], private].concat(), log(HOSTILE));
            assert_eq!(outcome.status, 0, "{format}");
            let (shown, errors) = (&outcome.stdout, &outcome.stderr);
            // JSON keeps text unchanged, because its reader knows the delimiters. It escapes control characters.
            let is_harmless = |c: char| c == '\n' || !c.is_control() && (format == "json" || c != '\u{202e}');
            assert!(shown.chars().all(is_harmless), "{format}: {shown}");
            assert!(errors.chars().all(|c| c == '\n' || !c.is_control() && c != '\u{202e}'), "{format}: {errors}");
            if format == "html" {
                assert!(!shown.contains("<script>alert") && !shown.contains("<img"), "{shown}");
            }
            if format == "json" {
                assert!(serde_json::from_str::<serde_json::Value>(shown).is_ok(), "{shown}");
            }
            if format == "mermaid" {
                assert!(shown.lines().all(super::mermaid::is_statement), "{shown}");
            }
        }
    }
}

#[test]
fn private_data_is_masked_in_every_format() {
    let private = |at: &str| format!("{at}+14255550100");
    let log = log("PLACEHOLDER");
    // Private data where the API has a name, a number, a subject, a tone or a token.
    let log = log
        .replace(r#""displayName": "PLACEHOLDER""#, r#""displayName": "Megan Bowen""#)
        .replace(r#""subject": "PLACEHOLDER""#, r#""subject": "Merger talks""#)
        .replace(r#""tone": "PLACEHOLDER""#, r#""tone": "tone7""#)
        .replace(r#""message": "PLACEHOLDER""#, &format!(r#""message": "{}""#, private("")))
        .replace(r#""clientContext": "PLACEHOLDER""#, &format!(r#""clientContext": "{}""#, private("tel:")))
        .replace(r#""terminationReason": "PLACEHOLDER""#, &format!(r#""terminationReason": "{}""#, private("4:")))
        .replace(r#""replacesContext": "PLACEHOLDER""#, r#""replacesContext": "cmVwbGFjZXM""#)
        .replace(r#""recordingLocation": "PLACEHOLDER""#, r#""recordingLocation": "https://recordings.example/17""#)
        .replace(r#""recordingAccessToken": "PLACEHOLDER""#, r#""recordingAccessToken": "secret-token""#)
        .replace(r#""guestPLACEHOLDER": {"id": "PLACEHOLDER""#, r#""phone": {"id": "+14255550199""#);
    let words =
        ["Megan", "Merger", "tone7", "4255550100", "4255550199", "cmVwbGFjZXM", "recordings.example", "secret-token"];
    for format in FORMATS {
        let masked = replay(&["--format", format], &log).stdout;
        for word in words {
            assert!(!masked.contains(word), "{format}: {word}\n{masked}");
        }
        let shown = replay(&["--format", format, "--show-private"], &log).stdout;
        // JSON contains neither names nor subjects nor tones. Only JSON contains tokens.
        let expected = if format == "json" { &["4255550100", "secret-token"][..] } else { &words[..7] };
        for word in expected {
            assert!(shown.contains(word), "{format}: {word}\n{shown}");
        }
    }
}
