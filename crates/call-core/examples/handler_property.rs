//! A property test of a handler: whatever happens to the notifications, the handler charges for a call exactly once.
//!
//! ```console
//! $ cargo run --package call-core --example handler_property --features proptest
//! ```

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use call_core::strategies::{Chaos, notified, shuffled, walk};
use call_core::{Call, Change, Config, Event, Observation, Output};
use proptest::prelude::*;
use proptest::test_runner::{Config as Runs, RngSeed, TestRunner};

/// The handler under test: charges when a call is established.
#[derive(Default)]
struct Billing {
    charges: usize,
}

impl Billing {
    fn handle(&mut self, event: &Event) {
        if let Event::Changed(Change::Entered { step, .. }) = event {
            // A call is established again after each hold, and is charged only once.
            self.charges += usize::from(step.state == call_core::CallState::Established && self.charges == 0);
        }
    }
}

/// Passes observations to a call, and its events to the handler.
fn charges(observations: Vec<Observation>) -> usize {
    let (mut call, mut billing) = (Call::new(Config::default()), Billing::default());
    for observation in observations {
        let now = observation.stamp.received_at;
        call.handle(observation, now);
        while let Some(output) = call.poll_output() {
            if let Output::Event(event) = output {
                billing.handle(&event);
            }
        }
    }
    billing.charges
}

fn main() {
    // The truth of a call, then what the network does to its notifications, then an order of ingestion.
    let network = Chaos { delay_ms: 60_000, repeated: 0.3, lost: 0.0 };
    let history = walk(8, 1_000).prop_flat_map(move |truth| {
        let was_established = truth.iter().any(|(state, _)| *state == call_core::CallState::Established);
        let received = network.received(notified(&truth)).prop_flat_map(shuffled);
        (Just(was_established), received)
    });
    let mut runner = TestRunner::new(Runs {
        cases: 1_000,
        rng_seed: RngSeed::Fixed(7),
        failure_persistence: None,
        ..Runs::default()
    });
    let outcome = runner.run(&history, |(was_established, received)| {
        prop_assert_eq!(charges(received), usize::from(was_established));
        Ok(())
    });
    match outcome {
        Ok(()) => println!("1,000 histories: each established call was charged exactly once"),
        Err(error) => panic!("{error}"),
    }
}
