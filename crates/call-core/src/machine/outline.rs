//! What the timers of a call depend on, read from its timeline once.

use core::time::Duration;

use crate::feed::output::ProbeReason;
use crate::machine::config::Probes;
use crate::rule::anomaly::AnomalyKind;
use crate::rule::ending::CONFIRMS_AFTER;
use crate::rule::step::Step;
use crate::rule::timeline::{Present, Timeline, connected_end};
use crate::words::observation::Source;
use crate::words::state::{CallState, Phase};
use crate::words::time::Timestamp;

/// The least that an instant is later than another.
const TICK: Duration = Duration::from_nanos(1);

/// The present of a call, and the instants that its timers start from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outline {
    /// The most likely present state.
    pub(crate) likely: Option<CallState>,
    /// Whether the present is ambiguous.
    pub(crate) is_ambiguous: bool,
    /// State of the last step but one.
    pub(crate) before: Option<CallState>,
    pub(crate) last: Option<LastStep>,
    /// End of the last interval of the connected phase.
    pub(crate) connected_end: Option<Timestamp>,
    /// When the call was last reported alive although a command had ended it.
    pub(crate) broken_at: Option<Timestamp>,
    /// Since when a report of the roster is missing.
    pub(crate) gap_at: Option<Timestamp>,
}

/// The last step.
#[derive(Debug, Clone)]
pub(crate) struct LastStep {
    pub(crate) state: CallState,
    /// Instants of its first and its last receipt.
    pub(crate) first_at: Timestamp,
    pub(crate) last_at: Timestamp,
    pub(crate) facts: usize,
    /// Whether only notifications report it.
    pub(crate) is_notified: bool,
    /// Whether only accepted commands promise it.
    pub(crate) is_promised: bool,
}

impl Outline {
    pub(crate) fn of(timeline: &Timeline, reorder_window: Duration) -> Self {
        let mut anomalies = timeline.anomalies.iter();
        let broken = anomalies.find(|anomaly| matches!(anomaly.kind, AnomalyKind::Unfulfilled(_)));
        Self {
            likely: timeline.present.as_ref().map(Present::likely),
            is_ambiguous: matches!(timeline.present, Some(Present::Ambiguous { .. })),
            before: timeline.steps.iter().rev().nth(1).map(|step| step.state),
            last: timeline.steps.last().and_then(LastStep::of),
            connected_end: connected_end(&timeline.steps, reorder_window),
            broken_at: broken.and_then(|anomaly| Some(anomaly.evidence.last()?.stamp.received_at)),
            gap_at: timeline.roster.gap.map(|receipt| receipt.stamp.received_at),
        }
    }

    /// Returns the most likely present phase; `None` if it is unknown.
    pub(crate) fn phase(&self) -> Option<Phase> {
        self.likely.map(CallState::phase)
    }

    /// Returns whether the call has certainly ended.
    pub(crate) fn is_over(&self) -> bool {
        self.likely == Some(CallState::Terminated) && !self.is_ambiguous
    }

    /// Returns the instant from which the present is settled: see [`Timeline::settles_at`].
    pub(crate) fn settles_at(&self, reorder_window: Duration) -> Option<Timestamp> {
        let phase = self.phase().filter(|_| !self.is_ambiguous)?;
        if phase == Phase::Connected {
            return Some(self.connected_end?.saturating_add(reorder_window).saturating_add(TICK));
        }
        Some(self.last.as_ref()?.first_at)
    }

    /// Returns the open question, and the instant from which a probe can answer it.
    pub(crate) fn question(&self, reorder_window: Duration, probes: &Probes) -> Option<(Timestamp, ProbeReason)> {
        let (before, last, likely) = (self.before?, self.last.as_ref()?, self.likely?);
        if self.is_ambiguous {
            // A snapshot decides if its request is sent after every other interval has ended (G8).
            let end = self.connected_end.map(|end| end.saturating_add(TICK));
            // From then on another 404 confirms the first one, and a snapshot refutes it.
            let confirms = (likely == CallState::Terminated).then(|| last.first_at.saturating_add(CONFIRMS_AFTER));
            return Some((end.max(confirms)?, ProbeReason::Ambiguous));
        }
        if likely == CallState::Terminating {
            return Some((self.end_expected(last, probes)?, ProbeReason::EndExpected));
        }
        let is_change = before.phase() == Phase::Connected && last.state.phase() == Phase::Connected;
        let is_lone = last.facts == 1 && last.is_notified;
        let settles_at = self.settles_at(reorder_window).filter(|_| probes.confirm && is_change && is_lone)?;
        Some((settles_at, ProbeReason::Unconfirmed))
    }

    /// Returns since when the end is overdue: nothing but an accepted command promises it, or the call was reported alive later.
    fn end_expected(&self, last: &LastStep, probes: &Probes) -> Option<Timestamp> {
        let promised = || last.is_promised.then(|| last.first_at.saturating_add(probes.patience));
        self.broken_at.or_else(promised)
    }
}

impl LastStep {
    fn of(step: &Step) -> Option<Self> {
        let receipts = step.basis.receipts();
        let (first, last) = (receipts.first()?, receipts.last()?);
        Some(Self {
            state: step.state,
            first_at: first.stamp.received_at,
            last_at: last.stamp.received_at,
            facts: step.basis.facts(),
            is_notified: receipts.iter().all(|receipt| receipt.source == Source::Notification),
            is_promised: receipts.iter().all(|receipt| matches!(receipt.source, Source::Accepted { .. })),
        })
    }
}

impl Timeline {
    /// Returns the instant from which the present is settled: every notification that is received later is later in the timeline.
    ///
    /// In the connected phase, this is one reorder window after the end of the last interval. Other phases are settled at once.
    /// `None` if the present is ambiguous or unknown: only a snapshot or a later phase can decide then. A host that must not act
    /// too early waits until this instant.
    #[must_use]
    pub fn settles_at(&self, reorder_window: Duration) -> Option<Timestamp> {
        Outline::of(self, reorder_window).settles_at(reorder_window)
    }
}
