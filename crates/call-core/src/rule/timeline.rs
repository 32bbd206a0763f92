//! Timelines: the ordered steps that a call went through, each with its reason.
//!
//! ```
//! use call_core::{CallState::*, Observation, Present, Timestamp, reconcile};
//! use core::time::Duration;
//! let at = |seconds: i64, state| Observation::notified(Timestamp::from_millis(seconds * 1_000), state);
//! let timeline = reconcile(&[at(1, Established), at(2, Establishing)], Duration::from_secs(2));
//! assert_eq!(timeline.states(), [Establishing, Established]);
//! assert_eq!(timeline.present, Some(Present::Certain(Established)));
//! assert_eq!(timeline.steps[0].basis.code(), "placedByPhase");
//! ```

use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

use crate::rule::anomaly::Anomaly;
use crate::rule::operations::Operation;
use crate::rule::roster::Roster;
use crate::rule::sharing::SharingSession;
use crate::rule::step::Step;
use crate::words::direction::Direction;
use crate::words::field::Fields;
use crate::words::operation::Tone;
use crate::words::result::ResultInfo;
use crate::words::state::{CallState, Phase};
use crate::words::time::Timestamp;

/// What happened in a call, as far as the observations show.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct Timeline {
    /// Steps of the call, a legal walk through the lifecycle; empty if no state was observed.
    pub steps: Vec<Step>,
    /// Present state; `None` if no state was observed.
    pub present: Option<Present>,
    /// Direction of the call; `None` if it is unknown.
    pub direction: Option<Direction>,
    /// Result of the call; `None` if it is unknown.
    pub result: Option<ResultInfo>,
    /// Other fields of the call resource.
    pub fields: Fields,
    /// Participants of the call.
    pub roster: Roster,
    /// Media operations, by key.
    pub operations: Vec<Operation>,
    /// Content sharing sessions, by id.
    pub sharing: Vec<SharingSession>,
    /// Keys that were pressed, by sequence id.
    pub tones: Vec<Tone>,
    /// Anomalies, one for each kind.
    pub anomalies: Vec<Anomaly>,
}

/// The present state of a call, as far as the observations show.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum Present {
    /// The only possible state.
    Certain(CallState),
    /// The most likely state and its alternatives. A snapshot decides between them.
    Ambiguous {
        /// State in which the cheapest explanation ends.
        likely: CallState,
        /// States in which other explanations end that cost hardly more, in the order of the lifecycle. Never empty.
        others: Vec<CallState>,
    },
}

impl Timeline {
    /// Returns whether the call has certainly ended.
    pub(crate) fn is_over(&self) -> bool {
        self.present == Some(Present::Certain(CallState::Terminated))
    }

    /// Returns whether the call is likely to be ending, or has ended.
    pub(crate) fn is_ending(&self) -> bool {
        self.present.as_ref().is_some_and(|present| present.likely().phase() >= Phase::Terminating)
    }

    /// Returns the states of the steps, in order.
    #[must_use]
    pub fn states(&self) -> Vec<CallState> {
        self.steps.iter().map(|step| step.state).collect()
    }
}

/// Returns the end of the last interval of the connected phase.
pub(crate) fn connected_end(steps: &[Step], reorder_window: Duration) -> Option<Timestamp> {
    let connected = steps.iter().filter(|step| step.state.phase() == Phase::Connected);
    let receipts = connected.flat_map(|step| step.basis.receipts());
    receipts.map(|receipt| receipt.interval(reorder_window).latest()).max()
}

impl Present {
    /// Returns the most likely state.
    #[must_use]
    pub const fn likely(&self) -> CallState {
        match self {
            Self::Certain(state) | Self::Ambiguous { likely: state, .. } => *state,
        }
    }

    /// Returns the alternatives to the most likely state; empty if the present is certain.
    #[must_use]
    pub fn alternatives(&self) -> &[CallState] {
        match self {
            Self::Certain(_) => &[],
            Self::Ambiguous { others, .. } => others,
        }
    }
}

impl fmt::Display for Present {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.likely())?;
        for other in self.alternatives() {
            write!(f, " or {other}")?;
        }
        Ok(())
    }
}
