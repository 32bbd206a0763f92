//! Every history up to a size, and many larger ones: the core's result equals that of brute force (G5).

mod parts;

use std::sync::Arc;
use std::time::Duration;

use call_core::{Call, Change, Config, Event, Output, Timeline, Timestamp, reconcile};
use call_tests::compare::{WINDOW, assert_explained_alike, observation};
use call_tests::host::Host;
use call_tests::oracle::{How, Seen};
use call_tests::strategies::cases;
use proptest::prelude::*;

/// Times of the receipts: all within the window, or some certainly after others.
const SPACINGS: [[i64; 5]; 2] = [[0, 400, 800, 1_200, 1_600], [0, 1_500, 4_000, 5_000, 6_500]];

/// A kind of observation: the index of a state, plus ten if it comes from a response; then a 404, then an accepted hang-up.
const ALL: [usize; 22] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, GONE, HANG_UP];
const GONE: usize = 20;
const HANG_UP: usize = 21;

/// The kinds without responses about the states that are a phase of their own. There, the source changes only the bounds.
const WITHOUT_IDLE_ANSWERS: [usize; 16] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 14, 15, 16, 17, GONE, HANG_UP];

#[test]
fn three_observations_match_brute_force() {
    for spacing in SPACINGS {
        (1..=3).for_each(|length| each_history(&spacing[..length], &ALL, assert_explained_alike));
    }
}

#[test]
fn four_observations_in_a_burst_match_brute_force() {
    each_history(&SPACINGS[0][..4], &ALL, assert_explained_alike);
}

#[test]
fn four_observations_across_bursts_match_brute_force() {
    each_history(&SPACINGS[1][..4], &ALL, assert_explained_alike);
}

#[test]
fn five_observations_in_a_burst_match_brute_force() {
    each_history(&SPACINGS[0], &WITHOUT_IDLE_ANSWERS, assert_explained_alike);
}

#[test]
fn five_observations_across_bursts_match_brute_force() {
    each_history(&SPACINGS[1], &WITHOUT_IDLE_ANSWERS, assert_explained_alike);
}

#[test]
#[ignore = "takes more than a minute"]
fn five_observations_of_every_source_match_brute_force() {
    SPACINGS.iter().for_each(|spacing| each_history(spacing, &ALL, assert_explained_alike));
}

#[test]
fn incremental_events_agree_with_the_whole_set() {
    let config = Arc::new(Config::default());
    each_history(&SPACINGS[1], &ALL[..10], |seen| {
        // The host compares the feed with the timeline after each input.
        let (mut call, mut host) = (Call::new(Arc::clone(&config)), Host::default());
        let observations: Vec<_> = seen.iter().map(observation).collect();
        for observation in observations.iter().rev() {
            host.hand(&mut call, observation.clone(), Timestamp::from_millis(6_500));
        }
        assert_eq!(host.timeline, reconcile(&observations, config.reorder_window));
    });
}

#[test]
fn observations_in_order_change_what_the_rule_changes() {
    let config = Arc::new(Config::default());
    for spacing in SPACINGS {
        each_history(&spacing[..4], &ALL, |seen| {
            let mut call = Call::new(Arc::clone(&config));
            let observations: Vec<_> = seen.iter().map(observation).collect();
            let mut before = Timeline::default();
            for last in 0..observations.len() {
                call.handle(observations[last].clone(), observations[last].stamp.received_at);
                let after = reconcile(&observations[..=last], config.reorder_window);
                let changes = std::iter::from_fn(|| call.poll_output()).filter_map(|output| match output {
                    Output::Event(Event::Changed(change)) => Some(entered(change)),
                    Output::Event(_) | Output::Action(_) | _ => None,
                });
                let by_the_rule: Vec<_> = before.changes_to(&after).into_iter().map(entered).collect();
                assert_eq!(changes.collect::<Vec<_>>(), by_the_rule, "{observations:?}");
                assert_eq!(*call.timeline(), after, "{observations:?}");
                assert_eq!(call.settles_at(), after.settles_at(config.reorder_window), "{observations:?}");
                assert_eq!(call.state(), after.present.as_ref().map(|present| present.likely()), "{observations:?}");
                before = after;
            }
        });
    }
}

/// Two timelines alone do not show whether a host knew a step before.
fn entered(change: Change) -> Change {
    if let Change::Restored { at, step } = change { Change::Entered { at, step } } else { change }
}

