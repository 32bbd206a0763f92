//! Observations that arrive in order: they extend the timeline in place, and the rule need not run.
//!
//! An observation is in order if its phase and its stamp come after all that is kept, and if in the connected phase nothing of another
//! state can have come after it. The rule would then put it at the end, whatever came before. Every other observation goes through
//! the rule, which is the oracle of this file (G6).

use alloc::boxed::Box;
use alloc::vec;
use core::cmp::Reverse;
use core::time::Duration;

use crate::feed::change::Change;
use crate::machine::config::Config;
use crate::machine::kept::Kept;
use crate::machine::outline::{LastStep, Outline};
use crate::rule::anomaly::{Anomaly, AnomalyKind};
use crate::rule::step::{Basis, Bound, Evidence, Inference, Placement, Step};
use crate::rule::timeline::{Present, Timeline};
use crate::words::claim::Claim;
use crate::words::direction::Direction;
use crate::words::lifecycle::Lifecycle;
use crate::words::observation::{Observation, Receipt, Source};
use crate::words::result::ResultInfo;
use crate::words::state::{CallState, Phase};
use crate::words::time::Timestamp;

/// What an observation must come after.
#[derive(Debug, Clone, Default)]
pub(crate) struct Frontier {
    /// Whether the rule alone can place the next state: something about the end or about messages is unusual.
    is_contested: bool,
    /// The direction, unless it was reported in two ways.
    direction: Option<Direction>,
    /// Whether the result is known.
    has_result: bool,
    /// Whether anybody is in the roster, or could be.
    has_roster: bool,
    /// Number of steps.
    steps: usize,
    /// Whether the last step was reported, and not only promised.
    is_reported: bool,
    /// Whether every order of the connected phase ends in the last state.
    is_forced: bool,
    /// End of the last interval of a connected state other than the last one.
    other_end: Option<Timestamp>,
    /// The latest instant at which a request was sent that all steps so far answered.
    asked: Option<Box<Bound>>,
}

/// A state that is reported in order.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Next<'o> {
    observation: &'o Observation,
    state: CallState,
    result: Option<&'o ResultInfo>,
    /// The state of the last step.
    last: CallState,
}

impl Frontier {
    pub(crate) fn of(timeline: &Timeline, kept: &Kept, reorder_window: Duration) -> Self {
        let states = kept.states();
        let is_contested = states.iter().any(|known| {
            let is_end = known.claim.as_state().is_some_and(|state| state.phase() >= Phase::Terminating);
            match known.source {
                Source::Gone { .. } => true,
                Source::Accepted { .. } => is_end,
                Source::Notification | Source::CreateResponse { .. } | Source::Snapshot { .. } => {
                    known.message_id.is_some() && known.sent_at().is_some()
                }
            }
        });
        let connected = states.iter().filter_map(|known| {
            let state = known.claim.as_state().filter(|state| state.phase() == Phase::Connected)?;
            Some((state, known.interval(reorder_window)))
        });
        let last = connected.clone().next_back();
        let of_others = connected.filter(|(state, _)| last.is_some_and(|(last, _)| last != *state));
        let other_end = of_others.map(|(_, interval)| interval.latest()).max();
        let is_direction = |anomaly: &Anomaly| anomaly.kind == AnomalyKind::ConflictingDirection;
        Self {
            is_contested,
            direction: timeline.direction.filter(|_| !timeline.anomalies.iter().any(is_direction)),
            has_result: timeline.result.is_some(),
            has_roster: !timeline.roster.participants.is_empty() || timeline.roster.gap.is_some(),
            steps: timeline.steps.len(),
            is_reported: timeline.steps.last().is_some_and(|step| step.not_after.is_some()),
            is_forced: last.is_none_or(|(_, interval)| other_end < Some(interval.earliest())),
            other_end,
            asked: states.iter().filter_map(asked).max_by_key(order).map(Box::new),
        }
    }

