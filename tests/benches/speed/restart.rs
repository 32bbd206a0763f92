//! The restart of an engine, in times reading its journal and decoding what it contains.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use call_core::{Stamp, Timestamp};
use call_engine::{Engine, EngineSettings};
use call_journal::{Journal, Position, SqliteJournal};
use call_msgraph::{CallbackUri, Delivery, DeliveryKind, Record, Token, decode};
use call_transport_mock::{SimulatedService, SimulationSettings};

use crate::measure::Measured;
use crate::report::{Limit, Report};

/// Number of deliveries in the journal.
const DELIVERIES: u64 = 1_000_000;
/// Deliveries per call: the reply that names the call, and notifications.
const DELIVERIES_PER_CALL: u64 = 8;
/// Number of concurrent calls.
const CONCURRENT_CALLS: u64 = 1_000;
/// Number of records that are read at once.
const PAGE: usize = 16_384;
/// The fastest of some rounds counts, because each one takes seconds.
const ROUNDS: usize = 3;

pub(crate) fn measure(report: &mut Report) {
    report.title("A delivery at a restart", Some("reading and decoding it"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let measured = runtime.expect("a runtime").block_on(restart());
    report.row("a million deliveries", measured, Limit::new(1.3, 2.5));
}

async fn restart() -> Measured {
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path()).await;
    let (mut alone, mut restored) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        let (journal, _) = SqliteJournal::open(directory.path()).expect("it was closed");
        let began = Instant::now();
        let mut after = Some(Position::default());
        while let Some(from) = after {
            let page = journal.read(from, PAGE).await.expect("it is whole");
            for entry in &page.entries {
                if let Record::Delivered(delivery) = &entry.record {
                    std::hint::black_box(decode(delivery));
                }
            }
            after = page.next;
        }
        alone = alone.min(began.elapsed());

        let service = SimulatedService::start(SimulationSettings::default());
        let callback = CallbackUri::new("https://bot.contoso.com/callback").expect("an https address");
        let began = Instant::now();
        let started = Engine::start(EngineSettings::new(callback), service.transport(), Arc::new(journal)).await;
        let (engine, _incoming) = started.expect("it is whole");
        restored = restored.min(began.elapsed());
        engine.shutdown().await;
    }
    let each = |elapsed: Duration| elapsed.as_secs_f64() * 1e9 / DELIVERIES as f64;
    Measured { nanos: each(restored), anchor: each(alone), allocations: f64::NAN }
}

/// Writes the deliveries of all calls, `CONCURRENT_CALLS` at a time.
async fn write(directory: &Path) {
    let (journal, _) = SqliteJournal::open(directory).expect("a new journal");
    let mut batch = Vec::new();
    for sequence in 0..DELIVERIES {
        let (block, within) =
            (sequence / (CONCURRENT_CALLS * DELIVERIES_PER_CALL), sequence % (CONCURRENT_CALLS * DELIVERIES_PER_CALL));
        batch.push(record(block * CONCURRENT_CALLS + within % CONCURRENT_CALLS, within / CONCURRENT_CALLS, sequence));
        if batch.len() == 10_000 {
            journal.append(&batch).await.expect("there is room");
            batch.clear();
        }
    }
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
