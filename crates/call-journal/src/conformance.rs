//! A test suite that any journal can run.
//!
//! ```no_run
//! use call_journal::conformance::{Harness, check};
//! async fn my_journal_keeps_its_promises(make: impl AsyncFn() -> Box<dyn Harness>) {
//!     check(make).await; // panics where it does not
//! }
//! ```

use std::sync::Arc;

use async_trait::async_trait;
use call_core::{CallId, Command, NodeId, Stamp, Timestamp};
use call_msgraph::{Delivery, DeliveryKind, IntendedOperation, Intent, Record, Refused, Token};

use crate::journal::{Entry, Journal, Position};

/// Opens a journal that is empty at first.
#[async_trait]
pub trait Harness: Send + Sync {
    /// Opens the journal. The one that was opened before has been dropped.
    async fn open(&self) -> Arc<dyn Journal>;
    /// Returns whether the journal keeps its records after it is closed.
    fn is_durable(&self) -> bool;
}

/// Runs the suite. Each part uses its own journal.
///
/// # Panics
/// Panics with the promise if one is broken.
pub async fn check(make: impl AsyncFn() -> Box<dyn Harness>) {
    records_are_read_back_in_order(&*make().await).await;
    pages_start_at_any_position(&*make().await).await;
    concurrent_batches_stay_contiguous(&*make().await).await;
    only_discarded_records_are_deleted(&*make().await).await;
    a_dropped_append_does_not_harm_the_journal(&*make().await).await;
    if make().await.is_durable() {
        records_survive_reopening(&*make().await).await;
    }
}

/// Panics with the promise if the condition is false, and shows what was sent and what came back.
macro_rules! promise {
    ($promise:literal, $is_kept:expr, $sent:expr, $got:expr) => {
        assert!(
            $is_kept,
            "broken promise of a journal: {}\n  sent: {}\n  came back: {}",
            $promise,
            shown(&$sent),
            shown(&$got)
        )
    };
}

/// Returns a value for messages, clipped.
fn shown(value: &impl std::fmt::Debug) -> String {
    let text = format!("{value:?}");
    match text.char_indices().nth(2_000) {
        Some((end, _)) => format!("{} …", &text[..end]),
        None => text,
    }
}

async fn records_are_read_back_in_order(harness: &dyn Harness) {
    let journal = harness.open().await;
    let entries = all(&*journal).await;
    promise!("a new journal is empty", entries.is_empty(), "nothing", entries);
    append(&*journal, &[]).await;
    let entries = all(&*journal).await;
    promise!("an empty append stores nothing", entries.is_empty(), "no records", entries);
    let records = every_kind();
    append(&*journal, &records).await;
    let entries = all(&*journal).await;
    let are_unchanged = entries.iter().map(|entry| &entry.record).eq(&records);
    promise!("records are read unchanged and in order", are_unchanged, records, entries);
    let positions: Vec<_> = entries.iter().map(|entry| entry.position).collect();
    promise!("positions increase", positions.is_sorted_by(|one, next| one < next), records, positions);
}

async fn pages_start_at_any_position(harness: &dyn Harness) {
    let journal = harness.open().await;
    append(&*journal, &numbered(0..10)).await;
    let entries = all(&*journal).await;
    let mut read = Vec::new();
    let mut after = Some(Position::default());
    while let Some(from) = after {
        let page = read_page(&*journal, from, 3).await;
        promise!("a page has at most the requested length", page.entries.len() <= 3, "a page of 3", page);
        let is_last = page.next.is_none();
        promise!("only the last page can be empty", is_last || !page.entries.is_empty(), "a page of 3", page);
        read.extend(page.entries);
        after = page.next;
    }
    promise!("all pages together contain every record", read == entries, "pages of 3", numbers(&read));
    let rest = read_page(&*journal, entries[6].position, 100).await.entries;
    promise!("reading continues after a position", rest == entries[7..], "a page after number 6", numbers(&rest));
    let end = read_page(&*journal, entries[9].position, 1).await.entries;
    promise!("the page after the end is empty", end.is_empty(), "a page after number 9", numbers(&end));
}

async fn concurrent_batches_stay_contiguous(harness: &dyn Harness) {
    let journal = harness.open().await;
    let appending = (0..20).map(|batch| {
        let journal = Arc::clone(&journal);
        tokio::spawn(async move {
            for part in 0..5 {
                let from = (batch * 5 + part) * 3;
                if journal.append(&numbered(from..from + 3)).await.is_err() {
                    return false;
                }
            }
            true
        })
    });
    for appended in appending.collect::<Vec<_>>() {
        let appended = appended.await;
        let succeeded = matches!(appended, Ok(true));
        promise!("concurrent appends succeed", succeeded, "batches of 3", appended);
    }
    let sequences = numbers(&all(&*journal).await);
    let whole = |batch: &[u64]| matches!(batch, [a, b, c] if a % 3 == 0 && *b == a + 1 && *c == a + 2);
    promise!("the records of an append are adjacent", sequences.chunks(3).all(whole), "batches of 3", sequences);
    let mut sorted = sequences;
    sorted.sort_unstable();
    promise!("each record is stored once", sorted.iter().copied().eq(0..300), "the numbers 0 to 299", sorted);
}

