//! G3: the phase never goes back; `terminated` is absorbing.

use call_core::strategies::{inputs, observations};
use call_core::{
    Call, CallState, Config, DEFAULT_REORDER_WINDOW, Input, Observation, Present, Source, Timestamp, reconcile,
};
use call_tests::host::Host;
use call_tests::strategies::cases;
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn no_step_returns_to_an_earlier_phase(observations in observations(12)) {
        let states = reconcile(&observations, DEFAULT_REORDER_WINDOW).states();
        prop_assert!(states.iter().map(|state| state.phase()).is_sorted(), "{states:?}");
    }

    #[test]
    fn the_present_phase_never_goes_back(observations in observations(12)) {
        let is_gone = |observation: &&Observation| matches!(observation.source, Source::Gone { .. });
        // A single 404 leaves it open whether the call has ended, so the earliest possible phase counts.
        let phase = |known: &[Observation]| {
            known.iter().find(|one| !is_gone(one) && one.claim.as_state().is_some())?;
            let present = reconcile(known, DEFAULT_REORDER_WINDOW).present?;
            present.alternatives().iter().chain([&present.likely()]).map(|state| state.phase()).min()
        };
        // The promise of a command is withdrawn once the call is known to have ended before the command was sent.
        let mut reports: Vec<_> = observations
            .into_iter()
            .filter(|observation| !matches!(observation.source, Source::Accepted { .. }))
            .collect();
        // A report that is passed in late can refute a 404 that another one confirmed. So 404s need the order of the receipts.
        if reports.iter().any(|one| is_gone(&one)) {
            reports.sort();
        }
        let phases: Vec<_> = (0..=reports.len()).map(|received| phase(&reports[..received])).collect();
        prop_assert!(phases.is_sorted(), "{phases:?}");
    }

    #[test]
    fn the_end_is_reported_exactly_once(inputs in inputs(30)) {
        // The host checks that the end is reported at most once, and only if the call has ended.
        let (mut call, mut host) = (Call::new(Config::default()), Host::default());
        for (input, now) in &inputs {
            host.hand(&mut call, input.clone(), *now);
        }
        let over = |(input, _): &(Input, Timestamp)| {
            matches!(input, Input::Observed(observations) if observations[0].claim.as_state() == Some(CallState::Terminated)
                && !matches!(observations[0].source, Source::Gone { .. }))
        };
        prop_assert!(host.ends.len() == 1 || !inputs.iter().any(over));
    }

    #[test]
    fn nothing_follows_terminated(observations in observations(12), at in 0_i64..12_000) {
        let over = Observation::notified(Timestamp::from_millis(at), CallState::Terminated);
        let timeline = reconcile(observations.iter().chain([&over]), DEFAULT_REORDER_WINDOW);
        prop_assert_eq!(timeline.present, Some(Present::Certain(CallState::Terminated)));
    }
}
