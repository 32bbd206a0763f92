use std::time::Duration;

use call_msgraph::ServiceError;

/// Any error, as the cause of another.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a request did not bring what it was sent for. No text of it holds anything private.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SendError {
    /// It never left: the service knows nothing of it.
    #[error("could not send the request")]
    NotSent(#[source] BoxError),
    /// The service will not do it, however often it is asked.
    #[error("refused with status {status}: {error}")]
    Rejected {
        /// The status of the response.
        status: u16,
        /// Why.
        error: ServiceError,
    },
    /// The service did not do it, for it has too much to do (429, or 503 with `Retry-After`).
    #[error("the service has too much to do, and may be asked again in {} s: {error}", retry_after.as_secs())]
    Throttled {
        /// How long to wait.
        retry_after: Duration,
        /// Why.
        error: ServiceError,
    },
    /// It was sent, and nobody knows whether it was done: there was no response in time, or one that tells nothing.
    #[error("sent, but it is not known whether it was done")]
    Uncertain(#[source] BoxError),
    /// There is no such call, or no more (404).
    #[error("the call has ended, or never was: {0}")]
    Gone(ServiceError),
}

/// Whether a request may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Repeat {
    /// It was not done: send it again, at growing intervals.
    Safe,
    /// It was not done: send it again after this time.
    SafeAfter(Duration),
    /// It may have been done: send it again if that does no harm
    /// ([`RequestSpec::may_be_repeated`](call_msgraph::RequestSpec::may_be_repeated)).
    IfHarmless,
    /// The answer will be the same.
    Useless,
}

impl SendError {
    /// Returns whether the request may be sent again.
    #[must_use]
    pub const fn repeat(&self) -> Repeat {
        match self {
            Self::NotSent(_) => Repeat::Safe,
            Self::Throttled { retry_after, .. } => Repeat::SafeAfter(*retry_after),
            Self::Uncertain(_) => Repeat::IfHarmless,
            Self::Rejected { .. } | Self::Gone(_) => Repeat::Useless,
        }
    }

    /// Returns a word for it that holds nothing private: for logs and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NotSent(_) => "notSent",
            Self::Rejected { .. } => "rejected",
            Self::Throttled { .. } => "throttled",
            Self::Uncertain(_) => "uncertain",
            Self::Gone(_) => "gone",
        }
    }
}
