//! What comes out of a call: what is now known of it, and what the host should do.
//!
//! ```
//! use call_core::{Call, CallState, Change, Config, Event, Input, Observation, Output, Timestamp};
//! let mut call = Call::new(Config::default());
//! let now = Timestamp::from_millis(0);
//! call.handle(Observation::notified(now, CallState::Establishing), now);
//! let Some(Output::Event(Event::Changed(Change::Entered { at: 0, step }))) = call.poll_output() else { panic!() };
//! assert_eq!(step.state, CallState::Establishing);
//! ```

use core::fmt;

use crate::feed::change::Change;
use crate::words::observation::Receipt;
use crate::words::result::ResultInfo;
use crate::words::time::Timestamp;

/// What the host should publish, or do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub enum Output {
    /// Something to tell whoever watches the call.
    Event(Event),
    /// Something to do.
    Action(Action),
}

/// What is now known of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase", rename_all_fields = "camelCase"))]
#[non_exhaustive]
pub enum Event {
    /// Its timeline changed.
    Changed(Change),
    /// It is over, however that became known. This is told exactly once, after the changes that show it.
    Ended {
        /// The first receipt that says so; its source tells whether that was a notification, a snapshot or a 404.
        how_known: Receipt,
        /// How it ended, as far as is known by then. What is learnt later comes as [`Change::ResultChanged`].
        result: Option<ResultInfo>,
    },
    /// It was not kept alive, though that was asked for: the service will end it.
    EndsUnlessKeptAlive {
        /// When, by the reference.
        at: Timestamp,
    },
    /// Something came of a call that was forgotten already. It changes nothing.
    TooLate(Receipt),
}

/// What the host should do about a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub enum Action {
    /// GET the call, and hand in what comes back as a snapshot, or as gone, with the time when it was asked.
    ///
    /// If nothing comes back, nothing needs to be handed in: it will be asked for again.
    Probe(ProbeReason),
    /// GET the call's participants, for a report of them is missing, and hand in what comes back as a snapshot.
    ListParticipants,
    /// Keep the call alive, and hand in the reply as accepted, or as gone.
    KeepAlive,
    /// Let go of what is held for the call. Nothing more comes of it.
    Forget(ForgetReason),
}

/// Why a call should be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub enum ProbeReason {
    /// It may be in one state or in another, and only a snapshot can tell.
    Ambiguous,
    /// One notification alone says that the call changed, and it may have been late.
    Unconfirmed,
    /// Nothing was reported of the call for long: its end, or what came before it, may have been missed.
    Silence,
}

/// Why a call should be forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub enum ForgetReason {
    /// It ended, and its grace period is over.
    Ended,
    /// It ended, and so many others did that it cannot be kept longer.
    TooManyEnded,
    /// Nobody created or answered it here, and of too many such calls it is the one heard of longest ago.
    TooManyForeign,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(change) => write!(f, "{change}"),
            Self::Ended { how_known, result: Some(result) } => write!(f, "ended with {result}, known by {how_known}"),
            Self::Ended { how_known, result: None } => write!(f, "ended, known by {how_known}"),
            Self::EndsUnlessKeptAlive { at } => write!(f, "ends at {at} unless it is kept alive"),
            Self::TooLate(receipt) => write!(f, "received too late: {receipt}"),
        }
    }
}

impl From<Event> for Output {
    fn from(event: Event) -> Self {
        Self::Event(event)
    }
}

impl From<Action> for Output {
    fn from(action: Action) -> Self {
        Self::Action(action)
    }
}
