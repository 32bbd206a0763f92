//! Changes of a timeline. A host can store them, and they rebuild the timeline exactly (G7).
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
/// `at` is the index of a step, from 0, after all earlier changes have been applied. Between the changes of one input the
/// timeline may be inconsistent. After the last one it is a legal walk. `Display` writes one line without private text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub enum Change {
    /// The call went through a step that was unknown before. A host that acts when a call enters a state acts on this change.
    Entered {
        /// Index of the step.
        at: usize,
        /// The step.
        step: Box<Step>,
    },
    /// A step that was withdrawn is in the timeline again.
    Restored {
        /// Index of the step.
        at: usize,
        /// The step.
        step: Box<Step>,
    },
    /// A step has more evidence. Nothing else of it changed.
    Supported {
        /// Index of the step.
        at: usize,
        /// Receipts that were added.
        receipts: Vec<Receipt>,
        /// Number of facts of the step, after the change.
        facts: usize,
    },
    /// The bounds, the result or the basis of a step changed. Its state is the same.
    Amended {
        /// Index of the step.
        at: usize,
        /// The step after the change.
        step: Box<Step>,
    },
    /// A step is not in the timeline after all: another explanation is cheaper.
    Withdrawn {
        /// Index of the step.
        at: usize,
    },
    /// The limits evicted the evidence of a step. The call went through the step nevertheless.
    Forgotten {
        /// Index of the step.
        at: usize,
    },
    /// The present changed.
    PresentChanged(Option<Present>),
    /// The direction changed.
    DirectionChanged(Option<Direction>),
    /// The result of the call changed.
    ResultChanged(Option<ResultInfo>),
    /// The fields of the call changed.
    FieldsChanged(Box<Fields>),
    /// A participant joined the call.
    ParticipantJoined(Participant),
    /// A participant changed.
    ParticipantChanged(Participant),
    /// A participant left the call.
    ParticipantLeft(ParticipantKey),
    /// The gap of the roster changed.
    RosterGapChanged(Option<Receipt>),
    /// An operation is new or changed.
    OperationChanged(Box<Operation>),
    /// An operation was evicted, or it had no id and was merged with the operation that has its client context.
    OperationForgotten(OperationKey),
    /// A content sharing session is new or changed.
    SharingChanged(SharingSession),
    /// A content sharing session was evicted.
    SharingForgotten(Id),
    /// A key was pressed. Tones are reported as they are received; `sequence_id` is the order in which they were pressed.
    ToneReceived(Tone),
    /// A tone was evicted.
    ToneForgotten(i64),
    /// An anomaly was found, or its evidence changed.
    AnomalyFound(Anomaly),
    /// An anomaly was resolved.
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
                write!(f, "step {at} gained evidence: new receipts {}, facts in all {facts}", receipts.len())
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

/// A change that does not fit the timeline: an earlier change was skipped, or one was applied twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApplyError {
    /// Index in the change.
    pub at: usize,
    /// Number of steps in the timeline.
    pub steps: usize,
}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, steps } = self;
        write!(
            f,
            "the change of step {at} does not fit a timeline of {steps} steps: an earlier change is missing, or was applied twice; start again from a complete timeline"
        )
    }
}

impl core::error::Error for ApplyError {}

impl Timeline {
    /// Applies a change.
    ///
    /// # Errors
    ///
    /// [`ApplyError`] if there is no such step. The timeline is unchanged then. Not every missing change causes an error: the host
    /// must apply all changes in order.
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
            Change::ParticipantJoined(new) | Change::ParticipantChanged(new) => {
                sorted_list::put(&mut self.roster.participants, new, |participant| &participant.key);
            }
            Change::ParticipantLeft(key) => {
                sorted_list::take(&mut self.roster.participants, key, |participant| &participant.key);
            }
            Change::RosterGapChanged(gap) => self.roster.gap = *gap,
            Change::OperationChanged(new) => sorted_list::put(&mut self.operations, new, |operation| &operation.key),
            Change::OperationForgotten(key) => sorted_list::take(&mut self.operations, key, |operation| &operation.key),
            Change::SharingChanged(new) => sorted_list::put(&mut self.sharing, new, |session| &session.id),
            Change::SharingForgotten(id) => sorted_list::take(&mut self.sharing, id, |session| &session.id),
            Change::ToneReceived(new) => sorted_list::put(&mut self.tones, new, |tone| &tone.sequence_id),
            Change::ToneForgotten(id) => sorted_list::take(&mut self.tones, id, |tone| &tone.sequence_id),
            Change::AnomalyFound(new) => sorted_list::put(&mut self.anomalies, new, |anomaly| &anomaly.kind),
            Change::AnomalyGone(kind) => sorted_list::take(&mut self.anomalies, kind, |anomaly| &anomaly.kind),
        }
        Ok(())
    }
}
