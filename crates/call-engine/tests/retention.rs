//! Which deliveries are evicted, and which stay.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use call_core::{Stamp, Timestamp};
use call_engine::{Retained, Retention};
use call_journal::{Journal, MemoryJournal};
use call_msgraph::{Delivery, DeliveryKind, Intent, Record};

const HOUR: i64 = 3_600_000;

/// Makes a post received in the given hour, with states of calls.
fn post(hour: i64, states: &[(&str, &str)]) -> Record {
    let values = states.iter().map(|(call, state)| {
        let path = format!("/communications/calls/{call}");
        format!(
            r##"{{"resourceUrl":"{path}","resourceData":{{"@odata.type":"#microsoft.graph.call","state":"{state}"}}}}"##
        )
    });
    let body = format!(r#"{{"value":[{}]}}"#, values.collect::<Vec<_>>().join(","));
    delivery(hour, body.as_bytes())
}

fn delivery(hour: i64, body: &[u8]) -> Record {
    Delivery::post(body).stamped(stamp(hour)).into()
}

fn stamp(hour: i64) -> Stamp {
    Stamp { sequence: hour.cast_unsigned(), ..Stamp::at(Timestamp::from_millis(hour * HOUR)) }
}

/// Adds deliveries to a retention, and returns the hours of those that remain.
async fn left(records: &[Record], retention: Retention, now: i64) -> Vec<u64> {
    let journal = MemoryJournal::keeping(usize::MAX);
    journal.append(records).await.unwrap();
    let Retained { kept, discarded, .. } = retention.apply(&journal, Timestamp::from_millis(now * HOUR)).await.unwrap();
    assert_eq!((journal.records().len(), kept + discarded), (kept, records.len()));
    journal.records().iter().map(|record| record.stamp().sequence).collect()
}

const fn hours(ended: u64, age: u64) -> Retention {
    Retention {
        after_end: Duration::from_secs(3_600 * ended),
        max_age: Duration::from_secs(3_600 * age),
        trusts_clock: false,
    }
}

#[tokio::test]
async fn an_ended_call_expires_as_a_whole() {
    let records = [post(1, &[("a", "established")]), post(5, &[("a", "terminated")]), post(6, &[("b", "established")])];
    assert_eq!(left(&records, hours(10, 100), 14).await, [1, 5, 6]);
    assert_eq!(left(&records, hours(10, 100), 15).await, [6]);
}

#[tokio::test]
async fn a_single_404_is_no_end() {
    let gone = |hour| Record::from(Delivery::new(stamp(hour), DeliveryKind::Gone).with_call("a"));
    let records = [post(1, &[("a", "established")]), gone(5), post(7, &[("b", "established")])];
    assert_eq!(left(&records, hours(10, 100), 50).await, [1, 5, 7]);
    let records = [post(1, &[("a", "established")]), gone(5), gone(6), post(7, &[("b", "established")])];
    assert_eq!(left(&records, hours(10, 100), 50).await, [7]);
}

#[tokio::test]
async fn deliveries_after_the_end_extend_the_retention() {
    let records = [post(1, &[("a", "terminated")]), post(8, &[("a", "established")]), post(9, &[("b", "established")])];
    assert_eq!(left(&records, hours(10, 100), 12).await, [1, 8, 9]);
}

#[tokio::test]
async fn a_live_call_stays_until_the_maximum_age() {
    let records = [post(1, &[("a", "established")]), post(50, &[("a", "hold")]), post(51, &[("a", "established")])];
    assert_eq!(left(&records, hours(1, 100), 100).await, [1, 50, 51]);
    assert_eq!(left(&records, hours(1, 100), 101).await, [50, 51]);
}

#[tokio::test]
async fn a_batch_stays_while_any_call_needs_it() {
    let both = post(2, &[("a", "terminated"), ("b", "established")]);
    let records = [both.clone(), post(9, &[("c", "established")])];
    assert_eq!(left(&records, hours(1, 100), 50).await, [2, 9]);
    let records = [both, post(3, &[("b", "terminated")]), post(9, &[("c", "established")])];
    assert_eq!(left(&records, hours(1, 100), 50).await, [9]);
}

#[tokio::test]
async fn unreadable_records_and_the_last_record_stay() {
    let unreadable = |hour| delivery(hour, b"no JSON");
    let records = [unreadable(1), unreadable(2), unreadable(3)];
    assert_eq!(left(&records, hours(1, 60), 62).await, [3]);
    assert_eq!(left(&records, hours(1, 60), 50).await, [1, 2, 3]);
    assert_eq!(left(&records[..1], hours(0, 0), 60).await, [1], "numbers go on from it");
}

#[tokio::test]
async fn an_answer_intent_stays_with_its_call() {
    let intent = Record::Intended { stamp: stamp(2), intent: Intent::Command("a".into(), call_core::Command::Answer) };
    let records = [post(1, &[("a", "incoming")]), intent.clone(), post(9, &[("c", "established")])];
    assert_eq!(left(&records, hours(1, 100), 50).await, [1, 2, 9]);
    let records = [post(1, &[("a", "terminated")]), intent, post(9, &[("c", "established")])];
    assert_eq!(left(&records, hours(1, 100), 50).await, [9]);
}
