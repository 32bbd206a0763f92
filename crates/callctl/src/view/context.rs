//! The context in which a timeline is shown: names of receipts, and privacy.

use call_core::{Anomaly, AnomalyKind, Receipt, Step, Timeline, Timestamp, TrackedOperation};

use crate::view::mask::Privacy;

/// Names receipts.
pub(crate) trait Evidence {
    /// Returns the id of a receipt.
    fn id(&self, receipt: &Receipt) -> String;
    /// Returns whether the log has no time for a receipt.
    fn is_untimed(&self, receipt: &Receipt) -> bool;
}

/// The context in which a timeline is shown.
#[derive(Clone, Copy)]
pub(crate) struct Context<'c> {
    pub(crate) receipts: &'c dyn Evidence,
    pub(crate) privacy: Privacy,
    /// Operations that the engine requested; `None` shows a call as `replay` does.
    pub(crate) tracked: Option<&'c [TrackedOperation]>,
}

impl Context<'_> {
    /// Returns the anomalies, except contradictions of receipts without a time.
    pub(crate) fn anomalies(self, timeline: &Timeline) -> impl Iterator<Item = &Anomaly> {
        timeline.anomalies.iter().filter(move |anomaly| match anomaly.kind {
            AnomalyKind::Contradiction(state) => {
                let mut steps = timeline.steps.iter().filter(|step| step.state == state && step.is_contradicted());
                steps.any(|step| self.not_after(step).is_some())
            }
            AnomalyKind::Odd(_) | AnomalyKind::ConflictingDirection | _ => true,
        })
    }

    /// Returns the latest instant at which a step was entered, unless its receipt has no time.
    pub(crate) fn not_after<S>(self, step: &Step<S>) -> Option<Timestamp> {
        step.not_after.filter(|bound| !self.receipts.is_untimed(&bound.receipt)).map(|bound| bound.at)
    }

    /// Returns the ids of receipts in the order of their stamps, without repetitions.
    pub(crate) fn evidence(self, receipts: &[Receipt]) -> Vec<String> {
        let mut named: Vec<_> = receipts.iter().map(|receipt| (receipt.stamp, self.receipts.id(receipt))).collect();
        // If several deliveries have the same stamp, their ids decide, and not the order in which they were read.
        named.sort_unstable();
        named.dedup();
        named.into_iter().map(|(_, id)| id).collect()
    }
}
