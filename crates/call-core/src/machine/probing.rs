//! When a call should be asked for: how long a question has been open, and how often it was asked.

use core::time::Duration;

use crate::feed::output::ProbeReason;
use crate::machine::config::Probes;
use crate::machine::config::SHORTEST_WAIT;
use crate::rule::timeline::{Present, Timeline};
use crate::words::observation::Source;
use crate::words::state::Phase;
use crate::words::time::Timestamp;

/// How often, and when last, the question was asked that is open.
#[derive(Debug, Clone, Default)]
pub(crate) struct Probing {
    asked: u32,
    asked_at: Option<Timestamp>,
}

impl Probing {
    /// Takes note that the host was asked.
    pub(crate) const fn ask(&mut self, now: Timestamp) {
        self.asked = self.asked.saturating_add(1);
        self.asked_at = Some(now);
    }

    /// Takes note that the question was answered, or that another one is open now.
    pub(crate) const fn start_anew(&mut self) {
        self.asked = 0;
    }

    /// Lets nothing lie in the future, should the clock have jumped back.
    pub(crate) fn clamp(&mut self, now: Timestamp) {
        self.asked_at = self.asked_at.map(|at| at.min(now));
    }

    /// Returns when to ask next, given what is open and since when.
    pub(crate) fn next(&self, question: Timestamp, probes: &Probes) -> Option<Timestamp> {
        let Some(asked_at) = self.asked_at else { return Some(question) };
        let wait = if self.asked < probes.budget.max(1) {
            let doublings = self.asked.saturating_sub(1).min(31);
            probes.patience.saturating_mul(1 << doublings)
        } else {
            probes.silence?.max(probes.patience)
        };
        Some(question.max(asked_at.saturating_add(wait.max(SHORTEST_WAIT))))
    }
}

/// Returns the question that a timeline leaves open, and since when it is worth asking.
pub(crate) fn question(
    timeline: &Timeline,
    reorder_window: Duration,
    probes: &Probes,
) -> Option<(Timestamp, ProbeReason)> {
    let [.., before, last] = timeline.steps.as_slice() else { return None };
    match timeline.present.as_ref()? {
        Present::Ambiguous { .. } => {
            // A snapshot decides if it is asked for after every other interval has ended.
            let end = connected_end(timeline, reorder_window)?;
            Some((end.saturating_add(Duration::from_nanos(1)), ProbeReason::Ambiguous))
        }
        Present::Certain(_) => {
            let is_change = before.state.phase() == Phase::Connected && last.state.phase() == Phase::Connected;
            let is_lone = last.basis.facts() == 1
                && last.basis.receipts().iter().all(|receipt| receipt.source == Source::Notification);
            if !(probes.confirm && is_change && is_lone) {
                return None;
            }
            Some((timeline.settles_at(reorder_window)?, ProbeReason::Unconfirmed))
        }
    }
}

/// Returns when the last interval of the connected phase ends.
fn connected_end(timeline: &Timeline, reorder_window: Duration) -> Option<Timestamp> {
    let connected = timeline.steps.iter().filter(|step| step.state.phase() == Phase::Connected);
    let receipts = connected.flat_map(|step| step.basis.receipts());
    receipts.map(|receipt| receipt.interval(reorder_window).latest()).max()
}

impl Timeline {
    /// Returns from when on a notification that is still to come says what came last, and not what came in between.
    ///
    /// Within the connected phase that is the reorder window after the last evidence was true; the other phases are settled
    /// at once. `None` while the present is ambiguous, for then only a snapshot or a later phase can tell, and if nothing is
    /// known. A host that must not act too early waits for it.
    #[must_use]
    pub fn settles_at(&self, reorder_window: Duration) -> Option<Timestamp> {
        match self.present.as_ref()? {
            Present::Ambiguous { .. } => None,
            Present::Certain(state) if state.phase() == Phase::Connected => {
                let end = connected_end(self, reorder_window)?;
                Some(end.saturating_add(reorder_window).saturating_add(Duration::from_nanos(1)))
            }
            Present::Certain(_) => Some(self.steps.last()?.basis.receipts().first()?.stamp.received_at),
        }
    }
}
