//! What became of an operation.

use call_core::{OperationDetails, OperationEnd, Outcome, Participant, Receipt, Redacted, ResultInfo};
use call_msgraph::{explain, is_cancelled};

/// The end of an operation that succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finished {
    /// Result of the operation, if the service reported one. The result of a hang-up is that of the call.
    pub result: Option<ResultInfo>,
    /// Other reported fields of the operation, such as the location of a recording.
    pub details: OperationDetails,
    /// The invited participants that were in the call.
    pub participants: Box<[Participant]>,
    /// The receipt that shows the end: a notification, the response, or the response to a probe.
    pub how_known: Option<Receipt>,
}

/// A recording that ended. It is private data.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recording {
    /// Address of the recording. The service discards it shortly after the call.
    pub location: Option<Redacted>,
    /// Token with which the recording is fetched: `Authorization: Bearer`.
    pub access_token: Option<Redacted>,
    /// Result of the recording: 200/8515 if it ended at its longest duration.
    pub result: Option<ResultInfo>,
}

/// Parties that were invited and joined.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Joined {
    /// The participants, as far as the roster showed them.
    pub participants: Box<[Participant]>,
}

/// A transfer that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Transferred {
    /// Result of the call, if it has ended by now.
    pub result: Option<ResultInfo>,
}

/// The end of a call after a hang-up.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct HungUp {
    /// Result of the call, if it is known.
    pub result: Option<ResultInfo>,
}

/// Reason why an operation did not succeed, or why nobody knows whether it did.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OperationError {
    /// The operation failed.
    #[error("the operation failed with {}", told(result.as_ref(), *meaning))]
    Failed {
        /// Result of the operation.
        result: Option<ResultInfo>,
        /// What the result means.
        meaning: Option<&'static str>,
    },
    /// The operation was cancelled, by the host or by another operation that breaks in.
    #[error("the operation was cancelled")]
    Cancelled(ResultInfo),
    /// The call ended before the operation was reported to have ended. Contains the result of the call, if it is known.
    #[error("the call ended first, with {}", told(_0.as_ref(), None))]
    CallEnded(Option<ResultInfo>),
    /// The service refused the request, or it was not sent.
    #[error("the operation was not started")]
    NotStarted,
    /// Nothing was reported within the time that [`Config::operation_patience`](call_core::Config::operation_patience) describes, and no
    /// probe could tell. The operation may have succeeded, so do not repeat it blindly.
    #[error("nothing tells what became of the operation, so do not repeat it blindly")]
    Unknown,
    /// The engine forgot the call or the operation ([`Limits::operations`](call_core::Limits::operations)), or has stopped.
    #[error("the engine no longer follows the operation: it was forgotten, or the engine has stopped")]
    Unwatched,
}

/// What a host learns of an operation that succeeded: [`Finished`] and what is made of it.
pub trait OperationResult: From<Finished> {
    /// Whether the end of the call is what the host waits for.
    const AWAITS_THE_END: bool = false;
}

/// Reads the end of an operation as the host awaits it.
pub(crate) fn finished<T: OperationResult>(end: OperationEnd) -> Result<T, OperationError> {
    let OperationEnd { outcome, result, details, participants, how_known, .. } = end;
    match outcome {
        Outcome::Completed | Outcome::CallEnded if outcome == Outcome::Completed || T::AWAITS_THE_END => {
            Ok(Finished { result, details, participants, how_known }.into())
        }
        Outcome::Failed => Err(match result {
            Some(result) if is_cancelled(&result) => OperationError::Cancelled(result),
            result => OperationError::Failed { meaning: result.as_ref().and_then(meaning), result },
        }),
        Outcome::NotStarted => Err(OperationError::NotStarted),
        Outcome::CallEnded => Err(OperationError::CallEnded(result)),
        Outcome::Unknown | _ => Err(OperationError::Unknown),
    }
}

fn meaning(result: &ResultInfo) -> Option<&'static str> {
    explain(result.code?, result.subcode?).map(|known| &*known.meaning)
}

fn told(result: Option<&ResultInfo>, meaning: Option<&str>) -> String {
    let result = result.map_or_else(|| "no result".to_owned(), ToString::to_string);
    meaning.map_or_else(|| result.clone(), |meaning| format!("{result}: {meaning}"))
}

impl OperationResult for Finished {}

impl OperationResult for Recording {}

impl From<Finished> for Recording {
    fn from(finished: Finished) -> Self {
        let OperationDetails { recording_location, recording_access_token, .. } = finished.details;
        Self { location: recording_location, access_token: recording_access_token, result: finished.result }
    }
}

impl OperationResult for Joined {}

impl From<Finished> for Joined {
    fn from(finished: Finished) -> Self {
        Self { participants: finished.participants }
    }
}

impl OperationResult for Transferred {}

impl From<Finished> for Transferred {
    fn from(finished: Finished) -> Self {
        Self { result: finished.result }
    }
}

impl OperationResult for HungUp {
    const AWAITS_THE_END: bool = true;
}

impl From<Finished> for HungUp {
    fn from(finished: Finished) -> Self {
        Self { result: finished.result }
    }
}
