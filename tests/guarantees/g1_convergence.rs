//! G1: the result depends on the set of stamped observations alone.

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
        prop_assert_eq!(told(&shuffled), told(&call(observations)));
    }

    #[test]
    fn clock_deadlines_and_actions_do_not_matter(
        (inputs, shuffled) in inputs(20).prop_flat_map(|inputs| (Just(inputs.clone()), shuffled(inputs))),
    ) {
        let driven = |inputs: Vec<(Input, Timestamp)>| {
            let mut call = Call::new(narrow());
            inputs.into_iter().for_each(|(input, now)| call.handle(input, now));
            told(&call)
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
        // Of a promise it is not the message that counts but whether it came too late.
        prop_assume!(first.clone().all(|first| !matches!(first.source, Source::Accepted { .. })));
        let told = reconcile(observations.iter().chain(&again), WINDOW);
        let bare = |timeline: &Timeline| -> Vec<_> {
            let steps = timeline.steps.iter();
            steps.map(|step| (step.state, step.not_before, step.not_after, step.result.clone())).collect()
        };
        prop_assert_eq!(bare(&told), bare(&known));
        prop_assert_eq!((told.present, told.direction, told.result), (known.present, known.direction, known.result));
        prop_assert_eq!(told.fields, known.fields);
    }

    #[test]
    fn merging_replicas_is_commutative_associative_and_idempotent(
        a in observations(6), b in observations(6), c in observations(6),
    ) {
        let (a, b, c) = (call(a), call(b), call(c));
        let ab = merged(&a, &b);
        prop_assert_eq!(told(&ab), told(&merged(&b, &a)));
        prop_assert_eq!(told(&merged(&ab, &c)), told(&merged(&a, &merged(&b, &c))));
        prop_assert_eq!(told(&merged(&ab, &b)), told(&ab));
    }

    #[test]
    fn replicas_with_equal_observations_agree(
        heard in proptest::collection::vec((0_u8..3, any::<bool>(), call_core::strategies::observation()), 0..20),
    ) {
        let config = narrow();
        let of = |replica| {
            let heard = heard.iter().filter(move |(_, at, _)| *at == replica);
            table(&config, heard.map(|(call, _, observation)| (CallId::from(&*call.to_string()), observation.clone())))
        };
        let (mut one, mut other) = (of(false), of(true));
        let before = one.clone();
        one.merge(&other, NOW);
        other.merge(&before, NOW);
        let all = |table: &CallTable| -> Vec<_> { table.iter().map(|(id, call)| (id.clone(), told(call))).collect() };
        prop_assert_eq!(all(&one), all(&other));
    }
}

const NOW: Timestamp = Timestamp::from_millis(0);

/// A configuration whose limits are reached.
fn narrow() -> Arc<Config> {
    let limits =
        Limits { connected_observations: 4, per_claim_and_source: 1, reports_per_stream: 2, ..Limits::default() };
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

fn told(call: &Call) -> Timeline {
    call.timeline().clone()
}
