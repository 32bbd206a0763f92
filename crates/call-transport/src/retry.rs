use std::time::Duration;

use async_trait::async_trait;
use call_msgraph::Request;
use tokio::time::{Instant, sleep};

use crate::error::{Repeat, SendError};
use crate::reply::Reply;
use crate::transport::Transport;

/// How often to repeat what may be repeated.
#[derive(Debug, Clone, Copy)]
pub struct RetrySettings {
    /// How often a request is sent at most, at least 1.
    pub attempts: u32,
    /// How long to wait before the second attempt at most; each wait after it may be twice as long. The real one is drawn
    /// between nothing and this, so that many that failed together do not come back together.
    pub first_wait: Duration,
    /// How long to wait at most. A service that wants to be left alone for longer is not asked again.
    pub longest_wait: Duration,
    /// After this time no attempt begins.
    pub within: Duration,
}

/// A transport that repeats the requests of another one that may be repeated: those that were not sent or not carried out, and
/// those that have the same effect when they are carried out twice ([`SendError::repeat`],
/// [`RequestSpec::may_be_repeated`](call_msgraph::RequestSpec::may_be_repeated)). A create whose outcome is unknown is never
/// repeated.
///
/// The service's `Retry-After` is honoured.
#[derive(Debug, Clone)]
pub struct Retrying<T> {
    transport: T,
    settings: RetrySettings,
}

impl Default for RetrySettings {
    /// 4 attempts, waits of at most 0.5, 1 and 2 s, or as long as the service wants up to 15 s; nothing begins after 30 s.
    fn default() -> Self {
        Self {
            attempts: 4,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(15),
            within: Duration::from_secs(30),
        }
    }
}

impl<T: Transport> Retrying<T> {
    /// Repeats what goes through a transport.
    #[must_use]
    pub const fn new(transport: T, settings: RetrySettings) -> Self {
        Self { transport, settings }
    }

    /// Returns how long to wait after an error before the attempt of this number; `None` if there is to be none.
    fn wait(&self, request: &Request, error: &SendError, attempt: u32) -> Option<Duration> {
        let settings = &self.settings;
        if attempt > settings.attempts {
            return None;
        }
        let doubled = settings.first_wait.saturating_mul(1 << attempt.saturating_sub(2).min(16));
        let drawn = doubled.min(settings.longest_wait).mul_f64(fastrand::f64());
        match error.repeat() {
            Repeat::Safe => Some(drawn),
            // Those that are told the same time do not come back at the same time.
            Repeat::SafeAfter(time) if time <= settings.longest_wait => Some(time + drawn),
            Repeat::IfHarmless if request.spec().may_be_repeated => Some(drawn),
            Repeat::SafeAfter(_) | Repeat::IfHarmless | Repeat::Useless => None,
        }
    }
}

#[async_trait]
impl<T: Transport> Transport for Retrying<T> {
    async fn send(&self, request: &Request) -> Result<Reply, SendError> {
        let ends = Instant::now() + self.settings.within;
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
            tracing::debug!(request = request.spec().name, attempt, ?wait, %error, "trying again");
            sleep(wait).await;
        }
    }
}
