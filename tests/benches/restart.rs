//! Measures how long an engine takes to restore the calls of its journal: `cargo bench --package call-tests --bench restart [-- DELIVERIES]`.
//! To run it on one core, put `taskset --cpu-list 0` before the command.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::disallowed_methods, reason = "a benchmark looks at the clock")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use call_core::{Stamp, Timestamp};
use call_engine::{Engine, EngineSettings};
use call_journal::{Journal, Position, SqliteJournal};
use call_msgraph::{CallbackUri, Delivery, DeliveryKind, Record, Token};
use call_transport_mock::{SimulatedService, SimulationSettings};

/// Deliveries per call: the reply that names the call, and notifications.
const DELIVERIES_PER_CALL: u64 = 8;
/// Number of concurrent calls.
const CONCURRENT_CALLS: u64 = 1_000;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let deliveries = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(1_000_000_u64);
    let directory = tempfile::tempdir().expect("a directory");
    let written = write(directory.path(), deliveries).await;
    let bytes = directory.path().join("journal.sqlite").metadata().expect("a file").len();
    println!("{deliveries} deliveries, {} bytes each, written in {written:.2?}", bytes / deliveries);

    let began = Instant::now();
    let (journal, _) = SqliteJournal::open(directory.path()).expect("it was closed");
    println!("opened and checked in {:.2?}", began.elapsed());
    let reading = Instant::now();
    let mut after = Some(Position::default());
    while let Some(from) = after {
        after = journal.read(from, 16_384).await.expect("it is whole").next;
    }
    println!("read alone in {:.2?}", reading.elapsed());

    let began = Instant::now();
    let service = SimulatedService::start(SimulationSettings::default());
    let callback = CallbackUri::new("https://bot.contoso.com/callback").expect("an https address");
    let started = Engine::start(EngineSettings::new(callback), service.transport(), Arc::new(journal)).await;
    let (engine, _incoming) = started.expect("it is whole");
    println!("restored in {:.2?}: {:?}", began.elapsed(), engine.restored());
}

/// Writes the deliveries of all calls, `CONCURRENT_CALLS` at a time, and returns the elapsed time.
async fn write(directory: &Path, deliveries: u64) -> Duration {
    let (journal, _) = SqliteJournal::open(directory).expect("a new journal");
    let began = Instant::now();
    let mut batch = Vec::new();
    for sequence in 0..deliveries {
        let (block, within) =
            (sequence / (CONCURRENT_CALLS * DELIVERIES_PER_CALL), sequence % (CONCURRENT_CALLS * DELIVERIES_PER_CALL));
        batch.push(record(block * CONCURRENT_CALLS + within % CONCURRENT_CALLS, within / CONCURRENT_CALLS, sequence));
        if batch.len() == 1_000 {
            journal.append(&batch).await.expect("there is room");
            batch.clear();
        }
    }
    journal.append(&batch).await.expect("there is room");
    began.elapsed()
}

fn record(call: u64, nth: u64, sequence: u64) -> Record {
    // The calls have ended by now, but the retention has not removed them yet.
    let stamp = Stamp { sequence, ..Stamp::at(Timestamp::from_millis(1_700_000_000_000 + sequence.cast_signed())) };
    let id = format!("57dab8b1-894c-409a-b240-{call:012x}");
    let token = Token::new(&format!("{call:032x}")).ok();
    let delivery = |kind, body: String| {
        let mut delivery = Delivery::new(stamp, kind).with_body(body.into_bytes());
        delivery.token.clone_from(&token);
        delivery
    };
    let of_call = |state: &str| {
        let source = r##""source":{"@odata.type":"#microsoft.graph.participantInfo","identity":{"application":{"id":"2891555a-92ff-42e6-80fa-6e1300c6b5c6"}}}"##;
        format!(
            r##"{{"@odata.type":"#microsoft.graph.commsNotifications","value":[{{"@odata.type":"#microsoft.graph.commsNotification","changeType":"updated","resourceUrl":"/communications/calls/{id}","resourceData":{{"@odata.type":"#microsoft.graph.call","id":"{id}","state":"{state}","direction":"outgoing","callbackUri":"https://bot.contoso.com/callback",{source}}}}}]}}"##
        )
    };
    match nth {
        0 => {
            let body = format!(r#"{{"id":"{id}","state":"establishing","direction":"outgoing"}}"#);
            delivery(DeliveryKind::CreateResponse, body).with_call(id.as_str())
        }
        1 => delivery(DeliveryKind::Notification, of_call("ringing")),
        7 => delivery(DeliveryKind::Notification, of_call("terminated")),
        _ => delivery(DeliveryKind::Notification, of_call("established")),
    }
    .into()
}
