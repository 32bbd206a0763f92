//! G2: outside the connected phase, any permutation, duplication or delay gives the same sequence of states.

use call_core::{CallState, CallState::*, DEFAULT_REORDER_WINDOW, Observation, Timestamp, reconcile};
use call_tests::strategies::cases;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

const ONCE_ONLY: [CallState; 7] = [Incoming, Redirecting, Establishing, Ringing, Established, Terminating, Terminated];

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn other_phases_tolerate_any_lateness_and_repetition(
        (states, received) in subsequence(ONCE_ONLY.to_vec(), 1..=ONCE_ONLY.len()).prop_flat_map(|states| {
            let again = proptest::collection::vec(select(states.clone()), 0..5);
            let received = (Just(states.clone()), again).prop_map(|(once, again)| [once, again].concat()).prop_shuffle();
            let pauses = proptest::collection::vec(0_i64..3_600_000, 12);
            (Just(states), (received, pauses))
        }),
    ) {
        let in_order: Vec<_> = (0_i64..).zip(&states).map(|(hour, &state)| notified(hour * 3_600_000, state)).collect();
        let mut clock = 0;
        let shuffled: Vec<_> = received.0.iter().zip(&received.1).map(|(&state, pause)| {
            clock += pause;
            notified(clock, state)
        }).collect();
        let timeline = reconcile(&shuffled, DEFAULT_REORDER_WINDOW);
        prop_assert_eq!(timeline.states(), reconcile(&in_order, DEFAULT_REORDER_WINDOW).states());
        prop_assert!(states.iter().all(|state| timeline.states().contains(state)));
    }
}

fn notified(at: i64, state: CallState) -> Observation {
    Observation::notified(Timestamp::from_millis(at), state)
}