    /// Returns whether observations of one delivery are in order, and the state that they report, if any.
    pub(crate) fn admits<'o>(
        &self,
        observations: &'o [Observation],
        outline: &Outline,
        kept: &Kept,
        config: &Config,
    ) -> Option<Option<Next<'o>>> {
        let Observation { stamp, message_id, .. } = observations.first()?;
        // Without room even for one observation, the last one is evicted too.
        if !kept.is_before(*stamp) || config.limits.per_claim_and_source == 0 {
            return None;
        }
        if message_id.as_ref().is_some_and(|id| kept.knows_message(id)) {
            return None;
        }
        let mut next = None;
        for observation in observations {
            // A create response and an accepted command show the direction, and a 404 may be false.
            let is_plain = match observation.source {
                Source::Notification => true,
                Source::Snapshot { .. } => observation.message_id.is_none(),
                Source::CreateResponse { .. } | Source::Accepted { .. } | Source::Gone { .. } => false,
            };
            // Observations of one delivery have one stamp, and the id of one message.
            if observation.stamp != *stamp || observation.message_id != *message_id || !is_plain {
                return None;
            }
            match &observation.claim {
                Claim::Exists => {}
                Claim::Direction(direction) => {
                    if self.direction != Some(*direction) {
                        return None;
                    }
                }
                // Most notifications repeat the fields of the call.
                Claim::Field(field) => {
                    if kept.last_field(field) != Some(field) {
                        return None;
                    }
                }
                Claim::State { state, result } if next.is_none() => {
                    let last = outline.last.as_ref()?.state;
                    next = Some(Next { observation, state: *state, result: result.as_deref(), last });
                }
                Claim::State { .. }
                | Claim::Oddity(_)
                | Claim::Roster(_)
                | Claim::Operation(_)
                | Claim::Sharing(_)
                | Claim::Tone(_) => return None,
            }
        }
        match next {
            Some(next) if !self.admits_state(&next, outline, kept, config) => None,
            next => Some(next),
        }
    }

    fn admits_state(&self, next: &Next<'_>, outline: &Outline, kept: &Kept, config: &Config) -> bool {
        let Next { observation, state, result, last } = *next;
        let is_next = if (last.phase(), state.phase()) == (Phase::Connected, Phase::Connected) {
            let from = Some(observation.interval(config.reorder_window).earliest());
            let end = if state == last { self.other_end } else { outline.connected_end };
            self.is_forced && end < from
        } else {
            last.phase() < state.phase() || last == state
        };
        // When a call ends, its participants leave.
        let leaves_nobody = state != CallState::Terminated || !self.has_roster;
        let is_only_result = result.is_none() || (state != last && !self.has_result);
        is_next
            && self.is_reported
            && !self.is_contested
            && !state.is_for_incoming()
            && is_only_result
            && leaves_nobody
            && kept.has_room(observation, &config.limits)
    }

    /// Notes a state that was reported in order.
    pub(crate) fn pass(&mut self, next: &Next<'_>, outline: &Outline) {
        if next.state != next.last {
            (self.other_end, self.is_forced) = (outline.connected_end, true);
            self.steps += next.last.between(next.state).len() + 1;
            self.has_result |= next.is_result();
        }
        if let Some(asked) = asked(next.observation)
            && self.asked.as_ref().is_none_or(|known| order(known) < order(&asked))
        {
            self.asked = Some(Box::new(asked));
        }
    }

    /// Passes on what a state changes, in the order of [`Timeline::changes_to`].
    pub(crate) fn changes(&self, next: &Next<'_>, outline: &Outline, mut change: impl FnMut(Change)) {
        let steps = self.steps;
        let Next { observation, state, result, last } = *next;
        let receipt = observation.receipt();
        if state == last {
            let facts = outline.last.as_ref().map_or(1, |last| last.facts + 1);
            change(Change::Supported { at: steps - 1, receipts: vec![receipt], facts });
        } else {
            let (not_before, not_after) =
                (self.asked.as_deref().copied(), Some(Bound { at: receipt.stamp.received_at, receipt }));
            let step = |state, basis, result| Box::new(Step { state, basis, not_before, not_after, result });
            for (&between, at) in last.between(state).iter().zip(steps..) {
                let why = Inference::Edge { from: last, to: state };
                change(Change::Entered { at, step: step(between, Basis::Inferred(why), None) });
            }
            let goes_on = state.phase() == last.phase();
            let placement = if goes_on { Placement::PlacedByClock } else { Placement::Observed };
            let basis = Basis::Observed(Evidence::one(receipt, placement));
            let at = steps + last.between(state).len();
            change(Change::Entered { at, step: step(state, basis, result.cloned()) });
        }
        if outline.likely != Some(state) || outline.is_ambiguous {
            change(Change::PresentChanged(Some(Present::Certain(state))));
        }
        if next.is_result() {
            change(Change::ResultChanged(result.cloned()));
        }
    }
}

impl Next<'_> {
    /// Returns whether the result of the state is that of the call.
    fn is_result(&self) -> bool {
        self.result.is_some() && self.state.phase() >= Phase::Terminating
    }
}

impl Outline {
    /// Notes a state that was reported in order.
    pub(crate) fn pass(&mut self, next: &Next<'_>, reorder_window: Duration) {
        let Next { observation, state, last, .. } = *next;
        let at = observation.stamp.received_at;
        let is_notified = observation.source == Source::Notification;
        match &mut self.last {
            Some(step) if state == last => {
                (step.last_at, step.facts, step.is_promised) = (at, step.facts + 1, false);
                step.is_notified &= is_notified;
            }
            step => {
                self.before = Some(last.between(state).last().copied().unwrap_or(last));
                *step = Some(LastStep { state, first_at: at, last_at: at, facts: 1, is_notified, is_promised: false });
            }
        }
        (self.likely, self.is_ambiguous) = (Some(state), false);
        if state.phase() == Phase::Connected {
            self.connected_end = self.connected_end.max(Some(observation.interval(reorder_window).latest()));
        }
    }
}

/// Returns the bound that a reply gives to the steps after it.
fn asked(observation: &Observation) -> Option<Bound> {
    let at = observation.sent_at().filter(|_| observation.is_a_report())?;
    Some(Bound { at, receipt: observation.receipt() })
}

/// Of two receipts with the same instant, the lower one is cited.
fn order(bound: &Bound) -> (Timestamp, Reverse<Receipt>) {
    (bound.at, Reverse(bound.receipt))
}
