//! The published examples and a large meeting, end to end.

#[path = "../../../call-msgraph/tests/published/mended.rs"]
mod mended;

use std::path::Path;

use mended::without_trailing_commas;
use serde_json::{Value, json};

use super::replay;

#[test]
fn published_bodies_leave_nothing_unexplained() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../call-msgraph/tests/published");
    let mut files: Vec<_> =
        std::fs::read_dir(directory).expect("they are there").map(|file| file.expect("listed").path()).collect();
    let is_sent = |name: &str| name.contains(".notification-") || name.ends_with(".response.json");
    files.retain(|file| is_sent(&file.to_string_lossy()));
    files.sort();
    assert_eq!(files.len(), 18);
    let body = |file| std::fs::read_to_string(file).expect("it can be read");
    // Thirteen published bodies have trailing commas. Unchanged, they are rejected with their place.
    let bodies: Vec<_> = files.iter().map(body).map(|body| without_trailing_commas(&body)).collect();
    let outcome = replay(&["--strict", "--format", "json"], bodies.join("\n"));
    assert_eq!((outcome.status, outcome.stderr.as_str()), (0, ""), "{}", outcome.stdout);
    let result: Value = serde_json::from_str(&outcome.stdout).expect("it is JSON");
    assert_eq!(result["rejected"], json!([]));
    let calls = result["calls"].as_array().expect("there are calls");
    assert!(calls.iter().all(|call| call["anomalies"] == json!([])), "{calls:?}");
    let of = |id: &str| calls.iter().find(|call| call["id"] == id).expect("the call is there");
    let meeting = of("2f1a1100-b174-40a0-aba7-0b405e01ed92");
    assert_eq!((&meeting["state"], meeting["participants"].as_array().map(Vec::len)), (&json!("established"), Some(2)));
    let sharing = &of("421f4c00-4436-4c3a-9d9a-c4924cf98e67")["sharing"][0];
    assert_eq!(sharing["state"], "ended");
}

#[test]
fn a_large_meeting_replays_identically_in_any_order() {
    let lines = meeting();
    let expected = replay(&["--strict", "--format", "json"], lines.join("\n"));
    assert_eq!((expected.status, expected.stderr.as_str()), (0, ""));
    let result: Value = serde_json::from_str(&expected.stdout).expect("it is JSON");
    // 1,000 participants joined, every tenth left, and the bot is present.
    assert_eq!(result["calls"][0]["participants"].as_array().map(Vec::len), Some(901));
    let mut reversed = lines.clone();
    reversed.reverse();
    // 389 is coprime to the number of lines, so each line occurs once.
    assert_ne!(lines.len() % 389, 0);
    let strewn: Vec<_> = (0..lines.len()).map(|nth| lines[nth * 389 % lines.len()].clone()).collect();
    for (order, lines) in [("reversed", reversed), ("strewn", strewn)] {
        assert!(replay(&["--format", "json"], lines.join("\n")).stdout == expected.stdout, "{order}");
        let (text, html) =
            (replay(&[], lines.join("\n")).stdout, replay(&["--format", "html"], lines.join("\n")).stdout);
        assert!(text == replay(&[], meeting().join("\n")).stdout, "{order}");
        assert!(html == replay(&["--format", "html"], meeting().join("\n")).stdout, "{order}");
    }
}

/// The deliveries of a meeting: the call, a list of 100, then single changes, with a prompt and sharing in between.
fn meeting() -> Vec<String> {
    const CALL: &str = "/communications/calls/2f1a1100-b174-40a0-aba7-0b405e01ed92";
    let mut lines = Vec::new();
    let mut line = |path: &str, change: &str, data: Value| {
        let number = lines.len() + 1;
        let at = format!("2026-03-01T10:{:02}:{:02}.{:03}Z", number / 600, number / 10 % 60, number % 10 * 100);
        let value = json!({
            "@odata.type": "#microsoft.graph.commsNotification", "changeType": change,
            "resourceUrl": format!("{CALL}{path}"), "resourceData": data,
        });
        let body = json!({ "@odata.type": "#microsoft.graph.commsNotifications", "value": [value] });
        lines.push(json!({ "receivedAt": at, "seq": number, "id": format!("m{number}"), "body": body }).to_string());
    };
    let participant = |number: usize, sequence: usize| {
        json!({
            "@odata.type": "#microsoft.graph.participant", "id": format!("{number:08x}-6432-43ed-8d27-d9e7adec188c"),
            "info": { "identity": { "user": { "id": format!("user{number}"), "displayName": format!("Person {number}") } } },
            "isMuted": number.is_multiple_of(3), "isInLobby": false, "rosterSequenceNumber": sequence,
        })
    };
    let delta = |sequence: usize, participant: Value| json!({ "@odata.type": "#microsoft.graph.deltaParticipants", "sequenceNumber": sequence, "participants": [participant] });
    line("", "updated", json!({ "@odata.type": "#microsoft.graph.call", "state": "establishing" }));
    line("", "updated", json!({ "@odata.type": "#microsoft.graph.call", "state": "established" }));
    let bot = json!({ "@odata.type": "#microsoft.graph.participant", "id": "bot", "rosterSequenceNumber": 1 });
    let first: Vec<_> = std::iter::once(bot).chain((0..100).map(|number| participant(number, 1))).collect();
    line("/participants", "updated", first.into());
    let mut sequence = 1;
    for number in 100..1_000 {
        sequence += 1;
        line("/participants", "updated", delta(sequence, participant(number, sequence)));
    }
    let prompt = json!({ "@odata.type": "#microsoft.graph.playPromptOperation", "id": "o", "status": "running" });
    line("/operations/o", "updated", prompt);
    line(
        "/contentSharingSessions",
        "created",
        json!([{ "@odata.type": "#microsoft.graph.contentSharingSession", "id": "s" }]),
    );
    for number in (0..1_000).step_by(10) {
        sequence += 1;
        let mut gone = participant(number, sequence);
        gone["removedState"] = json!({ "reason": "Removed" });
        line("/participants", "updated", delta(sequence, gone));
    }
    lines
}
