//! How a timeline changes: small facts that a host can store, and that rebuild the timeline exactly (G7).
//!
//! ```
//! use call_core::{CallState, Observation, Timeline, Timestamp, reconcile};
//! use core::time::Duration;
//! let at = |seconds: i64, state| Observation::notified(Timestamp::from_millis(seconds * 1_000), state);
//! let before = reconcile(&[at(1, CallState::Established)], Duration::ZERO);
//! let after = reconcile(&[at(1, CallState::Established), at(9, CallState::Hold)], Duration::ZERO);
//! let mut rebuilt = before.clone();
//! for change in before.changes_to(&after) {
//!     rebuilt.apply(&change).unwrap();
//! }
//! assert_eq!(rebuilt, after);
//! ```

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;

use crate::feed::sorted_list;
use crate::rule::anomaly::{Anomaly, AnomalyKind};
use crate::rule::operations::Operation;
use crate::rule::roster::Participant;
use crate::rule::sharing::SharingSession;
use crate::rule::step::Basis;
use crate::rule::step::Step;
use crate::rule::timeline::{Present, Timeline};
use crate::words::direction::Direction;
use crate::words::field::Fields;
use crate::words::id::Id;
use crate::words::observation::Receipt;
use crate::words::operation::{OperationKey, Tone};
use crate::words::participant::ParticipantKey;
use crate::words::result::ResultInfo;

/// One change of a timeline.
///
/// Places count from 0 and hold when all changes before this one are applied. Between the changes of one input the
/// timeline may be on its way: it is a legal walk again after the last of them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub enum Change {
    /// The call went through a step that was not known before. A host that acts on a state acts on this.
    Entered {
        /// Its place.
        at: usize,
        /// The step.
        step: Box<Step>,
    },
    /// A step stands again that had been withdrawn: its entry was told before.
    Restored {
        /// Its place.
        at: usize,
        /// The step.
        step: Box<Step>,
    },
    /// A step has more evidence, and is the same otherwise.
    Supported {
        /// Its place.
        at: usize,
        /// What came to it.
        receipts: Vec<Receipt>,
        /// How many facts its evidence makes now.
        facts: usize,
    },
    /// A step is known better: its bounds, its result, or why it stands there. Its state is the same.
    Amended {
        /// Its place.
        at: usize,
        /// The step as it is now.
        step: Box<Step>,
    },
    /// A step does not stand there: what was known allows a better explanation.
    Withdrawn {
        /// Its place.
        at: usize,
    },
    /// A step is no longer kept, for a call has many: the call went through it nevertheless.
    Forgotten {
        /// Its place.
        at: usize,
    },
    /// What the call is doing now is another state, or known with another certainty.
    PresentChanged(Option<Present>),
    /// Who called whom is known, or known better.
    DirectionChanged(Option<Direction>),
    /// How the call ended is known, or known better.
    ResultChanged(Option<ResultInfo>),
    /// What the call's resource says beside its state is known, or known better.
    FieldsChanged(Box<Fields>),
    /// Somebody takes part in the call, or does so again.
    ParticipantJoined(Participant),
    /// Something else is known of one who takes part in the call.
    ParticipantChanged(Participant),
    /// Somebody takes part in the call no longer.
    ParticipantLeft(ParticipantKey),
    /// It is another report before which something of the roster is missing, or nothing is missing any more.
    RosterGapChanged(Option<Receipt>),
    /// An operation is known, or known better.
    OperationChanged(Box<Operation>),
    /// An operation is no longer kept, for the call has had many; or it had no id, and is now known to be one that has.
    OperationForgotten(OperationKey),
    /// A session of content sharing is known, or known better.
    SharingChanged(SharingSession),
    /// A session of content sharing is no longer kept, for the call has had many.
    SharingForgotten(Id),
    /// Somebody pressed a key. Tones are told as they are received: `sequence_id` says in which order they were pressed.
    ToneReceived(Tone),
    /// A tone is no longer kept, for the call has had many.
    ToneForgotten(i64),
    /// Something should not have happened, or there is other evidence of it than before.
    AnomalyFound(Anomaly),
    /// What seemed an anomaly is none.
    AnomalyGone(AnomalyKind),
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn changed<T: fmt::Display>(f: &mut fmt::Formatter<'_>, name: &str, value: Option<&T>) -> fmt::Result {
            match value {
                Some(value) => write!(f, "{name} is {value}"),
                None => write!(f, "{name} is unknown"),
            }
        }
        match self {
            Self::Entered { at, step } => write!(f, "step {at} entered: {step}"),
            Self::Restored { at, step } => write!(f, "step {at} restored: {step}"),
            Self::Supported { at, receipts, facts } => {
                write!(f, "step {at} supported by {} more receipts, {facts} facts in all", receipts.len())
            }
            Self::Amended { at, step } => write!(f, "step {at} amended: {step}"),
            Self::Withdrawn { at } => write!(f, "step {at} withdrawn"),
            Self::Forgotten { at } => write!(f, "step {at} forgotten"),
            Self::PresentChanged(present) => changed(f, "present", present.as_ref()),
            Self::DirectionChanged(direction) => changed(f, "direction", direction.as_ref()),
            Self::ResultChanged(result) => changed(f, "result", result.as_ref()),
            Self::FieldsChanged(_) => f.write_str("fields changed"),
            Self::ParticipantJoined(participant) => write!(f, "participant {} joined", participant.key),
            Self::ParticipantChanged(participant) => write!(f, "participant {} changed", participant.key),
            Self::ParticipantLeft(key) => write!(f, "participant {key} left"),
            Self::RosterGapChanged(Some(receipt)) => write!(f, "roster has a gap before {receipt}"),
            Self::RosterGapChanged(None) => f.write_str("roster has no gap"),
            Self::OperationChanged(operation) => match operation.status() {
                Some(status) => write!(f, "operation {} is {status}", operation.key),
                None => write!(f, "operation {} changed", operation.key),
            },
            Self::OperationForgotten(key) => write!(f, "operation {key} forgotten"),
            Self::SharingChanged(session) => write!(f, "sharing session {:?} is {}", session.id, session.state()),
            Self::SharingForgotten(id) => write!(f, "sharing session {id:?} forgotten"),
            Self::ToneReceived(tone) => write!(f, "tone {} received", tone.sequence_id),
            Self::ToneForgotten(number) => write!(f, "tone {number} forgotten"),
            Self::AnomalyFound(anomaly) => write!(f, "anomaly: {}", anomaly.kind),
            Self::AnomalyGone(kind) => write!(f, "no longer an anomaly: {kind}"),
        }
    }
}

