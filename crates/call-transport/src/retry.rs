//! A transport that retries requests if that is safe.

use std::time::Duration;

use async_trait::async_trait;
use call_msgraph::Request;
use tokio::time::{Instant, sleep};

use crate::error::{Retry, SendError};
use crate::response::Reply;
use crate::transport::Transport;

/// Settings of retries.
#[derive(Debug, Clone, Copy)]
pub struct RetrySettings {
    /// Maximum number of attempts, at least 1. Default: 4.
    pub max_attempts: u32,
    /// Maximum wait before the second attempt. The maximum doubles with each attempt. The wait is random between zero and the
    /// maximum, so that requests that failed together are not retried together. Default: 0.5 s.
    pub first_wait: Duration,
    /// Maximum wait. If the service asks for a longer one, there is no retry. Default: 15 s.
    pub max_wait: Duration,
    /// Time after which no attempt begins. Default: 30 s.
    pub max_elapsed: Duration,
}

/// A transport that retries the requests of another one, if that is safe: if [`SendError::retry`] says so, or if the request is
/// idempotent ([`RequestSpec::is_idempotent`](call_msgraph::RequestSpec::is_idempotent)). It never retries a create whose outcome is
/// unknown.
///
/// It honours `Retry-After`.
#[derive(Debug, Clone)]
pub struct Retrying<T> {
    transport: T,
    settings: RetrySettings,
}

impl Default for RetrySettings {
    fn default() -> Self {
        Self {
            max_attempts: 4,
            first_wait: Duration::from_millis(500),
            max_wait: Duration::from_secs(15),
            max_elapsed: Duration::from_secs(30),
        }
    }
}

impl<T: Transport> Retrying<T> {
    /// Returns a transport that retries the requests of another one.
    #[must_use]
    pub const fn new(transport: T, settings: RetrySettings) -> Self {
        Self { transport, settings }
    }

    /// Returns the wait before the attempt with this number; `None` for no further attempt.
    fn wait(&self, request: &Request, error: &SendError, attempt: u32) -> Option<Duration> {
        let settings = &self.settings;
        if attempt > settings.max_attempts {
            return None;
        }
        let doubled = settings.first_wait.saturating_mul(1 << attempt.saturating_sub(2).min(16));
        let drawn = doubled.min(settings.max_wait).mul_f64(fastrand::f64());
        match error.retry() {
            Retry::Safe => Some(drawn),
            // Requests that are throttled for the same time must not be retried at the same instant.
            Retry::SafeAfter(time) if time <= settings.max_wait => Some(time + drawn),
            Retry::IfIdempotent if request.spec().is_idempotent => Some(drawn),
            Retry::SafeAfter(_) | Retry::IfIdempotent | Retry::Never => None,
        }
    }
}

#[async_trait]
impl<T: Transport> Transport for Retrying<T> {
    async fn send(&self, request: &Request) -> Result<Reply, SendError> {
        let ends = Instant::now() + self.settings.max_elapsed;
        let mut attempt = 1;
        loop {
            let error = match self.transport.send(request).await {
                Ok(reply) => return Ok(reply),
                Err(error) => error,
            };
            attempt += 1;
            let Some(wait) = self.wait(request, &error, attempt) else { return Err(error) };
            if Instant::now() + wait > ends {
                return Err(error);
            }
            let labels = [("request", request.spec().name), ("reason", error.name())];
            metrics::counter!("call_transport_retries_total", &labels).increment(1);
            tracing::debug!(request = request.spec().name, attempt, wait_ms = wait.as_millis(), %error, "retrying a request");
            sleep(wait).await;
        }
    }
}
