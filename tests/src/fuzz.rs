//! The functions that the fuzzer calls with its bytes, and the tests with the corpus. Each panics if a guarantee is broken.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arbitrary::{Arbitrary, Unstructured};
use async_trait::async_trait;
use call_core::{
    Call, CallId, Command, Config, DEFAULT_REORDER_WINDOW, Input, Limits, Observation, Stamp, Timestamp, reconcile,
};
use call_journal::{Journal, Position, SqliteJournal};
use call_msgraph::{
    Creates, Delivery, DeliveryKind, Line, Meeting, ReadError, Received, Record, ServiceError, decode, hearings, judge,
};
use call_transport::{Intake, IntakeAnswer};
use call_transport_http::{Authentication, Webhook, WebhookSettings};
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::compare::assert_explained_alike;
use crate::host::Host;
use crate::oracle::{How, Seen};

/// Every body yields observations or rejections with a place, as a webhook post and as a reply to each kind of request.
pub fn body(body: &[u8]) {
    let post = Delivery::post(body).stamped(Stamp::at(Timestamp::from_millis(0)));
    let decoded = decode(&post);
    let says_something = !decoded.hearings.is_empty() || !decoded.rejected.is_empty();
    // An empty batch yields no observation, and neither does a joining participant.
    assert!(says_something || is_empty_batch(body) || is_aside(body), "{}", String::from_utf8_lossy(body));
    assert_inside(body, &decoded.rejected);
    let replies = [DeliveryKind::CreateResponse, DeliveryKind::Snapshot, DeliveryKind::Accepted(Command::Other)];
    for kind in replies {
        let decoded = decode(&Delivery::new(post.stamp, kind).with_call("c").with_body(Arc::clone(&post.body)));
        let says_something = !decoded.hearings.is_empty() || !decoded.rejected.is_empty();
        assert!(says_something || is_aside(body), "{kind:?} {}", String::from_utf8_lossy(body));
        assert_inside(body, &decoded.rejected);
    }
}

fn assert_inside(body: &[u8], rejected: &[ReadError]) {
    let lines = body.split(|byte| *byte == b'\n').count();
    for rejected in rejected {
        let is_inside = (1..=lines).contains(&rejected.line) && (1..=body.len() + 1).contains(&rejected.column);
        assert!(is_inside, "{rejected:?}");
    }
}

fn is_aside(body: &[u8]) -> bool {
    // After a round trip, an escaped letter is a plain letter.
    let body = json(body).map_or_else(String::new, |body| body.to_string().to_ascii_lowercase());
    ["participantjoiningnotification", "participantleftnotification"].iter().any(|name| body.contains(name))
}

/// Every create request is checked, and its problems have places that the request contains or lacks. Every link leads to a
/// meeting that can be joined, or to an error. Every error body is shown without control characters.
pub fn request(bytes: &[u8]) {
    if let Ok(request) = serde_json::from_slice::<Value>(bytes) {
        for problem in judge(&request).problems {
            assert!(problem.path.is_empty() || problem.path.starts_with('/'), "{problem:?}");
            // The value of a problem exists in the request.
            let is_missing = problem.reason.starts_with("missing") || problem.reason.starts_with("must");
            assert!(is_missing || request.pointer(&problem.path).is_some(), "{problem:?}");
        }
    }
    let text = String::from_utf8_lossy(bytes);
    if let Ok(meeting) = text.parse::<Meeting>() {
        let judgement = judge(meeting.to_json());
        assert!(judgement.kind.is_some(), "{judgement:?}");
        // A link determines neither a callback nor media.
        let others = ["/callbackUri", "/mediaConfig", "/requestedModalities"];
        assert!(judgement.problems.iter().all(|problem| others.contains(&&*problem.path)), "{judgement:?}");
    }
    let shown = ServiceError::read(bytes).to_string();
    assert!(!shown.contains(char::is_control), "{shown:?}");
}

fn is_empty_batch(body: &[u8]) -> bool {
    json(body).is_some_and(|body| body["value"].as_array().is_some_and(Vec::is_empty))
}

fn json(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body)).ok()
}

/// Every text is read as a line, which is returned, or rejected with its place.
#[must_use]
pub fn line(text: &str) -> Option<Line<'_>> {
    let read = Line::read(text);
    if let Err(rejected) = &read {
        let line = rejected.line.checked_sub(1).and_then(|before| text.split('\n').nth(before));
        let is_inside = line.is_some_and(|line| (1..=line.len() + 1).contains(&rejected.column));
        assert!(is_inside, "{rejected:?}");
    }
    read.ok()
}

/// Every log is read line by line or rejected with a place, and gives the same timelines in reverse order.
pub fn log(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut calls: BTreeMap<CallId, Vec<Observation>> = BTreeMap::new();
    let mut creates = Creates::default();
    for (nth, text) in (1..).zip(text.lines()) {
        let Some(line) = line(text) else { continue };
        let record = line.stamped(Stamp { sequence: nth, ..Stamp::at(Timestamp::from_millis(0)) });
        for mut hearing in hearings(&record, &mut creates).hearings {
            hearing.set_delivery(nth);
            calls.entry(hearing.call).or_default().extend(hearing.observations);
        }
    }
    for observations in calls.values() {
        let forwards = reconcile(observations, DEFAULT_REORDER_WINDOW);
        assert_eq!(forwards, reconcile(observations.iter().rev(), DEFAULT_REORDER_WINDOW));
    }
}

