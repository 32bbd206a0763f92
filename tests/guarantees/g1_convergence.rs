//! G1: the result depends only on the set of stamped observations.

use std::sync::Arc;
use std::time::Duration;

use call_core::strategies::{inputs, observations, shuffled};
use call_core::{
    Call, CallId, CallTable, Config, DEFAULT_REORDER_WINDOW as WINDOW, Input, Limits, Observation, Source, Timeline,
    Timestamp, reconcile,
};
use call_tests::drive::{self, table};
use call_tests::strategies::cases;
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn ingestion_order_and_repetition_do_not_matter(
        (observations, shuffled) in observations(12).prop_flat_map(|all| {
            let twice = [all.clone(), all.clone()].concat();
            (Just(all), Just(twice).prop_shuffle())
        }),
        repeated in 0_usize..12,
    ) {
        prop_assert_eq!(reconcile(&shuffled, WINDOW), reconcile(&observations, WINDOW));
        let again = observations.get(repeated).into_iter().cloned();
        let shuffled = call(shuffled.into_iter().chain(again));
        prop_assert_eq!(timeline(&shuffled), timeline(&call(observations)));
    }

    #[test]
    fn clock_deadlines_and_actions_do_not_matter(
        (inputs, shuffled) in inputs(20).prop_flat_map(|inputs| (Just(inputs.clone()), shuffled(inputs))),
    ) {
        let driven = |inputs: Vec<(Input, Timestamp)>| {
            let mut call = Call::new(narrow());
            inputs.into_iter().for_each(|(input, now)| call.handle(input, now));
            timeline(&call)
        };
        prop_assert_eq!(driven(shuffled), driven(inputs));
    }

    #[test]
    fn a_repeated_message_only_adds_evidence(
        observations in observations(12), later in 1_u64..1_000, which in 0_usize..12,
    ) {
        let known = reconcile(&observations, WINDOW);
        let again = observations.get(which).filter(|again| again.message_id.is_some()).cloned().map(|mut again| {
            again.stamp.received_at = again.stamp.received_at.saturating_add(Duration::from_millis(later));
            again
        });
        let first = observations.iter().filter(|first| again.as_ref().is_some_and(|again| again.message_id == first.message_id));
        // A promise counts only if it is not too late. Its message does not matter.
        prop_assume!(first.clone().all(|first| !matches!(first.source, Source::Accepted { .. })));
        let whole = reconcile(observations.iter().chain(&again), WINDOW);
        let bare = |timeline: &Timeline| -> Vec<_> {
            let steps = timeline.steps.iter();
            steps.map(|step| (step.state, step.not_before, step.not_after, step.result.clone())).collect()
        };
        prop_assert_eq!(bare(&whole), bare(&known));
        prop_assert_eq!((whole.present, whole.direction, whole.result), (known.present, known.direction, known.result));
        prop_assert_eq!(whole.fields, known.fields);
    }

    #[test]
    fn merging_replicas_is_commutative_associative_and_idempotent(
        a in observations(6), b in observations(6), c in observations(6),
    ) {
        let (a, b, c) = (call(a), call(b), call(c));
        let ab = merged(&a, &b);
        prop_assert_eq!(timeline(&ab), timeline(&merged(&b, &a)));
        prop_assert_eq!(timeline(&merged(&ab, &c)), timeline(&merged(&a, &merged(&b, &c))));
        prop_assert_eq!(timeline(&merged(&ab, &b)), timeline(&ab));
    }

    #[test]
    fn replicas_with_equal_observations_agree(
        received in proptest::collection::vec((0_u8..3, any::<bool>(), call_core::strategies::observation()), 0..20),
    ) {
        let config = narrow();
        let of = |replica| {
            let received = received.iter().filter(move |(_, at, _)| *at == replica);
            table(&config, received.map(|(call, _, observation)| (CallId::from(&*call.to_string()), observation.clone())))
        };
        let (mut one, mut other) = (of(false), of(true));
        let before = one.clone();
        one.merge(&other, NOW);
        other.merge(&before, NOW);
        let all = |table: &CallTable| -> Vec<_> { table.iter().map(|(id, call)| (id.clone(), timeline(call))).collect() };
        prop_assert_eq!(all(&one), all(&other));
    }
}

const NOW: Timestamp = Timestamp::from_millis(0);

/// A configuration with limits that the test reaches.
fn narrow() -> Arc<Config> {
    let limits = Limits {
        connected_observations: 4,
        per_claim_and_source: 1,
        reports_per_stream: 2,
        roster_entries: 2,
        ..Limits::default()
    };
    Arc::new(Config { limits, ..Config::default() })
}

fn call(observations: impl IntoIterator<Item = Observation>) -> Call {
    drive::call(&narrow(), observations)
}

fn merged(a: &Call, b: &Call) -> Call {
    let mut merged = a.clone();
    merged.merge(b, NOW);
    merged
}

fn timeline(call: &Call) -> Timeline {
    call.timeline().into_owned()
}
