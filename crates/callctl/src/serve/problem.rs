//! Error responses.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use call_engine::call_msgraph::Problem as Refusal;
use call_engine::call_transport::{Retry, SendError};
use serde::{Serialize, Serializer};

use crate::terminal::chain;

/// A problem (RFC 9457), with whether a retry is safe.
#[derive(Serialize)]
pub(super) struct Problem {
    #[serde(serialize_with = "as_number")]
    status: StatusCode,
    title: &'static str,
    detail: String,
    /// Whether a retry is safe.
    retry: bool,
    #[serde(skip)]
    retry_after: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<Place>,
}

/// A problem in a part of a request.
#[derive(Serialize)]
struct Place {
    path: String,
    reason: String,
}

impl Problem {
    pub(super) fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        let retry = status.is_server_error();
        Self { status, title, detail: detail.into(), retry, retry_after: None, problems: Vec::new() }
    }

    pub(super) fn no_such_call() -> Self {
        let detail = "no call with this id is followed; it does not exist, or was forgotten after its end";
        Self::new(StatusCode::NOT_FOUND, "call not found", detail)
    }

    pub(super) fn stopping() -> Self {
        let stopping = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "the sidecar is stopping",
            "no new requests are accepted; retry in a moment",
        );
        Self { retry_after: Some(2), ..stopping }
    }

    /// Returns the problem of an invalid create request.
    pub(super) fn refused(refusals: Vec<Refusal>) -> Self {
        let detail = "the service would refuse the request, so it was not sent; see `problems`";
        let places = refusals.into_iter().map(|Refusal { path, reason, .. }| Place { path, reason });
        Self {
            problems: places.collect(),
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid create request", detail)
        }
    }

    /// Returns the problem of a failed request to the service.
    pub(super) fn of(error: &SendError) -> Self {
        let (status, title) = match error {
            SendError::Gone(_) => (StatusCode::GONE, "the call has ended"),
            SendError::Rejected { .. } => (StatusCode::BAD_GATEWAY, "the service refused the request"),
            SendError::Throttled { .. } => (StatusCode::SERVICE_UNAVAILABLE, "the service throttled the request"),
            SendError::Uncertain(_) => (StatusCode::GATEWAY_TIMEOUT, "the outcome of the request is unknown"),
            SendError::NotSent(_) | _ => (StatusCode::BAD_GATEWAY, "the request was not sent"),
        };
        let rule = error.retry();
        let retry_after = if let Retry::SafeAfter(pause) = rule { Some(pause.as_secs().max(1)) } else { None };
        let retry = matches!(rule, Retry::Safe | Retry::SafeAfter(_));
        Self { retry, retry_after, ..Self::new(status, title, chain(error)) }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, retry_after) = (self.status, self.retry_after);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

fn as_number<S: Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}
