//! The ordered steps that a call went through, each with the reason why it stands there.
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

use crate::rule::anomaly::Anomaly;
use crate::rule::operations::Operation;
use crate::rule::roster::Roster;
use crate::rule::sharing::SharingSession;
use crate::rule::step::Step;
use crate::words::direction::Direction;
use crate::words::field::Fields;
use crate::words::operation::Tone;
use crate::words::result::ResultInfo;
use crate::words::state::CallState;

/// What became of a call, as far as the observations can tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct Timeline {
    /// A legal walk through the lifecycle; empty if no state was observed.
    pub steps: Vec<Step>,
    /// What the call is doing now; `None` if no state was observed.
    pub present: Option<Present>,
    /// Who called whom, if anything tells.
    pub direction: Option<Direction>,
    /// How the call ended.
    pub result: Option<ResultInfo>,
    /// What else the call's resource says.
    pub fields: Fields,
    /// Who takes part in it.
    pub roster: Roster,
    /// What it was asked to do, by key.
    pub operations: Vec<Operation>,
    /// Its sessions of content sharing, by id.
    pub sharing: Vec<SharingSession>,
    /// The keys that were pressed, by sequence id.
    pub tones: Vec<Tone>,
    /// What should not have happened: one for each kind and detail.
    pub anomalies: Vec<Anomaly>,
}

/// What the call is doing now.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum Present {
    /// Every admissible explanation ends here.
    Certain(CallState),
    /// Here, or in one of the others: a snapshot would tell.
    Ambiguous {
        /// The end of the cheapest explanation.
        likely: CallState,
        /// The ends of the other explanations with as few inferred steps, in the order of the lifecycle; never empty.
        others: Vec<CallState>,
    },
}

impl Timeline {
    /// Returns the states in order.
    #[must_use]
    pub fn states(&self) -> Vec<CallState> {
        self.steps.iter().map(|step| step.state).collect()
    }
}

impl Present {
    /// Returns the end of the cheapest explanation.
    #[must_use]
    pub const fn likely(&self) -> CallState {
        match self {
            Self::Certain(state) | Self::Ambiguous { likely: state, .. } => *state,
        }
    }

    /// Returns the other states that the call may be in; empty if there is no doubt.
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
