//! The states of a call, and the phases that a call can never go back on.

use core::fmt;

/// What a call is doing ("call resource type", property `state`, v1.0 reference).
///
/// ```
/// use call_core::{CallState, Phase};
/// assert_eq!(CallState::from_word("TransferAccepted"), Some(CallState::TransferAccepted));
/// assert_eq!(CallState::Hold.phase(), Phase::Connected);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum CallState {
    /// Somebody calls the bot, which has not answered.
    Incoming,
    /// The bot sends an incoming call on to somebody else.
    Redirecting,
    /// The call is being set up.
    Establishing,
    /// The callee's devices ring.
    Ringing,
    /// The parties are connected.
    Established,
    /// Connected, but on hold.
    Hold,
    /// Connected, and being handed to another party.
    Transferring,
    /// The other party took the transfer.
    TransferAccepted,
    /// The call is being taken down.
    Terminating,
    /// The call is over, for good.
    Terminated,
}

/// What a call can never go back on: the strongly connected components of its lifecycle.
///
/// Only [`Phase::Connected`] holds a cycle; every other phase is one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// `incoming`
    Incoming,
    /// `redirecting`
    Redirecting,
    /// `establishing`
    Establishing,
    /// `ringing`
    Ringing,
    /// `established`, `hold`, `transferring`, `transferAccepted`
    Connected,
    /// `terminating`
    Terminating,
    /// `terminated`
    Terminated,
}

impl CallState {
    /// Every state, in the order of the lifecycle.
    pub const ALL: [Self; 10] = [
        Self::Incoming,
        Self::Redirecting,
        Self::Establishing,
        Self::Ringing,
        Self::Established,
        Self::Hold,
        Self::Transferring,
        Self::TransferAccepted,
        Self::Terminating,
        Self::Terminated,
    ];

    /// Returns the API's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Incoming => "incoming",
            Self::Redirecting => "redirecting",
            Self::Establishing => "establishing",
            Self::Ringing => "ringing",
            Self::Established => "established",
            Self::Hold => "hold",
            Self::Transferring => "transferring",
            Self::TransferAccepted => "transferAccepted",
            Self::Terminating => "terminating",
            Self::Terminated => "terminated",
        }
    }

    /// Reads the API's word in any case; `None` if it is no state that is known here.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str().eq_ignore_ascii_case(word))
    }

    /// Returns whether only an incoming call goes through the state.
    pub(crate) const fn is_for_incoming(self) -> bool {
        matches!(self, Self::Incoming | Self::Redirecting)
    }

    /// Returns the phase that the state belongs to.
    #[must_use]
    pub const fn phase(self) -> Phase {
        match self {
            Self::Incoming => Phase::Incoming,
            Self::Redirecting => Phase::Redirecting,
            Self::Establishing => Phase::Establishing,
            Self::Ringing => Phase::Ringing,
            Self::Established | Self::Hold | Self::Transferring | Self::TransferAccepted => Phase::Connected,
            Self::Terminating => Phase::Terminating,
            Self::Terminated => Phase::Terminated,
        }
    }
}

impl fmt::Display for CallState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Phase {
    /// Returns the name of the phase's only state, or `connected`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Incoming => "incoming",
            Self::Redirecting => "redirecting",
            Self::Establishing => "establishing",
            Self::Ringing => "ringing",
            Self::Connected => "connected",
            Self::Terminating => "terminating",
            Self::Terminated => "terminated",
        }
    }
}
