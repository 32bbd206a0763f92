//! The outputs of a call: events to publish, and actions to carry out.
//!
//! ```
//! use call_core::{Call, CallState, Change, Config, Event, Input, Observation, Output, Timestamp};
//! let mut call = Call::new(Config::default());
//! let now = Timestamp::from_millis(0);
//! call.handle(Observation::notified(now, CallState::Establishing), now);
//! let Some(Output::Event(Event::Changed(Change::Entered { at: 0, step }))) = call.poll_output() else { panic!() };
//! assert_eq!(step.state, CallState::Establishing);
//! ```

use alloc::boxed::Box;
use core::fmt;

use crate::feed::change::Change;
use crate::rule::outcome::TrackedOperation;
use crate::words::observation::Receipt;
use crate::words::operation::OperationKey;
use crate::words::result::ResultInfo;
use crate::words::time::Timestamp;

/// An output: something to publish or to do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub enum Output {
    /// An event for subscribers of the call.
    Event(Event),
    /// An action for the host.
    Action(Action),
}

/// Something new about a call. `Display` writes one line without private text.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase", rename_all_fields = "camelCase"))]
#[non_exhaustive]
pub enum Event {
    /// The timeline changed.
    Changed(Change),
    /// The call ended. Occurs once at most, after the changes that show the end.
    ///
    /// While a single 404 claims the end, the event waits for certainty. If no probe is left to gain it, the end is assumed, although
    /// the timeline still shows the alternatives.
    Ended {
        /// First receipt that shows the end: a notification, a snapshot or a 404.
        how_known: Receipt,
        /// Result of the call, if it is known. A later result causes [`Change::ResultChanged`].
        result: Option<ResultInfo>,
    },
    /// An operation that the host requested has ended. Occurs once for each.
    OperationEnded(Box<TrackedOperation>),
    /// The host was asked to keep the call alive, but no keep-alive was accepted. The service will end the call.
    EndsUnlessKeptAlive {
        /// Instant at which the service ends the call, according to its reference.
        at: Timestamp,
    },
    /// An observation of a call that was already forgotten. It has no effect.
    TooLate(Receipt),
}

/// A request to the host.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub enum Action {
    /// GET the call, and pass in the response as a snapshot, or as gone after a 404, with the time at which the request was sent.
    ///
    /// After a failed request, pass in nothing: the core asks again.
    Probe(ProbeReason),
    /// GET the participants of the call, because a report is missing, and pass in the response as a snapshot.
    ListParticipants,
    /// Find out what became of an operation, because its outcome is overdue, and pass in the response as a snapshot.
    ///
    /// After a failed request, pass in nothing: the core asks again.
    ProbeOperation {
        /// Key of the operation.
        key: OperationKey,
        /// What to GET.
        by: OperationProbe,
    },
    /// Keep the call alive, and pass in the response as accepted, or as gone after a 404.
    KeepAlive,
    /// Discard what the host holds for the call. This is the last output of the call.
    Forget(ForgetReason),
}

/// What to GET to learn how an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub enum OperationProbe {
    /// The operation. The key is its id.
    Operation,
    /// The participants of the call.
    Participants,
    /// The call.
    Call,
}

/// Reason for a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub enum ProbeReason {
    /// The present is ambiguous, and only a snapshot can decide.
    Ambiguous,
    /// A single notification reports the last change, and it may have been late.
    Unconfirmed,
    /// The service accepted a hang-up or reject, or a response hints at the end, but nothing shows that the call has ended.
    EndExpected,
    /// Nothing was reported for a long time, so a notification may have been lost.
    Silence,
}

/// Reason why a call is forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub enum ForgetReason {
    /// The call ended, and its grace period is over.
    Ended,
    /// The call ended, and was evicted because there are too many ended calls.
    TooManyEnded,
    /// The call is foreign, and was evicted because there are too many foreign calls.
    TooManyForeign,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(change) => write!(f, "{change}"),
            Self::Ended { how_known, result: Some(result) } => write!(f, "ended with {result}, known by {how_known}"),
            Self::Ended { how_known, result: None } => write!(f, "ended, known by {how_known}"),
            Self::OperationEnded(operation) => write!(f, "{operation}"),
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
