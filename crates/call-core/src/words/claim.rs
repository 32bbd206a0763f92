//! What can be claimed about a call.
//!
//! ```
//! use call_core::{CallState, Claim};
//! assert_eq!(Claim::state(CallState::Hold).as_state(), Some(CallState::Hold));
//! assert_eq!(Claim::Exists.as_state(), None);
//! ```

use alloc::boxed::Box;

use crate::words::direction::Direction;
use crate::words::field::Field;
use crate::words::operation::{OperationReport, Tone};
use crate::words::participant::RosterReport;
use crate::words::result::ResultInfo;
use crate::words::state::CallState;
use crate::words::status::SharingReport;

/// What an observation claims about its call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum Claim {
    /// The call exists, and nothing more.
    Exists,
    /// The call is in this state.
    State {
        /// Which one.
        state: CallState,
        /// How what led to the state came out.
        result: Option<Box<ResultInfo>>,
    },
    /// Who called whom.
    Direction(Direction),
    /// Something that fits no lifecycle; it is reported and changes nothing.
    Oddity(Oddity),
    /// What the call's resource says beside its state.
    Field(Box<Field>),
    /// Who takes part in the call.
    Roster(Box<RosterReport>),
    /// What became of something that the call was asked to do.
    Operation(Box<OperationReport>),
    /// Whether content is shared.
    Sharing(Box<SharingReport>),
    /// Somebody pressed a key.
    Tone(Box<Tone>),
}

impl Claim {
    /// Claims a state without a result.
    #[must_use]
    pub const fn state(state: CallState) -> Self {
        Self::State { state, result: None }
    }

    /// Returns the state that is claimed, if one is.
    #[must_use]
    pub const fn as_state(&self) -> Option<CallState> {
        if let Self::State { state, .. } = self { Some(*state) } else { None }
    }
}

/// What is reported, but never believed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum Oddity {
    /// A state that no lifecycle knows, verbatim.
    UnrecognizedState(Box<str>),
    /// The path names one call, the resource inside another.
    IdMismatch(Box<str>),
    /// A resource of a kind that is not known: its type or path, verbatim.
    UnknownResource(Box<str>),
}
