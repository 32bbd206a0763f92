//! G8: a snapshot requested after all other intervals have ended decides the present, unless a later phase is known.

use std::time::Duration;

use call_core::strategies::observations;
use call_core::{
    Action, Call, CallState, CallState::*, Config, Input, Observation, Phase, Present, ProbeReason, Timestamp,
};
use call_tests::drive::drain;
use call_tests::replies::{accepted, snapshot};
use call_tests::strategies::cases;
use proptest::prelude::*;
use proptest::sample::select;

const CONNECTED: [CallState; 4] = [Established, Hold, Transferring, TransferAccepted];

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn a_final_snapshot_decides_the_present(
        observations in observations(12), state in select(CONNECTED.to_vec()), took in 0_i64..5_000,
    ) {
        let window = Config::default().reorder_window;
        let ends = observations.iter().map(|observation| observation.interval(window).latest());
        let asked = ends.max().unwrap_or(Timestamp::MIN).max(Timestamp::from_millis(0)).saturating_add(Duration::from_millis(1));
        // The clock cannot advance past its maximum.
        prop_assume!(asked < Timestamp::MAX.saturating_sub(Duration::from_secs(10)));
        let mut call = known_call(&observations, asked);
        // A command that a false 404 made void counts once the snapshot has refuted the 404.
        let is_revived = observations.iter().any(|one| one.claim.as_state() == Some(Terminating));
        let present = call.timeline().present.clone();
        let known = present.filter(|present| present.alternatives().is_empty());
        let later = known.map(|present| present.likely().phase());
        let answered = Timestamp::from_millis(asked.as_millis() + 1 + took);
        call.handle(snapshot(asked, answered, state), answered);
        match call.timeline().present.clone() {
            Some(Present::Certain(present)) if later > Some(Phase::Connected) => prop_assert_ne!(present.phase(), Phase::Connected),
            Some(Present::Certain(Terminating)) if later.is_none() && is_revived => {}
            present => prop_assert_eq!(present, Some(Present::Certain(state))),
        }
        prop_assert!(call.settles_at().is_some());
    }

    #[test]
    fn notifications_after_settling_come_last(
        observations in observations(10), state in select(CONNECTED.to_vec()), later in 0_u64..5_000,
    ) {
        let is_early = |observation: &&Observation| observation.claim.as_state().is_none_or(|state| state.phase() <= Phase::Connected);
        let connected = Observation::notified(Timestamp::from_millis(6_000), Established);
        let observations: Vec<_> = observations.iter().filter(is_early).cloned().chain([connected]).collect();
        let mut call = known_call(&observations, Timestamp::MIN);
        let settles_at = call.settles_at().filter(|at| *at < Timestamp::MAX.saturating_sub(Duration::from_secs(10)));
        prop_assume!(settles_at.is_some());
        let received_at = settles_at.unwrap().saturating_add(Duration::from_millis(later));
        let notified = Observation::notified(received_at, state);
        let receipt = notified.receipt();
        call.handle(notified, received_at);
        let timeline = call.timeline();
        let last = timeline.steps.last().unwrap();
        prop_assert_eq!(last.state, state);
        prop_assert!(last.basis.receipts().contains(&receipt));
    }
}

#[test]
fn a_probe_resolves_an_ambiguous_present() {
    let at = Timestamp::from_millis;
    let mut call = Call::new(Config::default());
    call.handle(Input::Adopted, at(0));
    for (ms, state) in [(10_000, Established), (20_000, Hold), (20_500, Established)] {
        call.handle(Observation::notified(at(ms), state), at(ms));
    }
    assert_eq!(call.timeline().present, Some(Present::Ambiguous { likely: Established, others: vec![Hold] }));
    assert_eq!(call.settles_at(), None);
    drain(&mut call);
    let due = call.next_deadline().unwrap().at;
    assert!(due > at(20_500) && due < at(20_501));
    call.handle(Input::DeadlineReached, due);
    assert_eq!(drain(&mut call), [Action::Probe(ProbeReason::Ambiguous).into()]);
    call.handle(snapshot(due, at(20_900), Hold), at(20_900));
    assert_eq!(call.timeline().present, Some(Present::Certain(Hold)));
    assert!(call.next_deadline().unwrap().at > at(600_000));
}

#[test]
fn an_accepted_command_is_given_time() {
    let at = Timestamp::from_millis;
    let mut call = Call::new(Config::default());
    call.handle(Observation::notified(at(0), Established), at(0));
    call.handle(accepted(call_core::Command::Transfer, at(10_000), at(10_100)), at(10_100));
    call.handle(Observation::notified(at(11_500), Established), at(11_500));
    assert!(matches!(call.timeline().present, Some(Present::Ambiguous { .. })));
    assert!(call.next_deadline().unwrap().at > at(12_100));
}

fn known_call(observations: &[Observation], now: Timestamp) -> Call {
    let mut call = Call::new(Config::default());
    call.handle(Input::Adopted, now);
    for observation in observations {
        call.handle(observation.clone(), now);
    }
    call
}
