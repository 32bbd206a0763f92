//! The bodies of "Create call" (v1.0 reference), byte for byte. Thirteen of them are not valid JSON.

#[path = "../published/mended.rs"]
mod mended;

use std::fs;
use std::path::{Path, PathBuf};

use call_msgraph::{Delivery, DeliveryKind};
use mended::without_trailing_commas;

use super::{check, post, read};

#[test]
fn trailing_commas_are_rejected_with_their_place() {
    let mut broken = 0;
    for (file, body) in bodies() {
        let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(&body) else { continue };
        broken += 1;
        let place = format!("! {}:{} not JSON: trailing comma", error.line(), error.column());
        assert_eq!(read(&delivery(&file, &body)), [place], "{file}");
    }
    assert_eq!(broken, 13);
    let body = published("01-p2p-service-hosted.response.json");
    assert_eq!(read(&delivery("response", &body)), ["! 35:1 not JSON: trailing comma"]);
}

#[test]
fn every_other_body_but_a_request_is_read() {
    let mut count = 0;
    for (file, body) in bodies().into_iter().filter(|(file, _)| !file.contains("request")) {
        if serde_json::from_str::<serde::de::IgnoredAny>(&body).is_ok() {
            let lines = read(&delivery(&file, &body));
            assert!(!lines.is_empty() && lines.iter().all(|line| !line.starts_with('!')), "{file}: {lines:?}");
            count += 1;
        }
    }
    assert_eq!(count, 8);
}

#[test]
fn the_notifications_of_a_peer_to_peer_call() {
    let file = |rest: &str| published(&format!("01-p2p-service-hosted.notification-{rest}.json"));
    check(&file("1-establishing"), "2e1a0b00-2db4-4022-9570-243709c565ab 0 establishing");
    check(
        &file("2-established"),
        "2e1a0b00-b3c5-4b0f-99b3-c133bc1e6116 0 established
         2e1a0b00-b3c5-4b0f-99b3-c133bc1e6116 0 direction outgoing",
    );
    for (sharing, state) in [
        ("3-content-sharing-started", "active"),
        ("4-content-sharing-updated", "active"),
        ("5-content-sharing-ended", "ended"),
    ] {
        let session = "F7D9EF30FF0A9BD3F64B274387FB8FF8E96B6CFBA8F87F8305A74DE99AF007BC";
        check(&file(sharing), &format!("421f4c00-4436-4c3a-9d9a-c4924cf98e67 0 sharing {session} {state}"));
    }
}

#[test]
fn the_notifications_of_a_scheduled_meeting() {
    let file = |rest: &str| published(&format!("05-join-scheduled-meeting-service-hosted.notification-{rest}.json"));
    let call = "2f1a1100-b174-40a0-aba7-0b405e01ed92";
    let thread = format!("{call} 0 threadId 19:meeting_Win6Ydo4wsMijFjZS00ZGVjLTk5MGUtOTRjNWY2NmNkYTFm@thread.v2");
    let info = |name: &str| {
        let body: serde_json::Value = serde_json::from_str(&file("1-establishing")).expect("JSON");
        let place = format!("/value/0/resourceData/{name}");
        let members = body.pointer(&place).and_then(serde_json::Value::as_object).map_or(0, |info| info.len());
        format!("{call} 0 {name} of {members}")
    };
    let rest = format!("{thread}\n{}\n{}", info("chatInfo"), info("meetingInfo"));
    check(&file("1-establishing"), &format!("{call} 0 establishing\n{rest}"));
    check(&file("2-established"), &format!("{call} 0 established\n{rest}"));
    let john = "0d7664b6-6432-43ed-8d27-d9e7adec188c+<(user 112f7296-5fa4-42ca-bae8-6a692b15d4b8 John)";
    let bot = "05491616-385f-44a8-9974-18cc5f9933c1~<(application 2891555a-92ff-42e6-80fa-6e1300c6b5c6 Calling Bot)";
    check(&file("3-roster"), &format!("{call} 0 Full {john} {bot}"));
}

#[test]
fn the_order_of_members_does_not_matter() {
    let mut reordered = 0;
    for (file, body) in bodies() {
        let Ok(value) = serde_json::from_str::<serde_json::Value>(&body) else { continue };
        // The members of a value are sorted by their names, so the resource data comes before the path.
        let sorted = value.to_string();
        reordered += usize::from(sorted.find("resourceData") < sorted.find("resourceUrl"));
        let [expected, found] = [&body, &sorted].map(|body| read(&delivery(&file, body)));
        let claims = |lines: &[String]| lines.iter().filter(|line| !line.starts_with('!')).cloned().collect::<Vec<_>>();
        assert_eq!(claims(&found), claims(&expected), "{file}");
    }
    assert_eq!(reordered, 8);
}

#[test]
fn published_create_responses_name_an_establishing_call() {
    let mut responses = 0;
    for (file, body) in bodies().into_iter().filter(|(file, _)| file.ends_with(".response.json")) {
        responses += 1;
        let lines = read(&delivery(&file, &without_trailing_commas(&body)));
        assert!(lines[0].ends_with(" 0 establishing"), "{file}: {lines:?}");
        assert!(lines.iter().all(|line| !line.starts_with('!')), "{file}: {lines:?}");
        assert!(lines[1].ends_with(" 0 direction outgoing"), "{file}: {lines:?}");
    }
    assert_eq!(responses, 10);
}

fn delivery(file: &str, body: &str) -> Delivery {
    let kind = if file.contains("response") { DeliveryKind::CreateResponse } else { DeliveryKind::Notification };
    Delivery::new(post(b"").stamp, kind).with_body(body.as_bytes())
}

fn bodies() -> Vec<(String, String)> {
    let index: Vec<serde_json::Value> = serde_json::from_str(&published("index.json")).expect("the index is JSON");
    assert_eq!(index.len(), 28);
    let file = |entry: &serde_json::Value| entry["file"].as_str().expect("each entry names its file").to_owned();
    index.iter().map(file).map(|file| (file.clone(), published(&file))).collect()
}

fn published(file: &str) -> String {
    fs::read_to_string(directory().join(file)).expect("the body was published")
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/published")
}
