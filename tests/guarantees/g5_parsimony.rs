//! G5: no admissible explanation costs less. `tests/exhaustive` tries all small histories.

use call_core::strategies::{Chaos, notified, walk};
use call_core::{DEFAULT_REORDER_WINDOW, Step, reconcile};
use call_tests::strategies::cases;
use proptest::prelude::*;

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn complete_notifications_need_no_inference(
        // Neighbours may be swapped, except two of the same state. So the truth is admissible.
        (truth, received) in walk(24, 1_000).prop_flat_map(|truth| {
            let received = Chaos::default().received(notified(&truth));
            (Just(truth), received)
        }),
    ) {
        let timeline = reconcile(&received, DEFAULT_REORDER_WINDOW);
        let is_inferred = |step: &Step| step.basis.receipts().is_empty();
        prop_assert!(!timeline.steps.iter().any(is_inferred), "{:?} is explained as {:?}", truth, timeline.states());
    }

    #[test]
    fn slow_changes_keep_their_true_order(
        (truth, received) in walk(24, 4_001).prop_flat_map(|truth| {
            let received = Chaos::default().received(notified(&truth));
            (Just(truth), received)
        }),
    ) {
        let states: Vec<_> = truth.iter().map(|(state, _)| *state).collect();
        prop_assert_eq!(reconcile(&received, DEFAULT_REORDER_WINDOW).states(), states);
    }
}
