//! How the operations that the host requested ended.
//!
//! ```
//! use call_core::{Outcome, OperationEnd};
//! let end = OperationEnd::new(Outcome::Unknown, None);
//! assert_eq!(end.outcome.to_string(), "unknown");
//! ```

use alloc::boxed::Box;
use core::fmt;

use crate::rule::roster::Participant;
use crate::words::id::Id;
use crate::words::observation::Receipt;
use crate::words::operation::{OperationDetails, OperationKey};
use crate::words::requested::RequestedOperation;
use crate::words::result::ResultInfo;

/// How an operation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub enum Outcome {
    /// The operation succeeded.
    Completed,
    /// The operation failed, or was cancelled.
    Failed,
    /// The service refused the request, or it was not sent.
    NotStarted,
    /// The call ended before the operation was reported to have ended.
    CallEnded,
    /// Nothing was reported, and no probe could tell.
    Unknown,
}

/// The end of an operation. The first one that was learnt counts.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct OperationEnd {
    /// How the operation ended.
    pub outcome: Outcome,
    /// Result of the operation. If the call ended, or its end was awaited, this is the result of the call.
    pub result: Option<ResultInfo>,
    /// Other reported fields of the operation, such as the location of a recording.
    pub details: OperationDetails,
    /// The invited participants that were in the call.
    pub participants: Box<[Participant]>,
    /// The receipt that shows it; `None` if there is none.
    pub how_known: Option<Receipt>,
}

/// An operation that the host requested, as far as its fate is known.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct TrackedOperation {
    /// The request.
    pub requested: RequestedOperation,
    /// Id that the service assigned; `None` while it is unknown.
    pub id: Option<Id>,
    /// The end; `None` while it is unknown.
    pub end: Option<OperationEnd>,
}

impl OperationEnd {
    /// Returns an end without a result.
    #[must_use]
    pub fn new(outcome: Outcome, how_known: Option<Receipt>) -> Self {
        Self { outcome, result: None, details: OperationDetails::default(), participants: Box::default(), how_known }
    }
}

impl TrackedOperation {
    /// Returns the key of the operation: its id, or its client context until the id is known.
    #[must_use]
    pub fn key(&self) -> OperationKey {
        let context = || OperationKey::ClientContext(self.requested.client_context.clone());
        self.id.clone().map_or_else(context, OperationKey::Id)
    }

    /// Returns whether the operation has a key. Its client context stays a key after its id is known.
    #[must_use]
    pub fn has_key(&self, key: &OperationKey) -> bool {
        match key {
            OperationKey::Id(id) => self.id.as_ref() == Some(id),
            OperationKey::ClientContext(context) => self.requested.client_context == *context,
        }
    }
}

impl Outcome {
    /// Returns the word of the command line's contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::NotStarted => "notStarted",
            Self::CallEnded => "callEnded",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for TrackedOperation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "operation {} {:?}", self.key(), self.requested.kind)?;
        let Some(end) = &self.end else { return f.write_str(" is open") };
        write!(f, " ended: {}", end.outcome)?;
        end.result.as_ref().map_or(Ok(()), |result| write!(f, " with result {result}"))
    }
}
