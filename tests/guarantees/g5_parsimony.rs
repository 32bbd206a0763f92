//! G5: no admissible explanation costs less. All small histories are tried in `tests/exhaustive`.

use call_core::{CallState::*, Claim, DEFAULT_REORDER_WINDOW, Observation, Source, Stamp, Timestamp, reconcile};
use call_tests::strategies::cases;
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(1_000))]

    #[test]
    fn what_was_true_is_never_explained_with_more_steps_than_it_took(
        length in 1_usize..24, delays in proptest::collection::vec(0_i64..2_000, 24),
    ) {
        // A call that enters another state each second, each notification being late by its own delay. So neighbours are
        // swapped, but those of one state are not.
        let truth: Vec<_> = [Established, Hold, Transferring, TransferAccepted].into_iter().cycle().take(length).collect();
        let received = (0_i64..).zip(truth.iter().zip(&delays)).map(|(nth, (&state, delay))| {
            let stamp = Stamp::at(Timestamp::from_millis(nth * 1_000 + delay));
            Observation::new(stamp, Source::Notification, Claim::state(state))
        });
        let received: Vec<_> = received.collect();
        let timeline = reconcile(&received, DEFAULT_REORDER_WINDOW);
        prop_assert!(timeline.steps.len() <= truth.len() + 1, "{:?}", timeline.states());
    }
}
