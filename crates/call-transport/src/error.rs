//! The error of a request, with its retry rule.

use std::time::Duration;

use call_msgraph::{Explanation, PermissionHint, Problem, ServiceError};

use crate::response::Reply;

/// Any error, as the cause of another.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Returns why a body cannot be read, without any of its text.
fn why_strange(body: &[u8]) -> String {
    let bytes = body.len();
    match serde_json::from_slice::<serde_json::Value>(body) {
        Ok(_) => format!("it is JSON, but not what the reference describes ({bytes} bytes)"),
        Err(_) if body.is_empty() => "it is empty".to_owned(),
        Err(error) => format!("it is not JSON: {error} ({bytes} bytes)"),
    }
}

/// Returns an error with all of its causes.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text += &format!(": {error}");
        source = error.source();
    }
    text
}

/// Reason why a request failed. Its texts contain nothing private.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// The request was not sent.
    #[error("could not send the request; it is safe to retry")]
    NotSent(#[source] BoxError),
    /// The service refused the request. A retry fails too.
    #[error("the service refused the request with status {status}: {error}{}", reasons(error, *status, permissions.as_deref()))]
    Rejected {
        /// Status of the response.
        status: u16,
        /// Error in the body of the response.
        error: ServiceError,
        /// Permissions that the request needs, after a 403.
        permissions: Option<Box<PermissionHint>>,
    },
    /// The service throttled the request (429, or 503 with `Retry-After`).
    #[error("the service throttled the request; retry after {} s: {error}", retry_after.as_secs())]
    Throttled {
        /// Status of the response.
        status: u16,
        /// Time to wait before a retry.
        retry_after: Duration,
        /// Error in the body of the response.
        error: ServiceError,
    },
    /// The request is invalid, so it was not sent: the service would refuse it.
    #[error("the request was not sent, because the service would refuse it: {}", listed(_0))]
    Invalid(Vec<Problem>),
    /// The service accepted the request, and its response is not what the reference describes. The response is kept as it came.
    #[error("the service accepted the request, but its response cannot be read: {}", why_strange(&_0.body))]
    Strange(Reply),
    /// The outcome is unknown: no response was received in time, or one that does not show the outcome.
    #[error("no usable response was received, so the service may have carried out the request")]
    Uncertain(#[source] BoxError),
    /// The call does not exist, or has ended: the service's 404 to a request about the call itself. Or the request was not sent,
    /// because the host knows that the call has ended.
    #[error("the call has ended or does not exist: {0}")]
    Gone(ServiceError),
}

/// A response that does not show the outcome of its request, as the cause of [`SendError::Uncertain`].
#[derive(Debug, thiserror::Error)]
#[error("status {status}: {error}")]
pub(crate) struct Unclear {
    pub(crate) status: u16,
    pub(crate) error: ServiceError,
}

/// Whether a retry is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Retry {
    /// The request was not carried out. Retry it, at growing intervals.
    Safe,
    /// The request was not carried out. Retry it after this time.
    SafeAfter(Duration),
    /// The request may have been carried out. Retry it only if it is idempotent
    /// ([`RequestSpec::is_idempotent`](call_msgraph::RequestSpec::is_idempotent)).
    IfIdempotent,
    /// A retry gets the same response.
    Never,
}

/// Returns what a refusal means, and how a missing permission is granted.
fn reasons(error: &ServiceError, status: u16, permissions: Option<&PermissionHint>) -> String {
    let meaning = error.explanation(status).map(|known| &*known.meaning);
    match (meaning, permissions) {
        (Some(meaning), Some(hint)) => {
            let hint = hint.to_string();
            format!(": {meaning} {}{}", hint[..1].to_ascii_uppercase(), &hint[1..])
        }
        (Some(meaning), None) => format!(": {meaning}"),
        (None, Some(hint)) => format!("; {hint}"),
        (None, None) => String::new(),
    }
}

/// Lists problems in one line.
fn listed(problems: &[Problem]) -> String {
    let place = |problem: &Problem| match problem.path.as_str() {
        "" => problem.reason.clone(),
        path => format!("{}: {}", path.escape_debug(), problem.reason),
    };
    problems.iter().map(place).collect::<Vec<_>>().join("; ")
}

impl SendError {
    /// Returns whether a retry is safe, and when.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        match self {
            Self::NotSent(_) => Retry::Safe,
            Self::Throttled { retry_after, .. } => Retry::SafeAfter(*retry_after),
            Self::Uncertain(_) => Retry::IfIdempotent,
            Self::Rejected { .. } | Self::Gone(_) | Self::Invalid(_) | Self::Strange(_) => Retry::Never,
        }
    }

    /// Returns the error of the service, if it sent one.
    #[must_use]
    pub fn service_error(&self) -> Option<&ServiceError> {
        match self {
            Self::Rejected { error, .. } | Self::Throttled { error, .. } | Self::Gone(error) => Some(error),
            Self::Uncertain(cause) => cause.downcast_ref().map(|unclear: &Unclear| &unclear.error),
            Self::NotSent(_) | Self::Invalid(_) | Self::Strange(_) => None,
        }
    }

    /// Returns the status of the response, if one was received that is no success.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Rejected { status, .. } | Self::Throttled { status, .. } => Some(*status),
            Self::Gone(_) => Some(404),
            Self::Uncertain(cause) => cause.downcast_ref().map(|unclear: &Unclear| unclear.status),
            Self::NotSent(_) | Self::Invalid(_) | Self::Strange(_) => None,
        }
    }

    /// Returns what the error code of the service means, from the code book.
    #[must_use]
    pub fn explanation(&self) -> Option<&'static Explanation> {
        self.service_error()?.explanation(self.status()?)
    }

    /// Returns whether the response hints that the call has ended, without saying it: a 404 of something else, or 8528. A probe
    /// shows it.
    #[must_use]
    pub fn hints_at_end(&self) -> bool {
        matches!(self, Self::Rejected { status, error, .. } if *status == 404 || error.is_call_terminated())
    }

    /// Returns a word for logs and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NotSent(_) => "notSent",
            Self::Rejected { .. } => "rejected",
            Self::Throttled { .. } => "throttled",
            Self::Uncertain(_) => "uncertain",
            Self::Gone(_) => "gone",
            Self::Invalid(_) => "invalid",
            Self::Strange(_) => "strange",
        }
    }
}
