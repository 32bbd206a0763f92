//! What the service can be asked to do with a call, and which state that leads to.
//!
//! ```
//! use call_core::{CallState, Command};
//! assert_eq!(Command::HangUp.leads_to(), Some(CallState::Terminating));
//! assert_eq!(Command::Other.leads_to(), None);
//! ```

use crate::words::state::CallState;

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
