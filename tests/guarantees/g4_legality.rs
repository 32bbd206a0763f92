//! G4: for every input, the timeline is a walk of the lifecycle.

use call_core::strategies::{Chaos, inputs, notified, observations, walk};
use call_core::{Call, CallState, Config, DEFAULT_REORDER_WINDOW, Limits, reconcile};
use call_tests::oracle::may_follow;
use call_tests::strategies::cases;
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn every_timeline_is_a_legal_walk(observations in observations(40)) {
        let timeline = reconcile(&observations, DEFAULT_REORDER_WINDOW);
        let states = timeline.states();
        prop_assert!(states.first().is_none_or(|first| matches!(first, CallState::Incoming | CallState::Establishing)));
        prop_assert!(is_legal(&states), "{:?}", states);
    }

    #[test]
    fn each_incremental_timeline_is_a_legal_walk(inputs in inputs(40), connected in 0_usize..8) {
        let limits = Limits { connected_observations: connected, per_claim_and_source: 1, reports_per_stream: 1, roster_entries: 1, ..Limits::default() };
        let mut call = Call::new(Config { limits, ..Config::default() });
        for (input, now) in inputs {
            call.handle(input, now);
            let states = call.timeline().states();
            prop_assert!(is_legal(&states), "{:?}", states);
        }
    }

    #[test]
    fn lost_required_steps_are_inferred(
        received in walk(24, 1_000).prop_flat_map(|truth| {
            Chaos { delay_ms: 10_000, lost: 0.5, ..Chaos::default() }.received(notified(&truth))
        }),
    ) {
        let timeline = reconcile(&received, DEFAULT_REORDER_WINDOW);
        let states = timeline.states();
        prop_assert!(is_legal(&states), "{:?}", states);
        let evidence = timeline.steps.iter().flat_map(|step| step.basis.receipts());
        prop_assert_eq!(evidence.count(), received.len());
    }

    #[test]
    fn steps_are_observed_or_lie_between(observations in observations(12)) {
        let timeline = reconcile(&observations, DEFAULT_REORDER_WINDOW);
        let claimed = |state| observations.iter().any(|observation| observation.claim.as_state() == Some(state));
        for step in &timeline.steps {
            prop_assert!(step.basis.receipts().is_empty() || claimed(step.state), "{step:?}");
        }
        let last_is_observed = timeline.steps.last().is_none_or(|step| !step.basis.receipts().is_empty());
        prop_assert!(last_is_observed);
    }
}

fn is_legal(states: &[CallState]) -> bool {
    states.windows(2).all(|pair| may_follow(pair[0].as_str(), pair[1].as_str()))
}
