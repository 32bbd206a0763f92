//! What can be claimed about a call, and which commands claim what once they are accepted.
//!
//! ```
//! use call_core::{CallState, Command};
//! assert_eq!(Command::HangUp.leads_to(), Some(CallState::Terminating));
//! assert_eq!(Command::Other.leads_to(), None);
//! ```

use alloc::boxed::Box;
use core::fmt;

use crate::{CallState, Field, OperationReport, RosterReport, SharingReport, Tone};

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

/// Who called whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum Direction {
    /// Somebody called the bot.
    Incoming,
    /// The bot called.
    Outgoing,
}

impl Direction {
    /// Returns the API's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Incoming => "incoming",
            Self::Outgoing => "outgoing",
        }
    }

    /// Reads the API's word in any case; `None` if it is none that is known here.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Incoming, Self::Outgoing].into_iter().find(|known| known.as_str().eq_ignore_ascii_case(word))
    }
}

/// Why something ended: `code`, `subcode` and `message` of a `resultInfo`.
///
/// `Debug` hides the message, so that what is logged holds no phone number.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct ResultInfo {
    /// The outcome's class, modelled on HTTP statuses.
    pub code: Option<i64>,
    /// The outcome itself, to be read together with `code`.
    pub subcode: Option<i64>,
    /// The service's own words. They may hold a phone number.
    pub message: Option<Box<str>>,
}

impl fmt::Debug for ResultInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.message.as_ref().map(|_| format_args!("***"));
        let mut result = f.debug_struct("ResultInfo");
        result.field("code", &self.code).field("subcode", &self.subcode).field("message", &message).finish()
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

/// What the service can be asked to do with a call, as far as it claims something about it once it is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum Command {
    /// Answer an incoming call.
    Answer,
    /// Reject an incoming call.
    Reject,
    /// Send an incoming call on to somebody else.
    Redirect,
    /// Hand the call to another party.
    Transfer,
    /// End the call.
    HangUp,
    /// Keep the call alive.
    KeepAlive,
    /// Anything else: it leads to no state.
    Other,
}

impl Command {
    /// Returns the state that an accepted command leads to.
    #[must_use]
    pub const fn leads_to(self) -> Option<CallState> {
        match self {
            Self::Answer => Some(CallState::Establishing),
            Self::Redirect => Some(CallState::Redirecting),
            Self::Reject | Self::HangUp => Some(CallState::Terminating),
            Self::Transfer => Some(CallState::Transferring),
            Self::KeepAlive | Self::Other => None,
        }
    }

    /// Returns whether only an incoming call takes the command.
    #[must_use]
    pub const fn is_for_incoming(self) -> bool {
        match self {
            Self::Answer | Self::Reject | Self::Redirect => true,
            Self::Transfer | Self::HangUp | Self::KeepAlive | Self::Other => false,
        }
    }
}