/// A webhook answers any bytes of a connection with a response of HTTP, or closes it. It accepts only what the intake has received.
pub fn webhook(bytes: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let posts = Arc::new(Counted::default());
        let app = axum::Router::new().nest(
            "/callback",
            Webhook::new(Arc::clone(&posts) as _, Authentication::None, WebhookSettings::default()).router(),
        );
        let (mut client, server) = tokio::io::duplex(1 << 20);
        let serving = http1::Builder::new().serve_connection(TokioIo::new(server), TowerToHyperService::new(app));
        let talking = async {
            drop(client.write_all(bytes).await);
            drop(client.shutdown().await);
            let mut response = Vec::new();
            drop(client.read_to_end(&mut response).await);
            response
        };
        let (_, response) = tokio::join!(serving, talking);
        assert!(response.is_empty() || response.starts_with(b"HTTP/1."), "{}", String::from_utf8_lossy(&response));
        let accepted = response.windows(13).filter(|at| at.starts_with(b"HTTP/1.") && at.ends_with(b" 202 ")).count();
        assert_eq!(accepted, posts.0.load(Ordering::Relaxed), "{}", String::from_utf8_lossy(&response));
    });
}

/// An intake that accepts and counts.
#[derive(Default)]
struct Counted(AtomicUsize);

#[async_trait]
impl Intake for Counted {
    async fn deliver(&self, post: Received) -> IntakeAnswer {
        assert!(!is_deeper_than(&post.body, 64), "a deep body was not refused");
        self.0.fetch_add(1, Ordering::Relaxed);
        IntakeAnswer::Accepted
    }
}

/// Returns whether a JSON text is nested deeper than a limit, by a parser.
fn is_deeper_than(body: &[u8], limit: usize) -> bool {
    fn depth(value: &Value) -> usize {
        match value {
            Value::Array(elements) => 1 + elements.iter().map(depth).max().unwrap_or_default(),
            Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or_default(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
        }
    }
    json(body).is_some_and(|body| depth(&body) > limit)
}

/// Any file is opened as a journal or refused. A journal that was opened reads what it stores, and keeps it.
pub fn journal(bytes: &[u8]) {
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("journal.sqlite"), bytes).expect("it can be written");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let record = Record::from(Delivery::new(Stamp::at(Timestamp::from_millis(7)), DeliveryKind::Notification));
    runtime.block_on(async {
        let Ok((journal, _)) = SqliteJournal::open(directory.path()) else { return };
        if journal.append(std::slice::from_ref(&record)).await.is_ok() {
            assert_eq!(last_of(&journal).await, Some(record.clone()), "it reads what it has stored");
            drop(journal);
            let (again, _) = SqliteJournal::open(directory.path()).expect("it can be opened again");
            assert_eq!(last_of(&again).await, Some(record), "it keeps what it has stored");
        }
    });
}

/// Reads a journal to its end, and returns the last record.
async fn last_of(journal: &SqliteJournal) -> Option<Record> {
    let (mut after, mut last) = (Some(Position::default()), None);
    while let Some(from) = after {
        let page = journal.read(from, 100).await.expect("an open journal can be read");
        last = page.entries.into_iter().next_back().map(|entry| entry.record).or(last);
        assert!(page.next.is_none_or(|next| next > from), "reading goes on");
        after = page.next;
    }
    last
}

/// The core explains a small history as brute force does, and the feed of the call agrees with it.
pub fn history(bytes: &[u8]) {
    // The history ends when the bytes run out.
    let _ = small_history(&mut Unstructured::new(bytes));
}

fn small_history(bytes: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    let mut seen: Vec<Seen> = Vec::new();
    for sequence in 0..bytes.int_in_range(0..=6)? {
        let (at, state) = (i64::from(u8::arbitrary(bytes)?) * 100, bytes.int_in_range(0..=9)?);
        let sent = Option::<u8>::arbitrary(bytes)?.map(|ago| at - i64::from(ago) * 50);
        let (state, how) = match bytes.int_in_range(0..=3)? {
            0 => (state, How::Answered(sent)),
            // In this test, transfer and hang-up are the only commands.
            1 => (if state < 5 { 6 } else { 8 }, How::Promised(sent)),
            2 if state == 9 => (9, How::Gone(sent)),
            _ => (state, How::Notified),
        };
        seen.push(Seen { at, sequence, state, how });
    }
    assert_explained_alike(&seen);

    let limits = Limits {
        connected_observations: bytes.int_in_range(1..=40)?,
        per_claim_and_source: 2,
        reports_per_stream: 2,
        roster_entries: 2,
        ..Limits::default()
    };
    let config = Arc::new(Config { limits, ..Config::default() });
    let (mut call, mut host) = (Call::new(config), Host::default());
    for (nth, input) in (0..100).zip(bytes.arbitrary_iter::<(Input, Timestamp)>()?) {
        let (mut input, now) = input?;
        // Evidence without distinct stamps cannot be followed after an eviction.
        if let Input::Observed(observations) = &mut input {
            (nth * 100..).zip(observations).for_each(|(number, observation)| observation.delivery = number);
        }
        host.hand(&mut call, input, now);
    }
    Ok(())
}
