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
use call_msgraph::{Delivery, DeliveryKind, Intent, Record, Token};

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

/// Panics with the promise if the condition is false.
macro_rules! promise {
    ($promise:literal, $is_kept:expr) => {
        assert!($is_kept, concat!("broken promise of a journal: ", $promise))
    };
}

async fn records_are_read_back_in_order(harness: &dyn Harness) {
    let journal = harness.open().await;
    promise!("a new journal is empty", all(&*journal).await.is_empty());
    append(&*journal, &[]).await;
    promise!("an empty append stores nothing", all(&*journal).await.is_empty());
    let records = every_kind();
    append(&*journal, &records).await;
    let entries = all(&*journal).await;
    promise!("records are read unchanged and in order", entries.iter().map(|entry| &entry.record).eq(&records));
    promise!("positions increase", entries.is_sorted_by(|one, next| one.position < next.position));
}

async fn pages_start_at_any_position(harness: &dyn Harness) {
    let journal = harness.open().await;
    append(&*journal, &numbered(0..10)).await;
    let entries = all(&*journal).await;
    let mut read = Vec::new();
    let mut after = Some(Position::default());
    while let Some(from) = after {
        let page = read_page(&*journal, from, 3).await;
        promise!("a page has at most the requested length", page.entries.len() <= 3);
        promise!("only the last page can be empty", page.next.is_none() || !page.entries.is_empty());
        read.extend(page.entries);
        after = page.next;
    }
    promise!("all pages together contain every record", read == entries);
    let rest = read_page(&*journal, entries[6].position, 100).await.entries;
    promise!("reading continues after a position", rest == entries[7..]);
    promise!("the page after the end is empty", read_page(&*journal, entries[9].position, 1).await.entries.is_empty());
}

async fn concurrent_batches_stay_contiguous(harness: &dyn Harness) {
    let journal = harness.open().await;
    let appending = (0..20).map(|batch| {
        let journal = Arc::clone(&journal);
        tokio::spawn(async move {
            for part in 0..5 {
                let from = (batch * 5 + part) * 3;
                append(&*journal, &numbered(from..from + 3)).await;
            }
        })
    });
    for appended in appending.collect::<Vec<_>>() {
        promise!("concurrent appends succeed", appended.await.is_ok());
    }
    let sequences: Vec<_> = all(&*journal).await.iter().map(|entry| entry.record.stamp().sequence).collect();
    let whole = |batch: &[u64]| matches!(batch, [a, b, c] if a % 3 == 0 && *b == a + 1 && *c == a + 2);
    promise!("the records of an append are adjacent", sequences.chunks(3).all(whole));
    let mut sorted = sequences;
    sorted.sort_unstable();
    promise!("each record is stored once", sorted.into_iter().eq(0..300));
}

async fn only_discarded_records_are_deleted(harness: &dyn Harness) {
    let journal = harness.open().await;
    append(&*journal, &numbered(0..10)).await;
    let entries = all(&*journal).await;
    let (even, odd): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.record.stamp().sequence % 2 == 0);
    let positions: Vec<_> = even.iter().map(|entry| entry.position).collect();
    for _ in 0..2 {
        promise!("discarding a record twice is not an error", journal.discard(&positions).await.is_ok());
        promise!("other records keep their positions", all(&*journal).await == odd);
    }
    append(&*journal, &numbered(10..11)).await;
    let last = all(&*journal).await.pop();
    promise!(
        "positions are never reused",
        last.is_some_and(|last| odd.iter().all(|entry| entry.position < last.position))
    );
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
    let sequences: Vec<_> = all(&*journal).await.iter().map(|entry| entry.record.stamp().sequence).collect();
    promise!("a dropped append is stored completely or not at all", sequences == [0, 1] || sequences == [1]);
}

async fn records_survive_reopening(harness: &dyn Harness) {
    let mut expected = Vec::new();
    for opened in 0..3 {
        let journal = harness.open().await;
        promise!("records are still there after a restart", all(&*journal).await == expected);
        append(&*journal, &numbered(opened * 10..opened * 10 + 10)).await;
        expected = all(&*journal).await;
        promise!("new records are last after a restart", expected.len() as u64 == (opened + 1) * 10);
    }
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
        Record::Delivered(delivery)
    });
    let create = Token::new("t-1").ok().map(Intent::Create);
    let intents = create.into_iter().chain([Intent::Command(call.clone(), Command::Answer)]);
    let intended = (6..).zip(intents).map(|(sequence, intent)| Record::Intended { stamp: stamp(sequence), intent });
    delivered.chain(intended).collect()
}

/// Returns records with sequence numbers.
fn numbered(sequences: std::ops::Range<u64>) -> Vec<Record> {
    sequences.map(|sequence| Delivery::new(stamp(sequence), DeliveryKind::Notification).into()).collect()
}

fn stamp(sequence: u64) -> Stamp {
    Stamp { node: NodeId(7), sequence, ..Stamp::at(Timestamp::from_nanos(1_700_000_000_000_000_001)) }
}

async fn append(journal: &dyn Journal, records: &[Record]) {
    promise!("an append succeeds", journal.append(records).await.is_ok());
}

async fn read_page(journal: &dyn Journal, after: Position, most: usize) -> crate::Page {
    let page = journal.read(after, most).await.unwrap_or_default();
    promise!("there is no damage", page.damage.is_empty());
    page
}

async fn all(journal: &dyn Journal) -> Vec<Entry> {
    read_page(journal, Position::default(), usize::MAX).await.entries
}
