//! Refuses new requests while the sidecar finishes those in flight.

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::CONNECTION;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use tokio_util::sync::CancellationToken;

use crate::serve::hosts::is_webhook;
use crate::serve::problem::Problem;

/// Refuses requests to the webhook and to the API after `stopping` is cancelled. Health and metrics stay readable.
pub(super) async fn refuse_new(State(stopping): State<CancellationToken>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_work = is_webhook(path) || path.starts_with("/v1/");
    if !is_work || !stopping.is_cancelled() {
        return next.run(request).await;
    }
    let mut response = Problem::stopping().into_response();
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
