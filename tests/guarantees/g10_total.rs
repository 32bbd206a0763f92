//! G10: no input causes a panic, an endless loop, or more work than documented.

use std::time::Duration;

use call_core::strategies::{inputs, observations};
use call_core::{
    Call, CallState, Claim, Config, Id, KeepAlive, Observation, ParticipantKey, ParticipantReport, Probes,
    RosterExtent, RosterReport, Silence, Source, Stamp, Timestamp, reconcile,
};
use call_tests::fuzz;
use call_tests::host::Host;
use call_tests::strategies::{body, cases};
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn every_observation_set_has_a_timeline(observations in observations(40), window: Duration) {
        let timeline = reconcile(&observations, window);
        let has_state = observations.iter().any(|observation| observation.claim.as_state().is_some());
        prop_assert!(has_state || timeline.steps.is_empty());
    }

    #[test]
    fn every_input_history_leaves_no_due_deadline(
        inputs in inputs(40), config in config(), later in 0_i64..3_600_000,
    ) {
        let mut call = Call::new(config);
        let mut host = Host::default();
        let mut until = Timestamp::from_millis(0);
        for (input, now) in inputs {
            until = now.saturating_add(Duration::from_millis(later.unsigned_abs()));
            host.hand(&mut call, input, now);
        }
        host.run(&mut call, until);
        // In one hour there are fewer probes than seconds.
        prop_assert!(host.actions.len() <= 2 * 3_600 + 2 * 40, "{}", host.actions.len());
    }

    #[test]
    fn every_body_is_decoded_or_rejected_with_place(body in body()) {
        fuzz::body(&body);
    }

    #[test]
    fn every_small_history_matches_brute_force(
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
    ) {
        fuzz::history(&bytes);
    }

    #[test]
    fn every_line_is_read_or_rejected_with_place(text in prop_oneof![
        body().prop_map(|body| String::from_utf8_lossy(&body).into_owned()),
        "\\PC*",
        "[\\[\\]{}\":,a-z0-9\\\\ \n]*",
    ]) {
        let _ = fuzz::line(&text);
    }
}

#[test]
fn a_large_burst_is_searched_exactly() {
    let cycle = [CallState::Hold, CallState::Established];
    let observations: Vec<_> = (0..20_000)
        .map(|nth: i64| Observation::notified(Timestamp::from_millis(nth), cycle[nth as usize % 2]))
        .collect();
    let timeline = reconcile(&observations, Duration::from_secs(2));
    // Only the start is inferred: the first `established` overtakes the first `hold`, so two holds are neighbours.
    let inferred = timeline.steps.iter().filter(|step| step.basis.receipts().is_empty());
    assert_eq!((timeline.steps.len(), inferred.count()), (20_000, 1));
}

#[test]
fn a_flood_of_contradictory_lists_is_ordered() {
    // Each list says that it is older than the one before, and that its second participant is newer.
    let list = |nth: i64| {
        let participant = |id: &str, number| {
            let mut participant = ParticipantReport::new(ParticipantKey::Id(Id::new(id)));
            participant.number = Some(number);
            participant
        };
        let participants = [participant("a", i64::MAX - nth), participant("b", i64::MIN + nth)];
        let claim = Claim::Roster(Box::new(RosterReport::new(RosterExtent::Full, participants)));
        Observation::new(Stamp::at(Timestamp::from_millis(nth)), Source::Notification, claim)
    };
    let observations: Vec<_> = (0..50_000).map(list).collect();
    assert_eq!(reconcile(&observations, Duration::from_secs(2)).roster.participants.len(), 2);
}

/// Any settings, including useless ones.
fn config() -> impl Strategy<Value = Config> {
    let time = || {
        prop_oneof![
            Just(Duration::ZERO),
            Just(Duration::MAX),
            (0_u64..100).prop_map(Duration::from_secs),
            any::<Duration>()
        ]
    };
    let probes = (any::<bool>(), proptest::option::of(time()), time(), 0_u32..6);
    let probes = probes.prop_map(|(confirm, silence, patience, budget)| {
        let silence = Silence::every_phase(silence);
        Probes { confirm, silence, patience, budget }
    });
    let keep_alive = (time(), time(), time(), time());
    let keep_alive = keep_alive.prop_map(|(every, retry, ends_after, warn_before)| KeepAlive {
        every,
        retry,
        ends_after,
        warn_before,
    });
    let parts =
        (time(), proptest::option::of(time()), time(), proptest::option::of(probes), proptest::option::of(keep_alive));
    parts.prop_map(|(reorder_window, doubt, grace, probes, keep_alive)| Config {
        reorder_window,
        doubt,
        grace,
        probes,
        keep_alive,
        ..Config::default()
    })
}
