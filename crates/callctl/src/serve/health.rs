//! Health checks and metrics.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;

use crate::serve::metrics::render;
use crate::serve::parts::Part;
use crate::serve::sidecar::Sidecar;

pub(super) fn routes(sidecar: Sidecar) -> Router {
    Router::new()
        .route("/healthz", get(async |State(sidecar): State<Sidecar>| report("alive", "dead", sidecar.parts.vital())))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(sidecar)
}

/// Returns whether deliveries are accepted and requests can be sent.
async fn ready(State(sidecar): State<Sidecar>) -> impl IntoResponse {
    let mut parts = sidecar.parts.needed();
    parts.extend(sidecar.stopping.is_cancelled().then(Part::stopping));
    report("ready", "notReady", parts)
}

/// Returns the state of the parts, each with the reason why it does not work.
pub(super) fn report(good: &'static str, bad: &'static str, parts: Vec<Part>) -> impl IntoResponse {
    let is_good = parts.iter().all(|part| part.ok);
    let (status, word) = if is_good { (StatusCode::OK, good) } else { (StatusCode::SERVICE_UNAVAILABLE, bad) };
    (status, Json(json!({ "status": word, "parts": parts })))
}

/// Returns the metrics in the text format of Prometheus.
async fn metrics(State(sidecar): State<Sidecar>) -> impl IntoResponse {
    let text = render(&sidecar.engine, &sidecar.metrics).await;
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text)
}
