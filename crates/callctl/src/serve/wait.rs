//! How long a request waits for the outcome of an operation.

use std::time::Duration;

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use call_engine::Started;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;

use crate::serve::problem::Problem;
use crate::serve::query::invalid;
use crate::times::duration;

/// Query of an operation.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct WaitQuery {
    /// How long to wait for the outcome.
    wait: Option<String>,
    /// How long the operation takes, such as the length of all prompts.
    lasts: Option<String>,
}

/// What the query of an operation asks for.
#[derive(Clone, Copy, Default)]
pub(super) struct Patience {
    pub(super) wait: Option<Duration>,
    pub(super) lasts: Option<Duration>,
}

/// The longest wait. A client that wants to know more waits again.
const LONGEST: Duration = Duration::from_secs(300);

impl Patience {
    /// Reads the query.
    pub(super) fn read(query: Result<Query<WaitQuery>, QueryRejection>) -> Result<Self, Problem> {
        let Query(WaitQuery { wait, lasts }) = query.map_err(|rejection| invalid(rejection.body_text()))?;
        let read = |name: &str, text: Option<String>| {
            text.map(|text| duration(&text).map_err(|expected| invalid(format!("{name}: {expected}")))).transpose()
        };
        let wait = read("wait", wait)?.map(|wait| wait.min(LONGEST));
        Ok(Self { wait, lasts: read("lasts", lasts)? })
    }

    /// Waits until the operation has ended, the wait is over, or the sidecar stops.
    pub(super) async fn outcome(self, started: &Started, stopping: &CancellationToken) {
        let Some(wait) = self.wait else { return };
        tokio::select! {
            () = stopping.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
            _ = started.finished() => {}
        }
    }
}
