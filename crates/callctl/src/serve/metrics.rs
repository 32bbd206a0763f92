//! The metrics of the sidecar: described, and present from the start.

use std::time::Duration;

use call_core::CallState;
use call_engine::Engine;
use call_engine::call_transport::BoxError;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

/// Kind of a metric.
#[derive(Clone, Copy)]
enum Kind {
    Counter,
    Gauge,
    /// Durations in seconds.
    Histogram,
}

/// All metrics: name, kind, and what it shows.
const METRICS: [(&str, Kind, &str); 25] = [
    ("call_webhook_posts_total", Kind::Counter, "Posts to the webhook, by the status of the response."),
    ("call_webhook_refused_total", Kind::Counter, "Posts that the webhook refused, by the reason."),
    ("call_webhook_key_failures_total", Kind::Counter, "Failed fetches of signing keys."),
    ("call_transport_retries_total", Kind::Counter, "Repeated requests to the service, by request and reason."),
    ("call_http_tokens_total", Kind::Counter, "Requests for access tokens, by outcome."),
    ("call_engine_requests_total", Kind::Counter, "Requests to the service, by request and outcome."),
    ("call_engine_request_seconds", Kind::Histogram, "Duration of requests to the service."),
    ("call_engine_deliveries_total", Kind::Counter, "Deliveries: posts, and responses about calls."),
    ("call_engine_events_total", Kind::Counter, "Events of calls."),
    ("call_engine_rejected_total", Kind::Counter, "Parts of deliveries that could not be read."),
    ("call_engine_journal_seconds", Kind::Histogram, "Duration of writes to the journal."),
    ("call_engine_busy_total", Kind::Counter, "Posts that were refused because too many were in flight."),
    ("call_engine_outcomes_total", Kind::Counter, "Ended operations, by outcome and by what it is known."),
    ("call_engine_join_timeouts_total", Kind::Counter, "Participants about whom the bot did not decide in time."),
    ("call_engine_incoming_missed_total", Kind::Counter, "Incoming calls that could not be offered to the bot."),
    ("call_engine_calls", Kind::Gauge, "Followed calls."),
    ("call_engine_calls_foreign", Kind::Gauge, "Followed calls that this bot did not create or answer."),
    ("call_engine_calls_ended", Kind::Gauge, "Followed calls that have ended."),
    ("call_engine_calls_by_state", Kind::Gauge, "Followed calls, by their present state."),
    ("call_engine_calls_evicted_foreign", Kind::Gauge, "Foreign calls that were evicted by the limits."),
    ("call_engine_calls_evicted_ended", Kind::Gauge, "Ended calls that were evicted by the limits."),
    ("call_engine_observations_too_late", Kind::Gauge, "Observations of forgotten calls."),
    ("call_engine_observations_evicted", Kind::Gauge, "Observations that were evicted by the limits."),
    ("call_engine_clock_drift_seconds", Kind::Gauge, "How far the sidecar's time is ahead of the machine's clock."),
    ("callctl_event_streams", Kind::Gauge, "Open event streams."),
];

/// Upper bounds of the durations, in seconds.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0];

/// Interval at which recorded durations are moved into the buckets. Until then they take memory.
const UPKEEP: Duration = Duration::from_secs(1);

/// Installs the recorder, with all metrics at zero.
pub(super) fn install() -> Result<PrometheusHandle, BoxError> {
    let handle = PrometheusBuilder::new().set_buckets(&BUCKETS)?.install_recorder()?;
    for (name, kind, help) in METRICS {
        match kind {
            Kind::Counter => describe_counter!(name, help),
            Kind::Gauge => describe_gauge!(name, help),
            Kind::Histogram => describe_histogram!(name, Unit::Seconds, help),
        }
    }
    describe_gauge!("callctl_build_info", "Always 1; the labels say what runs.");
    gauge!("callctl_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    begin();
    let upkeep = handle.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(UPKEEP).await;
            upkeep.run_upkeep();
        }
    });
    Ok(handle)
}

/// Sets each counter to zero, so that its first increase is seen. Those with labels begin with the values that alerts ask for.
fn begin() {
    const PLAIN: [&str; 7] = [
        "call_webhook_key_failures_total",
        "call_engine_deliveries_total",
        "call_engine_events_total",
        "call_engine_rejected_total",
        "call_engine_busy_total",
        "call_engine_join_timeouts_total",
        "call_engine_incoming_missed_total",
    ];
    for name in PLAIN {
        counter!(name).absolute(0);
    }
    for status in ["200", "202", "204", "400", "401", "404", "405", "408", "413", "415", "503"] {
        counter!("call_webhook_posts_total", "status" => status).absolute(0);
    }
    for reason in [
        "missing",
        "malformed",
        "unknownKey",
        "signature",
        "expired",
        "audience",
        "issuer",
        "tenant",
        "notJson",
        "busy",
    ] {
        counter!("call_webhook_refused_total", "reason" => reason).absolute(0);
    }
    for outcome in ["granted", "failed"] {
        counter!("call_http_tokens_total", "outcome" => outcome).absolute(0);
    }
    for request in ["create", "getCall", "keepAlive"] {
        for outcome in ["done", "gone", "notSent", "rejected", "throttled", "uncertain"] {
            counter!("call_engine_requests_total", "request" => request, "outcome" => outcome).absolute(0);
        }
    }
    for reason in ["notSent", "throttled", "uncertain"] {
        counter!("call_transport_retries_total", "request" => "getCall", "reason" => reason).absolute(0);
    }
    for outcome in ["completed", "failed", "unknown"] {
        counter!("call_engine_outcomes_total", "outcome" => outcome, "known_by" => "notification").absolute(0);
    }
}

/// Returns the metrics in the text format of Prometheus.
pub(super) async fn render(engine: &Engine, handle: &PrometheusHandle) -> String {
    let counts = engine.counts().await;
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
        gauge!(name).set(float(figure));
    }
    let states = engine.calls_by_state().await;
    for state in CallState::ALL {
        let calls = states.get(&state).copied().unwrap_or_default();
        gauge!("call_engine_calls_by_state", "state" => state.as_str()).set(float(calls as u64));
    }
    handle.run_upkeep();
    handle.render()
}

/// Exact up to 2^53.
#[expect(clippy::cast_precision_loss, reason = "see above")]
const fn float(figure: u64) -> f64 {
    figure as f64
}
