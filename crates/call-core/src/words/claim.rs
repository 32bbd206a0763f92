//! Claims about a call.
//!
//! ```
//! use call_core::{CallState, Claim};
//! assert_eq!(Claim::state(CallState::Hold).as_state(), Some(CallState::Hold));
//! assert_eq!(Claim::Exists.as_state(), None);
//! ```

use alloc::boxed::Box;
use core::fmt;

use crate::words::direction::Direction;
use crate::words::field::Field;
use crate::words::operation::{OperationReport, Tone};
use crate::words::participant::RosterReport;
use crate::words::result::ResultInfo;
use crate::words::state::CallState;
use crate::words::status::SharingReport;

/// What an observation says about its call. `Display` writes one line without private text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum Claim {
    /// The call exists, and nothing more.
    Exists,
    /// The call is in this state.
    State {
        /// The state.
        state: CallState,
        /// The result that was reported with the state.
        result: Option<Box<ResultInfo>>,
    },
    /// The direction of the call.
    Direction(Direction),
    /// Something that no lifecycle contains. It becomes an anomaly and changes no state.
    Oddity(Box<Oddity>),
    /// A field of the call resource other than its state.
    Field(Box<Field>),
    /// A report of the participants.
    Roster(Box<RosterReport>),
    /// A report of a media operation.
    Operation(Box<OperationReport>),
    /// A report of a content sharing session.
    Sharing(Box<SharingReport>),
    /// A key that was pressed.
    Tone(Box<Tone>),
}

impl Claim {
    /// Returns the claim of a state without a result.
    #[must_use]
    pub const fn state(state: CallState) -> Self {
        Self::State { state, result: None }
    }

    /// Returns the claimed state; `None` for any other claim.
    #[must_use]
    pub const fn as_state(&self) -> Option<CallState> {
        if let Self::State { state, .. } = self { Some(*state) } else { None }
    }
}

/// Something that no lifecycle contains. It becomes an anomaly.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum Oddity {
    /// An unknown word for a state, verbatim.
    UnrecognizedState(Box<str>),
    /// Id of another call: the resource contains it, but the path names this call.
    IdMismatch(Box<str>),
    /// Type or path of a resource of an unknown kind, verbatim.
    UnknownResource(Box<str>),
    /// An unknown word in a field whose words are known.
    UnrecognizedWord {
        /// Name of the field.
        field: Box<str>,
        /// The word, verbatim.
        word: Box<str>,
    },
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists => f.write_str("exists"),
            Self::State { state, result: None } => write!(f, "{state}"),
            Self::State { state, result: Some(result) } => write!(f, "{state} with result {result}"),
            Self::Direction(direction) => write!(f, "direction {direction}"),
            Self::Oddity(oddity) => write!(f, "{oddity}"),
            Self::Field(field) => write!(f, "field {field:?}"),
            Self::Roster(report) => write!(f, "{report}"),
            Self::Operation(report) => write!(f, "{report}"),
            Self::Sharing(report) => write!(f, "sharing {:?} {}", report.id, report.state),
            Self::Tone(tone) => write!(f, "tone {}", tone.sequence_id),
        }
    }
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnrecognizedState(word) => write!(f, "unknown call state {word:?}"),
            Self::IdMismatch(id) => write!(f, "the resource contains the id of another call: {id:?}"),
            Self::UnrecognizedWord { field, word } => write!(f, "{field}: {}", word.escape_debug()),
            Self::UnknownResource(kind) => write!(f, "resource of an unknown kind: {kind:?}"),
        }
    }
}
