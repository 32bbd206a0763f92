//! Responses of the webhook.

use std::time::Duration;

use axum::body::Body;
use call_transport::IntakeAnswer;
use http::header::{ALLOW, CONTENT_TYPE, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, Response, StatusCode};

use crate::validation::denied::Denied;

/// Reason why the webhook refuses a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    Method,
    Path,
    Denied(Denied),
    Compressed,
    NotJson,
    Charset,
    TooLong,
    TooSlow,
    TooDeep,
    Torn,
    Busy(Duration),
    IntakeTooSlow(Duration),
}

impl Refusal {
    /// Returns a word for logs and metrics.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Method => "method",
            Self::Path => "path",
            Self::Denied(denied) => denied.name(),
            Self::Compressed => "compressed",
            Self::NotJson => "notJson",
            Self::Charset => "charset",
            Self::TooLong => "tooLong",
            Self::TooSlow => "tooSlow",
            Self::TooDeep => "tooDeep",
            Self::Torn => "torn",
            Self::Busy(_) => "busy",
            Self::IntakeTooSlow(_) => "intakeTooSlow",
        }
    }

    pub(super) fn response(self) -> Response<Body> {
        match self {
            Self::Method => with(StatusCode::METHOD_NOT_ALLOWED, ALLOW, HeaderValue::from_static("POST")),
            Self::Path => plain(StatusCode::NOT_FOUND),
            Self::Denied(Denied::Unavailable { retry_after } | Denied::UnknownKey { retry_after })
            | Self::Busy(retry_after)
            | Self::IntakeTooSlow(retry_after) => busy(retry_after),
            Self::Denied(Denied::Missing) => {
                with(StatusCode::UNAUTHORIZED, WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
            }
            Self::Denied(_) => {
                let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
                with(StatusCode::UNAUTHORIZED, WWW_AUTHENTICATE, challenge)
            }
            Self::Compressed | Self::NotJson | Self::Charset => plain(StatusCode::UNSUPPORTED_MEDIA_TYPE),
            Self::TooLong => plain(StatusCode::PAYLOAD_TOO_LARGE),
            Self::TooSlow => plain(StatusCode::REQUEST_TIMEOUT),
            Self::TooDeep | Self::Torn => plain(StatusCode::BAD_REQUEST),
        }
    }
}

/// Returns the response for the answer of an intake.
pub(super) fn response(answer: IntakeAnswer) -> Response<Body> {
    match answer {
        IntakeAnswer::Accepted => plain(StatusCode::ACCEPTED),
        IntakeAnswer::Reply(body) => {
            let mut response = Response::new(Body::from(body.to_vec()));
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response
        }
        IntakeAnswer::Redirected(location) => match HeaderValue::try_from(location) {
            Ok(location) => with(StatusCode::FOUND, LOCATION, location),
            Err(_) => {
                tracing::error!(
                    "the address of the other deployment is not a valid header value, so the post is answered with 503"
                );
                busy(Duration::from_secs(1))
            }
        },
        IntakeAnswer::SendAgain => plain(StatusCode::NO_CONTENT),
        IntakeAnswer::Unreadable => plain(StatusCode::BAD_REQUEST),
        IntakeAnswer::Busy { retry_after } => busy(retry_after),
        // With an unknown answer, the post may not be stored.
        _ => busy(Duration::from_secs(1)),
    }
}

fn busy(retry_after: Duration) -> Response<Body> {
    // Whole seconds, rounded up.
    let seconds = retry_after.as_secs().saturating_add(u64::from(retry_after.subsec_nanos() > 0)).max(1);
    with(StatusCode::SERVICE_UNAVAILABLE, RETRY_AFTER, seconds.into())
}

fn with(status: StatusCode, name: HeaderName, value: HeaderValue) -> Response<Body> {
    let mut response = plain(status);
    response.headers_mut().insert(name, value);
    response
}

fn plain(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
