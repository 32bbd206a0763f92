//! The parts of a sidecar that work in the background, and whether they do.

use std::sync::Arc;
use std::time::Duration;

use call_engine::Engine;
use call_transport_http::{TokenProvider, TokenValidator};
use serde::Serialize;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::terminal::chain;

/// The parts of a sidecar.
pub(super) struct Parts {
    engine: Engine,
    /// The validator of notifications; `None` if every post is accepted.
    keys: Option<(Arc<TokenValidator>, JoinHandle<()>)>,
    token: watch::Receiver<Result<(), String>>,
    tokens: JoinHandle<()>,
}

/// State of a part.
#[derive(Serialize)]
pub(super) struct Part {
    name: &'static str,
    pub(super) ok: bool,
    /// Reason why it does not work.
    reason: Option<String>,
}

/// Time after which a working access token is asked for again. It is cached, and replaced before it expires.
const INTERVAL: Duration = Duration::from_secs(30);
/// Time after which the first failure is repeated.
const RETRY: Duration = Duration::from_secs(5);

impl Parts {
    /// Begins to fetch signing keys and access tokens, so that they are there when they are needed.
    pub(super) fn start(engine: Engine, keys: Option<Arc<TokenValidator>>, tokens: Arc<dyn TokenProvider>) -> Self {
        let keys = keys.map(|validator| {
            let keeping = Arc::clone(&validator);
            (validator, tokio::spawn(async move { keeping.keep_keys().await }))
        });
        let (sender, token) = watch::channel(Err("not obtained yet".to_owned()));
        Self { engine, keys, token, tokens: tokio::spawn(keep_token(tokens, sender)) }
    }

    /// Returns the parts without which the sidecar must be restarted.
    pub(super) fn vital(&self) -> Vec<Part> {
        let health = self.engine.health();
        let is_running = |task: &JoinHandle<()>| !task.is_finished();
        let mut parts = vec![
            Part::new("shards", health.shards_are_alive, "a shard panicked; restart the sidecar"),
            Part::new("journal", health.journal_is_alive, "the writer of the journal has ended; restart the sidecar"),
            Part::new(
                "tokens",
                is_running(&self.tokens),
                "the provider of access tokens panicked; restart the sidecar",
            ),
        ];
        if let Some((_, task)) = &self.keys {
            parts.push(Part::new(
                "keys",
                is_running(task),
                "the provider of signing keys panicked; restart the sidecar",
            ));
        }
        parts
    }

    /// Returns the parts without which nothing is accepted or sent.
    pub(super) fn needed(&self) -> Vec<Part> {
        let health = self.engine.health();
        let mut parts = self.vital();
        let of = |name, state: Result<(), String>| Part { name, ok: state.is_ok(), reason: state.err() };
        parts.push(of("journalWrites", health.journal_error.map_or(Ok(()), Err)));
        parts.push(of("accessToken", self.token.borrow().clone()));
        if let Some((validator, _)) = &self.keys {
            parts.push(of("signingKeys", validator.keys().map_err(|error| error.to_string())));
        }
        parts
    }
}

impl Part {
    /// Returns the state of a sidecar that restores its calls.
    pub(super) fn restoring(reason: &str) -> Self {
        Self::new("restored", false, reason)
    }

    /// Returns the state of a sidecar that is stopping.
    pub(super) fn stopping() -> Self {
        Self::new("running", false, "the sidecar is stopping")
    }

    fn new(name: &'static str, ok: bool, reason: &str) -> Self {
        Self { name, ok, reason: (!ok).then(|| reason.to_owned()) }
    }
}

/// Obtains access tokens, and reports whether there is one, without end.
async fn keep_token(tokens: Arc<dyn TokenProvider>, report: watch::Sender<Result<(), String>>) {
    let mut failures: u32 = 0;
    loop {
        let token = tokens.token().await;
        failures = if token.is_ok() { 0 } else { failures.saturating_add(1) };
        drop(report.send_replace(token.map(drop).map_err(|error| chain(&error))));
        let wait = match failures {
            0 => INTERVAL,
            repeated => RETRY.saturating_mul(1 << repeated.min(5).saturating_sub(1)).min(Duration::from_secs(60)),
        };
        tokio::time::sleep(wait).await;
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use call_engine::EngineSettings;
    use call_engine::call_journal::{Journal, JournalError, Page, Position};
    use call_engine::call_msgraph::{CallbackUri, Record};
    use call_transport_http::FixedToken;
    use call_transport_mock::{SimulatedService, SimulationSettings};

    use super::*;

    /// A journal whose writer has ended.
    struct Ended;

    #[async_trait]
    impl Journal for Ended {
        async fn append(&self, _: &[Record]) -> Result<(), JournalError> {
            Err(JournalError::Closed)
        }

        async fn read(&self, _: Position, _: usize) -> Result<Page, JournalError> {
            Ok(Page::default())
        }

        async fn discard(&self, _: &[Position]) -> Result<(), JournalError> {
            Err(JournalError::Closed)
        }

        fn is_alive(&self) -> bool {
            false
        }
    }

    #[tokio::test]
    async fn a_dead_part_is_named() {
        let settings = EngineSettings::new(CallbackUri::new("https://bot.contoso.com").expect("https"));
        let service = SimulatedService::start(SimulationSettings::default());
        let started = Engine::start(settings, service.transport(), Arc::new(Ended)).await;
        let parts = Parts::start(started.expect("it can be read").0, None, Arc::new(FixedToken::new("t0ken")));
        let dead = |parts: &Parts| -> Vec<_> {
            parts.vital().into_iter().filter(|part| !part.ok).map(|part| (part.name, part.reason.is_some())).collect()
        };
        assert_eq!(dead(&parts), [("journal", true)]);
        parts.tokens.abort();
        while !parts.tokens.is_finished() {
            tokio::task::yield_now().await;
        }
        assert_eq!(dead(&parts), [("journal", true), ("tokens", true)]);
    }
}
