//! What foreign text and floods do to the log and to the page.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

use reqwest::Method;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Value, json};

use crate::rig::Rig;

/// Texts that forge lines, control a terminal, or reorder what follows.
const HOSTILE: &str = "x\n2026-01-01T00:00:00Z  INFO forged\r\u{1b}[2J\u{9b}31m\u{2028}\u{2029}\u{202e}\u{2066}\u{7}";

fn is_deceptive(c: char) -> bool {
    c != '\n' && (c.is_control() || "\u{2028}\u{2029}\u{202e}\u{2066}".contains(c))
}

/// A JSON object whose members are checked to be unique.
struct Unique;

impl<'de> Deserialize<'de> for Unique {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Unique;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Unique, A::Error> {
                let mut names = BTreeSet::new();
                while let Some((name, _)) = map.next_entry::<String, Value>()? {
                    assert!(names.insert(name.clone()), "the member {name} occurs twice");
                }
                Ok(Unique)
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// Posts of every kind that a hostile service could send.
fn posts() -> Vec<(String, Vec<u8>)> {
    let call = |id: &str, state: &str| {
        json!({ "value": [{ "changeType": "updated", "resourceUrl": format!("/communications/calls/{id}"),
            "resourceData": { "@odata.type": "#microsoft.graph.call", "state": state, "callChainId": HOSTILE, "subject": HOSTILE,
                "resultInfo": { "code": 500, "subcode": HOSTILE, "message": HOSTILE } } }] })
    };
    let many: Vec<_> = (0..5_000).map(|number| json!({ HOSTILE: number })).collect();
    vec![
        ("/callback".to_owned(), call(HOSTILE, "established").to_string().into()),
        ("/callback".to_owned(), call("calm", HOSTILE).to_string().into()),
        ("/callback".to_owned(), call("calm", "establishing").to_string().into()),
        ("/callback".to_owned(), call("calm", "established").to_string().into()),
        ("/callback".to_owned(), call("calm", "terminated").to_string().into()),
        ("/callback".to_owned(), json!({ "value": many }).to_string().into()),
        ("/callback".to_owned(), format!("{{\"{HOSTILE}\": [").into_bytes()),
        (format!("/callback/{}", "%0a%1b%5b2J"), b"{}".to_vec()),
    ]
}

/// Runs a sidecar with a log, posts everything to it, and returns the log.
async fn log_of(more: &[&str]) -> String {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("log");
    let rig = Rig::start_logging(directory, more, Stdio::from(fs::File::create(&log).unwrap()));
    for (path, body) in posts() {
        let post = rig.request(Method::POST, &path).header("Content-Type", "application/json").body(body);
        drop(post.send().await.unwrap());
    }
    let directory = rig.stop();
    let text = fs::read_to_string(log).unwrap();
    drop(directory);
    text
}

#[tokio::test]
async fn foreign_text_cannot_forge_the_log() {
    for format in ["text", "json"] {
        let log = log_of(&["--log-format", format, "--log-level", "debug"]).await;
        assert!(log.chars().all(|c| !is_deceptive(c)), "{format}: {log:?}");
        assert!(log.lines().all(|line| !line.starts_with("2026-01-01")), "{format}: {log}");
        assert!(log.contains("forged"), "{format}: the call with this id is logged: {log}");
        assert!(log.len() < 100_000, "{format}: {} bytes", log.len());
        assert!(log.lines().all(|line| line.len() < 2_000), "{format}: {log}");
        assert!(!log.contains("hyper") && !log.contains("Some(") && !log.contains("None"), "{format}: {log}");
        if format == "json" {
            for line in log.lines() {
                let spans: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
                serde_json::from_str::<Unique>(line).unwrap();
                assert!(spans["message"].is_string(), "{line}");
            }
        }
    }
}

#[tokio::test]
async fn one_post_causes_few_lines() {
    let log = log_of(&["--log-format", "json"]).await;
    let faults = log.lines().filter(|line| line.contains("a part of a delivery cannot be read"));
    let faults: Vec<Value> = faults.map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!((4..=6).contains(&faults.len()), "{faults:?}");
    assert!(faults.iter().all(|fault| fault["reason"].as_str().is_some_and(|reason| reason.len() > 5)), "{faults:?}");
    assert!(log.contains("further parts of the same delivery cannot be read"), "{log}");
}

#[tokio::test]
async fn each_change_of_state_is_one_line() {
    let log = log_of(&["--log-format", "json"]).await;
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of_the_call = |message: &str| -> Vec<&Value> {
        lines.iter().filter(|line| line["call"] == "calm" && line["message"] == message).collect()
    };
    let changes: Vec<_> = of_the_call("call changed its state")
        .into_iter()
        .map(|line| (line["from"].clone(), line["to"].clone(), line["known"].clone(), line["by"].clone()))
        .collect();
    let change = |from: &str, to: &str| (json!(from), json!(to), json!("observed"), json!("notification"));
    let expected =
        [change("none", "establishing"), change("establishing", "established"), change("established", "terminated")];
    assert_eq!(changes, expected, "{log}");
    assert!(of_the_call("call changed its state").iter().all(|line| line["late_ms"].is_u64()), "{log}");
    let ends = of_the_call("call ended");
    assert_eq!(ends.len(), 1);
    assert_eq!(
        (&ends[0]["code"], &ends[0]["by"], ends[0]["meaning"].is_string()),
        (&json!(500), &json!("notification"), true)
    );
}

#[tokio::test]
async fn a_flood_of_refused_posts_is_a_summary() {
    let directory = tempfile::tempdir().unwrap();
    let log = directory.path().join("log");
    let rig = Rig::start_logging(directory, &["--log-format", "json"], Stdio::from(fs::File::create(&log).unwrap()));
    let posts = if crate::is_full() { 20_000 } else { 500 };
    for _ in 0..posts {
        let post = rig.request(Method::POST, "/callback").header("Content-Type", "text/plain").body("x");
        assert_eq!(rig.status(post).await, 415);
    }
    let directory = rig.stop();
    let text = fs::read_to_string(log).unwrap();
    drop(directory);
    assert_eq!(text.matches("post refused").count(), 10, "{text}");
}
