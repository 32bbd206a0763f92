//! Measures the cost of a page of calls, by its position in the list and by the number of calls:
//! `cargo bench --package call-tests --bench listing`.
//!
//! The time per call must stay constant along a row and from row to row.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![expect(clippy::disallowed_methods, reason = "a benchmark looks at the clock")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use call_core::{CallId, Config, Stamp, Timestamp};
use call_engine::{Engine, EngineSettings};
use call_journal::{Journal, MemoryJournal};
use call_msgraph::{CallbackUri, Delivery, DeliveryKind, Record};
use call_transport_mock::{SimulatedService, SimulationSettings};

/// Number of calls on a page.
const PAGE: usize = 100;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("microseconds per call of a page of {PAGE}, by where in the list it begins");
    for calls in [1_000, 10_000, 100_000] {
        let engine = engine(calls).await;
        assert_eq!(engine.counts().await.calls as u64, calls, "the engine knows all of them");
        let mut figures = String::new();
        for (place, share) in [("start", 0), ("middle", 50), ("end", 99)] {
            let after = id(calls * share / 100);
            figures += &format!("{place:>9}: {:>6.2}", micros_each(&engine, &after).await);
        }
        println!("{calls:>8} calls{figures}");
    }
}

async fn micros_each(engine: &Engine, after: &CallId) -> f64 {
    let (began, mut listed) = (Instant::now(), 0);
    while began.elapsed() < Duration::from_millis(500) {
        listed += engine.calls(Some(after), PAGE).await.len();
    }
    began.elapsed().as_secs_f64() * 1e6 / listed.max(1) as f64
}

/// Starts an engine that holds `calls` calls.
async fn engine(calls: u64) -> Engine {
    let journal = MemoryJournal::keeping(usize::MAX);
    for sequence in 0..calls {
        let stamp = Stamp { sequence, ..Stamp::at(Timestamp::from_millis(sequence.cast_signed())) };
        let body = &br#"{"state": "established", "direction": "outgoing"}"#[..];
        let delivery = Delivery::new(stamp, DeliveryKind::CreateResponse).with_call(id(sequence)).with_body(body);
        journal.append(&[Record::from(delivery)]).await.expect("there is room");
    }
    let service = SimulatedService::start(SimulationSettings::default());
    let callback = CallbackUri::new("https://bot.contoso.com/callback").expect("an https address");
    let mut settings = EngineSettings::new(callback);
    settings.calls = Config { keep_alive: None, probes: None, ..Config::default() };
    let started = Engine::start(settings, service.transport(), Arc::new(journal)).await;
    started.expect("the journal is in memory").0
}

fn id(call: u64) -> CallId {
    CallId::from(format!("57dab8b1-894c-409a-b240-{call:012x}").as_str())
}
