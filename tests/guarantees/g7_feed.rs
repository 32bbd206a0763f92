//! G7: applying the changes in order rebuilds the timeline exactly; each step's entry is told at most once.
//!
//! [`Host`] holds every output against both.

use std::sync::Arc;

use call_core::strategies::{inputs, observations, shuffled};
use call_core::{Call, Config, DEFAULT_REORDER_WINDOW, Event, Input, Limits, Output, Timeline, Timestamp, reconcile};
use call_tests::drive;
use call_tests::host::Host;
use call_tests::strategies::cases;
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn the_feed_rebuilds_the_timeline_and_tells_each_entry_once(inputs in inputs(40), connected in 1_usize..20) {
        let limits = Limits { connected, others: 2, ..Limits::default() };
        let mut call = Call::new(Config { limits, ..Config::default() });
        let mut host = Host::default();
        for (input, now) in inputs {
            host.hand(&mut call, input, now);
        }
    }

    #[test]
    fn what_is_known_already_is_not_told_again(
        (known, again) in observations(12).prop_flat_map(|known| (Just(known.clone()), shuffled(known))),
    ) {
        let config = Arc::new(Config { probes: None, keep_alive: None, ..Config::default() });
        let mut call = drive::call(&config, known);
        drive::drain(&mut call);
        for observation in again {
            call.handle(Input::Observed(observation), Timestamp::from_millis(0));
            prop_assert_eq!(drive::drain(&mut call), []);
        }
    }

    #[test]
    fn the_feed_of_a_merge_rebuilds_the_timeline(
        replicas in proptest::collection::vec(observations(8), 1..5), connected in 1_usize..8,
    ) {
        let limits = Limits { connected, others: 1, ..Limits::default() };
        let config = Arc::new(Config { limits, ..Config::default() });
        let mut call = Call::new(Arc::clone(&config));
        let mut host = Host::default();
        for replica in replicas {
            call.merge(&drive::call(&config, replica), Timestamp::from_millis(0));
            host.listen(&mut call, Timestamp::from_millis(0));
        }
    }

    #[test]
    fn the_changes_between_any_two_timelines_make_one_of_the_other(
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
    fn a_feed_that_was_stored_rebuilds_the_same_timeline(inputs in inputs(20)) {
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
        prop_assert_eq!(&rebuilt, call.timeline());
        let whole: Timeline = serde_json::from_str(&serde_json::to_string(&rebuilt).unwrap()).unwrap();
        prop_assert_eq!(whole, rebuilt);
    }
}
