//! G6: ingesting observations one at a time gives the timeline of the whole set.

use call_core::strategies::{inputs, observations};
use call_core::{Call, Config, Input, Limits, Observation, Timestamp, reconcile};
use call_tests::kept;
use call_tests::strategies::cases;
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn the_incremental_timeline_equals_the_batch_timeline(inputs in inputs(40)) {
        let config = Config::default();
        let mut call = Call::new(config.clone());
        let mut whole: Vec<Observation> = Vec::new();
        for (input, now) in inputs {
            if let Input::Observed(observations) = &input {
                whole.extend_from_slice(observations);
            }
            call.handle(input, now);
            prop_assert_eq!(call.timeline().into_owned(), reconcile(&whole, config.reorder_window));
        }
    }

    #[test]
    fn limits_keep_incremental_and_batch_equal(
        observations in observations(40), connected in 0_usize..10, others in 0_usize..3,
    ) {
        let limits = Limits {
            connected_observations: connected, per_claim_and_source: others, roster_entries: 2 * others, ..Limits::default()
        };
        let config = Config { limits: limits.clone(), ..Config::default() };
        let mut call = Call::new(config.clone());
        for last in 0..observations.len() {
            call.handle(observations[last].clone(), Timestamp::from_millis(0));
            let kept = kept::of(&observations[..=last], &limits);
            prop_assert_eq!(call.timeline().into_owned(), kept::timeline(&kept, config.reorder_window));
        }
    }

    #[test]
    fn one_batch_equals_single_inputs(
        observations in observations(40), connected in 0_usize..10, parts in 1_usize..5,
    ) {
        let limits = Limits { connected_observations: connected, per_claim_and_source: 2, ..Limits::default() };
        let config = Config { limits, ..Config::default() };
        let (mut each, mut all) = (Call::new(config.clone()), Call::new(config));
        let now = Timestamp::from_millis(0);
        for part in observations.chunks(observations.len().div_ceil(parts).max(1)) {
            part.iter().for_each(|observation| each.handle(observation.clone(), now));
            all.handle(part.to_vec(), now);
            prop_assert_eq!(all.timeline(), each.timeline());
            prop_assert_eq!(
                (all.has_ended(), all.is_ours(), all.heard_at(), all.evicted()),
                (each.has_ended(), each.is_ours(), each.heard_at(), each.evicted())
            );
        }
    }

    #[test]
    fn as_of_uses_what_had_been_received(
        observations in observations(20), instant in 0_i64..12_000,
    ) {
        let instant = Timestamp::from_millis(instant);
        let mut call = Call::new(Config::default());
        for observation in observations.iter().rev() {
            call.handle(observation.clone(), Timestamp::MAX);
        }
        let received = observations.iter().filter(|observation| observation.stamp.received_at <= instant);
        prop_assert_eq!(call.as_known_at(instant), reconcile(received, Config::default().reorder_window));
    }
}