#[test]
fn four_observations_converge_in_every_ingestion_order() {
    let window = Duration::from_millis(WINDOW as u64);
    for length in 2..=4 {
        let orders = orders(length);
        each_history(&SPACINGS[1][..length], &ALL, |seen| {
            let observations: Vec<_> = seen.iter().map(observation).collect();
            let expected = reconcile(&observations, window);
            for order in &orders {
                let timeline = reconcile(order.iter().map(|&at| &observations[at]), window);
                assert_eq!(timeline, expected, "in the order {order:?} of {seen:#?}");
            }
        });
    }
}

/// Calls `check` with each history of the given kinds that is received at the given times.
fn each_history(times: &[i64], kinds: &[usize], mut check: impl FnMut(&[Seen])) {
    let mut chosen = vec![0; times.len()];
    loop {
        let all = times.iter().zip(&chosen).zip(0..);
        let seen: Vec<Seen> = all.map(|((&at, &kind), nth): (_, u64)| seen(at, kinds[kind], nth)).collect();
        check(&seen);
        let Some(place) = chosen.iter().position(|kind| kind + 1 < kinds.len()) else { return };
        chosen[..place].fill(0);
        chosen[place] += 1;
    }
}

fn seen(at: i64, kind: usize, sequence: u64) -> Seen {
    let sent = Some(at - 300);
    match kind {
        GONE => Seen { at, sequence, state: 9, how: How::Gone(sent) },
        HANG_UP => Seen { at, sequence, state: 8, how: How::Promised(sent) },
        0..10 => Seen { at, sequence, state: kind, how: How::Notified },
        _ => Seen { at, sequence, state: kind % 10, how: How::Answered(sent) },
    }
}

fn orders(length: usize) -> Vec<Vec<usize>> {
    if length == 0 {
        return vec![Vec::new()];
    }
    let shorter = orders(length - 1);
    let insert = |order: &Vec<usize>, at: usize| [&order[..at], &[length - 1], &order[at..]].concat();
    shorter.iter().flat_map(|order| (0..length).map(move |at| insert(order, at))).collect()
}

proptest! {
    #![proptest_config(cases(5_000))]

    #[test]
    fn seven_observations_in_bursts_match_brute_force(seen in burst(7)) {
        assert_explained_alike(&seen);
    }
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn a_long_burst_matches_brute_force(seen in long_burst()) {
        assert_explained_alike(&seen);
    }
}

/// More observations than one can overtake, all in one burst. All but two are of one state, so there are few explanations.
fn long_burst() -> impl Strategy<Value = Vec<Seen>> {
    let how = prop_oneof![3 => Just(How::Notified), 1 => (0_i64..2_500).prop_map(|ago| How::Answered(Some(ago)))];
    let others = proptest::collection::vec((0_usize..40, 4_usize..8, how), 2);
    (33_u64..40, 4_usize..8, 0_i64..60, others).prop_map(|(count, most, spacing, others)| {
        let mut seen: Vec<Seen> = (0..count)
            .map(|nth| Seen { at: 10_000 + spacing * nth as i64, sequence: nth, state: most, how: How::Notified })
            .collect();
        for (place, state, how) in others {
            let one = &mut seen[place % count as usize];
            one.state = state;
            one.how = if let How::Answered(Some(ago)) = how { How::Answered(Some(one.at - ago)) } else { how };
        }
        seen
    })
}

/// Observations close to each other, most of them of the connected phase, some with equal stamps.
fn burst(most: usize) -> impl Strategy<Value = Vec<Seen>> {
    let state = prop_oneof![1 => 0_usize..10, 4 => 4_usize..8];
    let how = prop_oneof![
        3 => Just(0),
        1 => Just(1),
        1 => 2..5,
    ];
    let one = (0_i64..24, state, how, proptest::option::of(-500_i64..3_000));
    proptest::collection::vec(one, 1..=most).prop_map(|all| {
        let one = |(nth, (tick, state, how, ago)): (u64, (i64, usize, i32, Option<i64>))| {
            let (at, sequence) = (tick * 250, nth % 3);
            let sent = ago.map(|ago| at - ago);
            match how {
                0 => Seen { at, sequence, state, how: How::Notified },
                1 => Seen { at, sequence, state, how: How::Answered(sent) },
                2 => Seen { at, sequence, state: 9, how: How::Gone(sent) },
                3 => Seen { at, sequence, state: 8, how: How::Promised(sent) },
                // In this test, commands lead only to states that a command alone can reach.
                _ => Seen { at, sequence, state: 6, how: How::Promised(sent) },
            }
        };
        let mut seen: Vec<Seen> = Vec::new();
        for one in (0..).zip(all).map(one) {
            // One receipt reports a state once.
            if seen.iter().all(|other| (other.at, other.sequence, other.state) != (one.at, one.sequence, one.state)) {
                seen.push(one);
            }
        }
        seen
    })
}
