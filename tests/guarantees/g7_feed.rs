//! G7: applying the changes in order rebuilds the timeline exactly, and each step is entered at most once.
//!
//! [`Host`] compares every output with both.

use std::sync::Arc;

use call_core::strategies::{inputs, observations, shuffled};
use call_core::{
    Call, CallState, CallState::*, Change, Config, DEFAULT_REORDER_WINDOW, Event, Input, Limits, Observation, Output,
    Timeline, Timestamp, reconcile,
};
use call_tests::drive;
use call_tests::host::Host;
use call_tests::strategies::cases;
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn the_feed_rebuilds_the_timeline_without_repetition(inputs in inputs(40), connected in 1_usize..20) {
        let limits = Limits { connected_observations: connected, per_claim_and_source: 2, reports_per_stream: 2, roster_entries: 2, ..Limits::default() };
        let mut call = Call::new(Config { limits, ..Config::default() });
        let mut host = Host::default();
        for (input, now) in inputs {
            host.hand(&mut call, input, now);
        }
    }

    #[test]
    fn the_feed_does_not_depend_on_the_clock(inputs in inputs(30)) {
        let feed = |now: fn(&Input, Timestamp) -> Timestamp| {
            let mut call = Call::new(Config::default());
            for (input, clock) in &inputs {
                call.handle(input.clone(), now(input, *clock));
            }
            let events = drive::drain(&mut call).into_iter().filter(|output| match output {
                // Whether a likely end is assumed does depend on the clock.
                Output::Event(Event::Changed(_)) => true,
                Output::Event(_) | Output::Action(_) | _ => false,
            });
            events.collect::<Vec<_>>()
        };
        let as_received = feed(|input, clock| {
            if let Input::Observed(observations) = input { observations[0].stamp.received_at } else { clock }
        });
        prop_assert_eq!(feed(|_, clock| clock), as_received);
    }

    #[test]
    fn known_facts_are_not_repeated(
        (known, again) in observations(12).prop_flat_map(|known| (Just(known.clone()), shuffled(known))),
    ) {
        let config = Arc::new(Config { probes: None, keep_alive: None, ..Config::default() });
        let mut call = drive::call(&config, known);
        drive::drain(&mut call);
        for observation in again {
            call.handle(observation, Timestamp::from_millis(0));
            prop_assert_eq!(drive::drain(&mut call), []);
        }
    }

    #[test]
    fn the_feed_of_a_merge_rebuilds_the_timeline(
        replicas in proptest::collection::vec(observations(8), 1..5), connected in 1_usize..8,
    ) {
        let limits = Limits { connected_observations: connected, per_claim_and_source: 1, reports_per_stream: 1, roster_entries: 1, ..Limits::default() };
        let config = Arc::new(Config { limits, ..Config::default() });
        let mut call = Call::new(Arc::clone(&config));
        let mut host = Host::default();
        for replica in replicas {
            call.merge(&drive::call(&config, replica), Timestamp::from_millis(0));
            host.listen(&mut call, Timestamp::from_millis(0));
        }
    }

    #[test]
    fn changes_transform_any_timeline_into_another(
        one in observations(12), other in observations(12),
    ) {
        let timeline = |observations: &[_]| reconcile(observations, DEFAULT_REORDER_WINDOW);
        let (mut rebuilt, other) = (timeline(&one), timeline(&other));
        for change in rebuilt.changes_to(&other) {
            prop_assert_eq!(rebuilt.apply(&change), Ok(()));
        }
        prop_assert_eq!(rebuilt, other);
    }

    #[test]
    fn a_stored_feed_rebuilds_the_same_timeline(inputs in inputs(20)) {
        let mut call = Call::new(Config::default());
        let mut stored = Vec::new();
        for (input, now) in inputs {
            call.handle(input, now);
            stored.extend(drive::drain(&mut call).iter().map(|output| serde_json::to_string(output).unwrap()));
        }
        let mut rebuilt = Timeline::default();
        for output in stored {
            if let Output::Event(Event::Changed(change)) = serde_json::from_str(&output).unwrap() {
                prop_assert_eq!(rebuilt.apply(&change), Ok(()));
            }
        }
        prop_assert_eq!(&rebuilt, &*call.timeline());
        let whole: Timeline = serde_json::from_str(&serde_json::to_string(&rebuilt).unwrap()).unwrap();
        prop_assert_eq!(whole, rebuilt);
    }

    #[test]
    fn stored_observations_rebuild_the_same_timeline(observations in observations(20)) {
        let stored: Vec<_> = observations.iter().map(|one| serde_json::to_string(one).unwrap()).collect();
        let read: Vec<Observation> = stored.iter().map(|one| serde_json::from_str(one).unwrap()).collect();
        prop_assert_eq!(reconcile(&read, DEFAULT_REORDER_WINDOW), reconcile(&observations, DEFAULT_REORDER_WINDOW));
        prop_assert_eq!(read, observations);
    }
}

