//! The commands that the service accepts for a call, and the states that they lead to.
//!
//! ```
//! use call_core::{CallState, Command};
//! assert_eq!(Command::HangUp.leads_to(), Some(CallState::Terminating));
//! assert_eq!(Command::Other.leads_to(), None);
//! ```

use core::fmt;

use crate::words::state::CallState;

/// A command for a call. Some accepted commands claim a state.
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
    /// Redirect an incoming call to another party.
    Redirect,
    /// Transfer the call to another party.
    Transfer,
    /// End the call.
    HangUp,
    /// Keep the call alive.
    KeepAlive,
    /// Any other command. It claims no state.
    Other,
}

impl Command {
    /// Every command, [`Command::Other`] last.
    const ALL: [Self; 7] =
        [Self::Answer, Self::Reject, Self::Redirect, Self::Transfer, Self::HangUp, Self::KeepAlive, Self::Other];

    /// Returns the word of the command line's contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Reject => "reject",
            Self::Redirect => "redirect",
            Self::Transfer => "transfer",
            Self::HangUp => "hangUp",
            Self::KeepAlive => "keepAlive",
            Self::Other => "other",
        }
    }

    /// Reads a word in upper or lower case. Every word that is not listed here is [`Command::Other`].
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(word)).unwrap_or(Self::Other)
    }

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

    /// Returns whether the command is only possible for an incoming call.
    #[must_use]
    pub const fn is_for_incoming(self) -> bool {
        match self {
            Self::Answer | Self::Reject | Self::Redirect => true,
            Self::Transfer | Self::HangUp | Self::KeepAlive | Self::Other => false,
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
