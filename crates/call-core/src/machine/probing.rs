//! When to probe: since when a question is open, and how often it was asked.

use core::time::Duration;

use crate::feed::output::ProbeReason;
use crate::machine::config::Probes;
use crate::machine::config::SHORTEST_WAIT;
use crate::rule::anomaly::AnomalyKind;
use crate::rule::ending::CONFIRMS_AFTER;
use crate::rule::step::Step;
use crate::rule::timeline::{Present, Timeline};
use crate::words::observation::Source;
use crate::words::state::{CallState, Phase};
use crate::words::time::Timestamp;

/// How often the open question was asked, and when it was asked last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Probing {
    asked: u32,
    /// How often it was asked since the last reply that left it open.
    unanswered: u32,
    asked_at: Option<Timestamp>,
}

impl Probing {
    /// Notes that the host was asked.
    pub(crate) const fn ask(&mut self, now: Timestamp) {
        self.asked = self.asked.saturating_add(1);
        self.unanswered = self.unanswered.saturating_add(1);
        self.asked_at = Some(now);
    }

    /// Returns when the host was asked last.
    pub(crate) const fn asked_at(&self) -> Option<Timestamp> {
        self.asked_at
    }

    /// Notes that the question was answered, or that another one is open.
    pub(crate) const fn restart(&mut self) {
        (self.asked, self.unanswered) = (0, 0);
    }

    /// Notes a reply that leaves the question open. The budget begins again, but the interval stays as long as it is.
    pub(crate) const fn hear(&mut self) {
        self.unanswered = 0;
    }

    /// Moves noted instants to `now` at the latest, after a clock that jumped back.
    pub(crate) fn clamp(&mut self, now: Timestamp) {
        self.asked_at = self.asked_at.map(|at| at.min(now));
    }

    /// Returns when to ask next. `question` is the instant since when the question is open. After the budget, `silence` is the interval.
    pub(crate) fn next(&self, question: Timestamp, probes: &Probes, silence: Option<Duration>) -> Option<Timestamp> {
        let Some(asked_at) = self.asked_at else { return Some(question) };
        let wait = if self.is_spent(probes) { silence?.max(probes.patience) } else { self.patience(probes) };
        Some(question.max(asked_at.saturating_add(wait.max(SHORTEST_WAIT))))
    }

    /// Returns when to give up: the budget is spent, and the last probe was given its time.
    pub(crate) fn gives_up_at(&self, probes: &Probes) -> Option<Timestamp> {
        let asked_at = self.asked_at.filter(|_| self.is_spent(probes))?;
        Some(asked_at.saturating_add(self.patience(probes).max(SHORTEST_WAIT)))
    }

    /// Returns when the time of a whole budget is over that began at an instant, and the last probe was given its time; `None` before
    /// the first probe, and after one whose reply left the question open.
    pub(crate) fn gives_up_by(&self, since: Timestamp, probes: &Probes) -> Option<Timestamp> {
        let asked_at = self.asked_at.filter(|_| self.unanswered > 0)?;
        let rounds = (1_u32 << probes.budget.clamp(1, 31)) - 1;
        let over_at = since.saturating_add(probes.patience.max(SHORTEST_WAIT).saturating_mul(rounds));
        Some(over_at.max(asked_at.saturating_add(probes.patience.max(SHORTEST_WAIT))))
    }

    fn is_spent(&self, probes: &Probes) -> bool {
        self.unanswered >= probes.budget.max(1)
    }

    fn patience(&self, probes: &Probes) -> Duration {
        let longest = probes.budget.saturating_sub(1).min(31);
        probes.patience.saturating_mul(1 << self.asked.saturating_sub(1).min(longest))
    }
}

/// Returns the open question of a timeline, and the instant from which a probe can answer it.
pub(crate) fn question(
    timeline: &Timeline,
    reorder_window: Duration,
    probes: &Probes,
) -> Option<(Timestamp, ProbeReason)> {
    let [.., before, last] = timeline.steps.as_slice() else { return None };
    match timeline.present.as_ref()? {
        Present::Ambiguous { likely: CallState::Terminated, .. } => {
            // From then on another 404 confirms the first one, and a snapshot refutes it.
            let confirms = last.basis.receipts().first()?.stamp.received_at.saturating_add(CONFIRMS_AFTER);
            let end = connected_end(timeline, reorder_window).map(|end| end.saturating_add(Duration::from_nanos(1)));
            Some((end.map_or(confirms, |end| end.max(confirms)), ProbeReason::Ambiguous))
        }
        Present::Ambiguous { .. } => {
            // A snapshot decides if its request is sent after every other interval has ended (G8).
            let end = connected_end(timeline, reorder_window)?;
            Some((end.saturating_add(Duration::from_nanos(1)), ProbeReason::Ambiguous))
        }
        Present::Certain(CallState::Terminating) => {
            Some((end_expected(timeline, last, probes)?, ProbeReason::EndExpected))
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

/// Returns since when the end is overdue: nothing but an accepted command promises it, or the call was reported alive later.
fn end_expected(timeline: &Timeline, last: &Step, probes: &Probes) -> Option<Timestamp> {
    let mut anomalies = timeline.anomalies.iter();
    let broken = anomalies.find(|anomaly| matches!(anomaly.kind, AnomalyKind::Unfulfilled(_)));
    if let Some(shown) = broken.and_then(|anomaly| anomaly.evidence.last()) {
        return Some(shown.stamp.received_at);
    }
    let receipts = last.basis.receipts();
    let is_promised = receipts.iter().all(|receipt| matches!(receipt.source, Source::Accepted { .. }));
    let promised_at = receipts.first().filter(|_| is_promised)?.stamp.received_at;
    Some(promised_at.saturating_add(probes.patience))
}

/// Returns the end of the last interval of the connected phase.
fn connected_end(timeline: &Timeline, reorder_window: Duration) -> Option<Timestamp> {
    let connected = timeline.steps.iter().filter(|step| step.state.phase() == Phase::Connected);
    let receipts = connected.flat_map(|step| step.basis.receipts());
    receipts.map(|receipt| receipt.interval(reorder_window).latest()).max()
}

impl Timeline {
    /// Returns the instant from which the present is settled: every notification that is received later is later in the timeline.
    ///
    /// In the connected phase, this is one reorder window after the end of the last interval. Other phases are settled at once.
    /// `None` if the present is ambiguous or unknown: only a snapshot or a later phase can decide then. A host that must not act
    /// too early waits until this instant.
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
