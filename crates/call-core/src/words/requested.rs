//! Operations that the host requests.
//!
//! ```
//! use call_core::{Awaited, RequestedOperation, Timestamp};
//! let play = RequestedOperation::new("playPrompt", "greeting-1", Awaited::Completion, Timestamp::from_millis(0));
//! assert_eq!(play.patience, None); // the setting decides when a missing completion is probed
//! ```

use alloc::boxed::Box;
use core::time::Duration;

use crate::words::participant::Identity;
use crate::words::time::Timestamp;

/// An operation that the host is about to request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub struct RequestedOperation {
    /// Name of the operation in the API: `playPrompt`, `transfer`, …
    pub kind: Box<str>,
    /// The `clientContext` of the request. It identifies the operation until its id is known, so it must be unique in its call.
    pub client_context: Box<str>,
    /// What shows the outcome.
    pub awaits: Awaited,
    /// Time after the request by which the outcome should be known; `None` uses
    /// [`Config::operation_patience`](crate::Config::operation_patience).
    pub patience: Option<Duration>,
    /// When the request was made.
    pub requested_at: Timestamp,
}

/// What shows the outcome of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum Awaited {
    /// A report that the operation has completed or failed.
    Completion,
    /// The same, or these parties among the participants.
    Participants(Box<[Identity]>),
    /// The state of the call after a transfer.
    Transfer,
    /// The end of the call.
    End,
}

impl RequestedOperation {
    /// Returns a request without a patience of its own.
    #[must_use]
    pub fn new(kind: &str, client_context: &str, awaits: Awaited, requested_at: Timestamp) -> Self {
        Self { kind: kind.into(), client_context: client_context.into(), awaits, patience: None, requested_at }
    }
}
