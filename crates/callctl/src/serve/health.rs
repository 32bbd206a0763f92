//! Health checks and metrics.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use metrics::gauge;

use crate::serve::sidecar::Sidecar;

pub(super) fn routes(sidecar: Sidecar) -> Router {
    Router::new()
        .route("/healthz", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(render))
        .with_state(sidecar)
}

/// Returns whether deliveries are accepted.
async fn ready(State(sidecar): State<Sidecar>) -> impl IntoResponse {
    if sidecar.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    if !sidecar.engine.is_ready() {
        return (StatusCode::SERVICE_UNAVAILABLE, "the journal cannot be written, so nothing is acknowledged\n");
    }
    (StatusCode::OK, "ready\n")
}

/// Returns the metrics in the text format of Prometheus.
async fn render(State(sidecar): State<Sidecar>) -> impl IntoResponse {
    let counts = sidecar.engine.counts().await;
    let figures = [
        ("call_engine_calls", counts.calls as u64),
        ("call_engine_calls_foreign", counts.foreign as u64),
        ("call_engine_calls_ended", counts.ended as u64),
        ("call_engine_calls_evicted_foreign", counts.evicted_foreign),
        ("call_engine_calls_evicted_ended", counts.evicted_ended),
        ("call_engine_observations_too_late", counts.too_late),
        ("call_engine_observations_evicted", counts.evicted),
    ];
    for (name, figure) in figures {
        // Exact up to 2^53.
        #[expect(clippy::cast_precision_loss, reason = "see above")]
        gauge!(name).set(figure as f64);
    }
    sidecar.metrics.run_upkeep();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], sidecar.metrics.render())
}
