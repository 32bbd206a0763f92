//! What stands beside a timeline where it is shown: whose receipts, and what may be seen.

use call_core::{Anomaly, AnomalyKind, Receipt, Step, Timeline, Timestamp};

use crate::view::mask::Privacy;

/// What receipts are called.
pub(crate) trait Evidence {
    /// Returns what to call a receipt.
    fn id(&self, receipt: &Receipt) -> String;
    /// Returns whether the time of a receipt was made up.
    fn is_untimed(&self, receipt: &Receipt) -> bool;
}

/// What is needed to show a timeline beside the timeline itself.
#[derive(Clone, Copy)]
pub(crate) struct Context<'c> {
    pub(crate) receipts: &'c dyn Evidence,
    pub(crate) privacy: Privacy,
}

impl Context<'_> {
    /// Returns the anomalies, but for contradictions of times that were made up.
    pub(crate) fn anomalies(self, timeline: &Timeline) -> impl Iterator<Item = &Anomaly> {
        timeline.anomalies.iter().filter(move |anomaly| match anomaly.kind {
            AnomalyKind::Contradiction(state) => {
                let mut steps = timeline.steps.iter().filter(|step| step.state == state && step.is_contradicted());
                steps.any(|step| self.not_after(step).is_some())
            }
            AnomalyKind::Odd(_) | AnomalyKind::ConflictingDirection | _ => true,
        })
    }

    /// Returns when a step was entered at the latest, unless that time was made up.
    pub(crate) fn not_after<S>(self, step: &Step<S>) -> Option<Timestamp> {
        step.not_after.filter(|bound| !self.receipts.is_untimed(&bound.receipt)).map(|bound| bound.at)
    }

    /// Returns the names of receipts in the order of their stamps, each once.
    pub(crate) fn evidence(self, receipts: &[Receipt]) -> Vec<String> {
        let mut named: Vec<_> = receipts.iter().map(|receipt| (receipt.stamp, self.receipts.id(receipt))).collect();
        // Where several deliveries bear one stamp, the names decide, not the order in which they were read.
        named.sort_unstable();
        named.dedup();
        named.into_iter().map(|(_, id)| id).collect()
    }
}