#[test]
fn a_moved_step_is_withdrawn_and_restored() {
    let mut call = Call::new(Config::default());
    let changes = |call: &mut Call, ms, state| step_changes(call, notified(ms, state));
    assert_eq!(changes(&mut call, 7_000, Established), ["entered establishing", "entered established"]);
    // The two may be out of order, which needs fewer inferred steps.
    assert_eq!(changes(&mut call, 5_000, Transferring), ["entered transferring"]);
    // After the third observation, no inferred steps are needed.
    assert_eq!(changes(&mut call, 1_000, Established), ["entered established", "withdrawn", "restored established"]);
    assert_eq!(call.timeline().states(), [Establishing, Established, Transferring, Established]);
}

#[test]
fn a_split_step_keeps_its_reported_part() {
    let mut call = Call::new(Config::default());
    let changes = |call: &mut Call, ms, state| step_changes(call, notified(ms, state));
    assert_eq!(changes(&mut call, 20_000, Established), ["entered establishing", "entered established"]);
    assert_eq!(changes(&mut call, 1_000, Established), [""; 0]);
    assert_eq!(changes(&mut call, 10_000, Hold), ["entered established", "entered hold"]);
}

#[test]
fn evicted_steps_are_forgotten_and_not_withdrawn() {
    let limits = Limits { connected_observations: 2, ..Limits::default() };
    let mut call = Call::new(Config { limits, ..Config::default() });
    let mut changes = Vec::new();
    for (ms, state) in [(0, Established), (10_000, Hold), (20_000, Established), (30_000, Hold)] {
        changes.push(step_changes(&mut call, notified(ms, state)));
    }
    // The first established step was observed. Now the remaining observations require it.
    assert_eq!(changes[2], ["entered established"]);
    assert_eq!(changes[3], ["forgotten", "forgotten", "entered hold"]);
    assert_eq!(call.timeline().states(), [Establishing, Established, Hold]);
}

/// Passes an observation to a call and returns its changes of steps, except those that only add evidence.
fn step_changes(call: &mut Call, observation: Observation) -> Vec<String> {
    let now = observation.stamp.received_at;
    call.handle(observation, now);
    let changes = |output: Output| match output {
        Output::Event(Event::Changed(Change::Entered { step, .. })) => Some(format!("entered {}", step.state)),
        Output::Event(Event::Changed(Change::Restored { step, .. })) => Some(format!("restored {}", step.state)),
        Output::Event(Event::Changed(Change::Withdrawn { .. })) => Some("withdrawn".to_owned()),
        Output::Event(Event::Changed(Change::Forgotten { .. })) => Some("forgotten".to_owned()),
        Output::Event(_) | Output::Action(_) | _ => None,
    };
    drive::drain(call).into_iter().filter_map(changes).collect()
}

fn notified(ms: i64, state: CallState) -> Observation {
    Observation::notified(Timestamp::from_millis(ms), state)
}
