//! Responses of the service, as they came.

use std::sync::Arc;
use std::time::Duration;

use call_core::CallId;

/// A response of the service.
#[derive(Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Response {
    /// Status code.
    pub status: u16,
    /// Header `Location`.
    pub location: Option<String>,
    /// Header `Retry-After`.
    pub retry_after: Option<Duration>,
    /// Header `request-id`: the id that the service gave the request.
    pub request_id: Option<String>,
    /// Permissions (`roles`) in the token of the request; `None` if they are unknown.
    pub granted: Option<Vec<String>>,
    /// Body.
    pub body: Arc<[u8]>,
}

/// A successful response.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reply {
    /// The created call, or the call of the request; `None` if the request is not about a call.
    pub call: Option<CallId>,
    /// Body.
    pub body: Arc<[u8]>,
}

impl Response {
    /// Returns a response without headers and without a body.
    #[must_use]
    pub fn new(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// Returns the response with a body.
    #[must_use]
    pub fn with_body(self, body: impl Into<Arc<[u8]>>) -> Self {
        Self { body: body.into(), ..self }
    }
}

impl std::fmt::Debug for Response {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Response").field("status", &self.status).field("bytes", &self.body.len()).finish()
    }
}

impl Reply {
    /// Returns the response with another body: a list with all its pages.
    #[must_use]
    pub fn with_body(self, body: impl Into<Arc<[u8]>>) -> Self {
        Self { body: body.into(), ..self }
    }
}

impl std::fmt::Debug for Reply {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reply").field("call", &self.call).field("bytes", &self.body.len()).finish()
    }
}
