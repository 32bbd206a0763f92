//! What the sidecar does at intervals: it applies the retention, and watches the clock.

use std::time::Duration;

use call_engine::{Engine, Retention};

use crate::terminal::chain;

/// Difference to the machine's clock that is reported.
const LARGEST_DRIFT: Duration = Duration::from_secs(60);

/// Interval of the retention.
const RETENTION_INTERVAL: Duration = Duration::from_secs(3_600);

/// Logs when the clock of the machine is set while the sidecar runs.
pub(super) async fn watch_clock(engine: Engine) {
    let mut reported = Duration::ZERO;
    loop {
        let (ahead, behind) = engine.clock_drift();
        let drift = ahead.max(behind);
        metrics::gauge!("call_engine_clock_drift_seconds").set(ahead.as_secs_f64() - behind.as_secs_f64());
        if drift.abs_diff(reported) > LARGEST_DRIFT {
            reported = drift;
            tracing::warn!(
                ahead_seconds = ahead.as_secs(),
                behind_seconds = behind.as_secs(),
                "the clock of this machine was set, or the machine slept; new records keep the time since the start, and a restart follows the clock"
            );
        }
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
}

/// Applies the retention at intervals.
pub(super) async fn apply_retention(retention: Retention, engine: Engine) {
    loop {
        match engine.retain(&retention).await {
            Ok(retained) => {
                tracing::info!(
                    kept = retained.kept,
                    discarded = retained.discarded,
                    uncounted_seconds = retained.uncounted.as_secs(),
                    "retention applied to the journal"
                )
            }
            Err(error) => {
                tracing::warn!(
                    error = chain(&error),
                    "could not apply the retention to the journal; it is retried in an hour"
                )
            }
        }
        tokio::time::sleep(RETENTION_INTERVAL).await;
    }
}