/// A change that is none of this timeline: one before it was left out, or was applied twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApplyError {
    /// The place that the change names.
    pub at: usize,
    /// How many steps there are.
    pub steps: usize,
}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, steps } = self;
        write!(f, "the change is of step {at} of {steps} and does not fit; start again from a whole timeline")
    }
}

impl core::error::Error for ApplyError {}

impl Timeline {
    /// Applies a change, as the feed told it.
    ///
    /// # Errors
    ///
    /// Returns a [`ApplyError`], and leaves the timeline as it was, if there is no such step. That no change was left out is
    /// for the host to ensure: not every gap can be seen here.
    pub fn apply(&mut self, change: &Change) -> Result<(), ApplyError> {
        let steps = self.steps.len();
        match change {
            Change::Entered { at, step } | Change::Restored { at, step } => {
                if *at > steps {
                    return Err(ApplyError { at: *at, steps });
                }
                self.steps.insert(*at, Step::clone(step));
            }
            Change::Supported { at, receipts, facts } => match self.steps.get_mut(*at).map(|step| &mut step.basis) {
                Some(Basis::Observed(evidence)) => evidence.add(receipts, *facts),
                Some(Basis::Inferred(_)) | None => return Err(ApplyError { at: *at, steps }),
            },
            Change::Amended { at, step } => {
                *self.steps.get_mut(*at).ok_or(ApplyError { at: *at, steps })? = Step::clone(step);
            }
            Change::Withdrawn { at } | Change::Forgotten { at } => {
                if *at >= steps {
                    return Err(ApplyError { at: *at, steps });
                }
                self.steps.remove(*at);
            }
            Change::PresentChanged(present) => self.present.clone_from(present),
            Change::DirectionChanged(direction) => self.direction = *direction,
            Change::ResultChanged(result) => self.result.clone_from(result),
            Change::FieldsChanged(fields) => self.fields = Fields::clone(fields),
            Change::ParticipantJoined(told) | Change::ParticipantChanged(told) => {
                sorted_list::put(&mut self.roster.participants, told, |participant| &participant.key);
            }
            Change::ParticipantLeft(key) => {
                sorted_list::take(&mut self.roster.participants, key, |participant| &participant.key);
            }
            Change::RosterGapChanged(gap) => self.roster.gap = *gap,
            Change::OperationChanged(told) => sorted_list::put(&mut self.operations, told, |operation| &operation.key),
            Change::OperationForgotten(key) => sorted_list::take(&mut self.operations, key, |operation| &operation.key),
            Change::SharingChanged(told) => sorted_list::put(&mut self.sharing, told, |session| &session.id),
            Change::SharingForgotten(id) => sorted_list::take(&mut self.sharing, id, |session| &session.id),
            Change::ToneReceived(told) => sorted_list::put(&mut self.tones, told, |tone| &tone.sequence_id),
            Change::ToneForgotten(id) => sorted_list::take(&mut self.tones, id, |tone| &tone.sequence_id),
            Change::AnomalyFound(told) => sorted_list::put(&mut self.anomalies, told, |anomaly| &anomaly.kind),
            Change::AnomalyGone(kind) => sorted_list::take(&mut self.anomalies, kind, |anomaly| &anomaly.kind),
        }
        Ok(())
    }
}