async fn only_discarded_records_are_deleted(harness: &dyn Harness) {
    let journal = harness.open().await;
    append(&*journal, &numbered(0..10)).await;
    let (positions, odd) = split(all(&*journal).await);
    for _ in 0..2 {
        let discarded = journal.discard(&positions).await;
        promise!("discarding a record twice is not an error", discarded.is_ok(), positions, discarded);
        let rest = all(&*journal).await;
        promise!("other records keep their positions", rest == odd, positions, rest);
    }
    append(&*journal, &numbered(10..11)).await;
    let last = all(&*journal).await.pop();
    let is_last = last.as_ref().is_some_and(|last| odd.iter().all(|entry| entry.position < last.position));
    promise!("positions are never reused", is_last, "number 10", last);
}

/// Returns the positions of the records with even numbers, and the other records.
fn split(entries: Vec<Entry>) -> (Vec<Position>, Vec<Entry>) {
    let (even, odd): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.record.stamp().sequence % 2 == 0);
    (even.iter().map(|entry| entry.position).collect(), odd)
}

/// Returns the numbers of records.
fn numbers(entries: &[Entry]) -> Vec<u64> {
    entries.iter().map(|entry| entry.record.stamp().sequence).collect()
}

async fn a_dropped_append_does_not_harm_the_journal(harness: &dyn Harness) {
    let journal = harness.open().await;
    let records = numbered(0..1);
    // Started, and dropped before it can finish.
    tokio::select! {
        biased;
        _ = journal.append(&records) => {}
        () = std::future::ready(()) => {}
    }
    append(&*journal, &numbered(1..2)).await;
    let sequences = numbers(&all(&*journal).await);
    let is_whole = sequences == [0, 1] || sequences == [1];
    promise!(
        "a dropped append is stored completely or not at all",
        is_whole,
        "number 0, dropped, and number 1",
        sequences
    );
}

async fn records_survive_reopening(harness: &dyn Harness) {
    let mut expected = Vec::new();
    for opened in 0..3 {
        let journal = harness.open().await;
        let there = all(&*journal).await;
        promise!("records are still there after a restart", there == expected, numbers(&expected), numbers(&there));
        append(&*journal, &numbered(opened * 10..opened * 10 + 10)).await;
        expected = all(&*journal).await;
        let (all, there) = (0..(opened + 1) * 10, numbers(&expected));
        promise!("new records are last after a restart", there.iter().copied().eq(all.clone()), all, there);
    }
    let (positions, odd) = split(expected);
    {
        let journal = harness.open().await;
        let discarded = journal.discard(&positions).await;
        promise!("discarding a record twice is not an error", discarded.is_ok(), positions, discarded);
    }
    let there = all(&*harness.open().await).await;
    promise!("discarded records are still gone after a restart", there == odd, positions, numbers(&there));
}

/// Returns a record of each kind, with all fields.
fn every_kind() -> Vec<Record> {
    let kinds = [
        DeliveryKind::Notification,
        DeliveryKind::CreateResponse,
        DeliveryKind::Snapshot,
        DeliveryKind::Gone,
        DeliveryKind::Accepted(Command::HangUp),
        DeliveryKind::Accepted(Command::Other),
    ];
    let bodies: [&[u8]; 6] =
        [b"{\"value\":[]}", b"", b"{\n \"id\": \"x\"}", b"not JSON", b"\xff\x00\xfe", "\u{2028}\r\n".as_bytes()];
    let call = CallId::from("57dab8b1-894c-409a-b240-bd8beae78896");
    let delivered = (0..).zip(kinds).zip(bodies).map(|((sequence, kind), body)| {
        let delivery = Delivery::new(stamp(sequence), kind).with_body(body).with_call(call.clone());
        let mut delivery = delivery.with_message_id("m 1").with_sent_at(Timestamp::from_nanos(1));
        delivery.token = Token::new("t-1").ok();
        delivery.client_context = Some("greeting".into());
        Record::Delivered(delivery)
    });
    let create = Token::new("t-1").ok().map(|token| Intent::Create { token, reference: Some("order 7".into()) });
    let operation = IntendedOperation::new(call.clone(), "playPrompt", "greeting");
    let others = [Intent::Command(call.clone(), Command::Answer), Intent::Operation(Box::new(operation))];
    let intents = create.into_iter().chain(others);
    let intended = (6..).zip(intents).map(|(sequence, intent)| Record::Intended { stamp: stamp(sequence), intent });
    let refused = Refused::Operation(call.clone(), "greeting".into());
    let refused = Record::Refused { stamp: stamp(9), refused };
    delivered.chain(intended).chain([refused]).collect()
}

/// Returns records with sequence numbers.
fn numbered(sequences: std::ops::Range<u64>) -> Vec<Record> {
    sequences.map(|sequence| Delivery::new(stamp(sequence), DeliveryKind::Notification).into()).collect()
}

fn stamp(sequence: u64) -> Stamp {
    Stamp { node: NodeId(7), sequence, ..Stamp::at(Timestamp::from_nanos(1_700_000_000_000_000_001)) }
}

async fn append(journal: &dyn Journal, records: &[Record]) {
    let appended = journal.append(records).await;
    promise!("an append succeeds", appended.is_ok(), records, appended);
}

async fn read_page(journal: &dyn Journal, after: Position, most: usize) -> crate::Page {
    let page = journal.read(after, most).await.unwrap_or_default();
    promise!("there is no damage", page.damage.is_empty(), after, page.damage);
    page
}

async fn all(journal: &dyn Journal) -> Vec<Entry> {
    read_page(journal, Position::default(), usize::MAX).await.entries
}
