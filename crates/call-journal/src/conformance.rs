//! What every journal promises, as a suite that any can run.
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

/// A journal that is empty to begin with.
#[async_trait]
pub trait Harness: Send + Sync {
    /// Opens it. The one that was opened before is dropped by then.
    async fn open(&self) -> Arc<dyn Journal>;
    /// Tells whether it is to survive that it is closed.
    fn is_durable(&self) -> bool;
}

/// Runs the suite, each part against a journal of its own.
///
/// # Panics
/// Where a promise is broken, with the promise.
pub async fn check(make: impl AsyncFn() -> Box<dyn Harness>) {
    what_is_kept_comes_back_as_it_was_and_in_order(&*make().await).await;
    a_journal_is_read_in_pages_from_any_position(&*make().await).await;
    a_batch_stands_together_however_many_append(&*make().await).await;
    what_is_discarded_is_gone_and_nothing_else(&*make().await).await;
    a_dropped_append_does_no_harm(&*make().await).await;
    if make().await.is_durable() {
        what_is_kept_is_there_when_it_is_opened_again(&*make().await).await;
    }
}

/// Says whether what it is asked is so, and panics with the promise if it is not.
macro_rules! promise {
    ($promise:literal, $is_kept:expr) => {
        assert!($is_kept, concat!("a journal promises that ", $promise))
    };
}

async fn what_is_kept_comes_back_as_it_was_and_in_order(harness: &dyn Harness) {
    let journal = harness.open().await;
    promise!("it is empty to begin with", all(&*journal).await.is_empty());
    append(&*journal, &[]).await;
    promise!("nothing is kept of nothing", all(&*journal).await.is_empty());
    let records = every_kind();
    append(&*journal, &records).await;
    let entries = all(&*journal).await;
    promise!("a delivery comes back as it was, and in order", entries.iter().map(|entry| &entry.record).eq(&records));
    promise!("positions grow", entries.is_sorted_by(|one, next| one.position < next.position));
}

async fn a_journal_is_read_in_pages_from_any_position(harness: &dyn Harness) {
    let journal = harness.open().await;
    append(&*journal, &numbered(0..10)).await;
    let entries = all(&*journal).await;
    let mut read = Vec::new();
    let mut after = Some(Position::default());
    while let Some(from) = after {
        let page = read_page(&*journal, from, 3).await;
        promise!("a page is no longer than asked for", page.entries.len() <= 3);
        promise!("a page that is not the last has something in it", page.next.is_none() || !page.entries.is_empty());
        read.extend(page.entries);
        after = page.next;
    }
    promise!("pages together are the whole", read == entries);
    let rest = read_page(&*journal, entries[6].position, 100).await.entries;
    promise!("reading goes on after a position", rest == entries[7..]);
    promise!("nothing comes after the end", read_page(&*journal, entries[9].position, 1).await.entries.is_empty());
}

async fn a_batch_stands_together_however_many_append(harness: &dyn Harness) {
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
        promise!("appending works for many at once", appended.await.is_ok());
    }
    let sequences: Vec<_> = all(&*journal).await.iter().map(|entry| entry.record.stamp().sequence).collect();
    let whole = |batch: &[u64]| matches!(batch, [a, b, c] if a % 3 == 0 && *b == a + 1 && *c == a + 2);
    promise!("a batch stands together", sequences.chunks(3).all(whole));
    let mut sorted = sequences;
    sorted.sort_unstable();
    promise!("each delivery is kept once", sorted.into_iter().eq(0..300));
}

async fn what_is_discarded_is_gone_and_nothing_else(harness: &dyn Harness) {
    let journal = harness.open().await;
    append(&*journal, &numbered(0..10)).await;
    let entries = all(&*journal).await;
    let (even, odd): (Vec<_>, Vec<_>) = entries.into_iter().partition(|entry| entry.record.stamp().sequence % 2 == 0);
    let positions: Vec<_> = even.iter().map(|entry| entry.position).collect();
    for _ in 0..2 {
        promise!("what was discarded can be discarded again", journal.discard(&positions).await.is_ok());
        promise!("what was not discarded stays where it was", all(&*journal).await == odd);
    }
    append(&*journal, &numbered(10..11)).await;
    let last = all(&*journal).await.pop();
    promise!(
        "positions are not used again",
        last.is_some_and(|last| odd.iter().all(|entry| entry.position < last.position))
    );
}

async fn a_dropped_append_does_no_harm(harness: &dyn Harness) {
    let journal = harness.open().await;
    let records = numbered(0..1);
    // Begun, and dropped before it can be done.
    tokio::select! {
        biased;
        _ = journal.append(&records) => {}
        () = std::future::ready(()) => {}
    }
    append(&*journal, &numbered(1..2)).await;
    let sequences: Vec<_> = all(&*journal).await.iter().map(|entry| entry.record.stamp().sequence).collect();
    promise!("a dropped append is kept or not, and no more", sequences == [0, 1] || sequences == [1]);
}

async fn what_is_kept_is_there_when_it_is_opened_again(harness: &dyn Harness) {
    let mut expected = Vec::new();
    for opened in 0..3 {
        let journal = harness.open().await;
        promise!("what was kept is there when it is opened again", all(&*journal).await == expected);
        append(&*journal, &numbered(opened * 10..opened * 10 + 10)).await;
        expected = all(&*journal).await;
        promise!("what is new stands last", expected.len() as u64 == (opened + 1) * 10);
    }
}

/// One record of each kind, with everything in it that can be.
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

/// Records by their sequence numbers.
fn numbered(sequences: std::ops::Range<u64>) -> Vec<Record> {
    sequences.map(|sequence| Delivery::new(stamp(sequence), DeliveryKind::Notification).into()).collect()
}

fn stamp(sequence: u64) -> Stamp {
    Stamp { node: NodeId(7), sequence, ..Stamp::at(Timestamp::from_nanos(1_700_000_000_000_000_001)) }
}

async fn append(journal: &dyn Journal, records: &[Record]) {
    promise!("appending works", journal.append(records).await.is_ok());
}

async fn read_page(journal: &dyn Journal, after: Position, most: usize) -> crate::Page {
    let page = journal.read(after, most).await.unwrap_or_default();
    promise!("nothing is damaged", page.damage.is_empty());
    page
}

async fn all(journal: &dyn Journal) -> Vec<Entry> {
    read_page(journal, Position::default(), usize::MAX).await.entries
}
