//! The signing keys of issuers: fetched at start, before they expire, and when a token has an unknown one.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use call_transport::internal::chain;
use jsonwebtoken::DecodingKey;
use tokio::time::Instant;

use crate::connections::{ClientError, Timeouts};
use crate::service_url::ServiceUrl;
use crate::validation::budget::Budget;
use crate::validation::denied::Denied;
use crate::validation::document::Document;
use crate::validation::key_set::KeySet;

/// Settings for fetching the signing keys.
#[derive(Debug, Clone)]
pub struct OpenIdSettings {
    /// OpenID documents (OpenID Connect Discovery 1.0). The keys of all of them are trusted. Default: those that "call notifications"
    /// and the bot framework name.
    pub documents: Vec<ServiceUrl>,
    /// Age at which keys expire. They are fetched again when nine tenths of it are over. If that fails, the old ones are used, and
    /// the fetch is repeated after 1 s, 2 s, and so on up to 1 min. Default: 1 day.
    pub max_age: Duration,
    /// Maximum number of fetches per minute because of tokens with unknown keys, however many there are. Up to three of them may
    /// follow each other at once. Default: 12.
    pub fetches_per_minute: u32,
    /// Minimum time between two fetches because of tokens whose signature does not match their known key: an issuer may have
    /// replaced a key and kept its id. Default: 30 s.
    pub min_interval: Duration,
    /// Timeouts of the requests.
    pub timeouts: Timeouts,
}

/// Some signing keys have never been fetched. The text names each document with the reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct KeysUnavailable(Vec<(ServiceUrl, Arc<str>)>);

/// A key, with the generation of the keys when it was looked up.
pub(super) struct Key {
    pub(super) key: DecodingKey,
    pub(super) generation: u64,
}

/// The fetched keys.
pub(super) struct OpenId {
    settings: OpenIdSettings,
    documents: Vec<Document>,
    known: Mutex<Arc<Known>>,
    /// Held by the task that fetches the keys.
    fetching: tokio::sync::Mutex<Budget>,
}

struct Known {
    /// The keys of each document.
    published: Vec<Published>,
    /// Number of times that a key was removed or changed.
    generation: u64,
    /// Number of fetches.
    fetches: u64,
    fetched_at: Option<Instant>,
}

/// The keys of one document.
#[derive(Clone, Default)]
struct Published {
    keys: KeySet,
    is_known: bool,
    /// Number of failed fetches since the last one that succeeded.
    failures: u32,
    why: Arc<str>,
}

/// Reason for a fetch.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cause {
    /// The time for it has come.
    Due,
    /// A token has an unknown key.
    UnknownKey,
    /// A signature does not match its key.
    Mismatch,
    /// The host asked for it.
    Asked,
}

/// Time after which a failed fetch is repeated the first time, and at most.
const RETRY: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

impl Default for OpenIdSettings {
    fn default() -> Self {
        Self {
            documents: vec![
                ServiceUrl::constant("https://api.aps.skype.com/v1/.well-known/OpenIdConfiguration"),
                ServiceUrl::constant("https://login.botframework.com/v1/.well-known/openidconfiguration"),
            ],
            max_age: Duration::from_secs(24 * 60 * 60),
            fetches_per_minute: 12,
            min_interval: Duration::from_secs(30),
            timeouts: Timeouts { response: Duration::from_secs(5), ..Timeouts::default() },
        }
    }
}

impl OpenId {
    pub(super) fn new(settings: OpenIdSettings) -> Result<Arc<Self>, ClientError> {
        let document = |url: &ServiceUrl| Document::new(url.clone(), settings.timeouts);
        let documents: Vec<_> = settings.documents.iter().map(document).collect::<Result<_, _>>()?;
        let never = Published { why: "not fetched yet".into(), ..Published::default() };
        let published = vec![never; documents.len()];
        let known = Known { published, generation: 0, fetches: 0, fetched_at: None };
        let fetching = tokio::sync::Mutex::new(Budget::per_minute(settings.fetches_per_minute));
        Ok(Arc::new(Self { settings, documents, known: Mutex::new(Arc::new(known)), fetching }))
    }

    /// Returns the key with an id. A known key is returned at once, even if it is old.
    pub(super) async fn key(self: &Arc<Self>, name: &str) -> Result<Key, Denied> {
        let known = self.known();
        if let Some(key) = known.key(name) {
            if self.is_due(&known) {
                let own = Arc::clone(self);
                tokio::spawn(async move { own.fetch(Cause::Due).await });
            }
            return Ok(key);
        }
        self.fetch(Cause::UnknownKey).await;
        let known = self.known();
        let retry_after = Duration::from_secs(60) / self.settings.fetches_per_minute.max(1);
        known.key(name).ok_or_else(|| {
            // The key may be one of an issuer that did not respond.
            let is_whole = known.published.iter().all(|published| published.is_known && published.failures == 0);
            if is_whole { Denied::UnknownKey { retry_after } } else { Denied::Unavailable { retry_after } }
        })
    }

    /// Returns the key with an id if it has changed: an issuer may have replaced the key and kept its id.
    pub(super) async fn newer_key(&self, name: &str, than: &Key) -> Option<Key> {
        self.fetch(Cause::Mismatch).await;
        self.known().key(name).filter(|key| key.generation != than.generation)
    }

    /// Returns the generation of the keys. A token that was verified with an older generation must be verified again.
    pub(super) fn generation(&self) -> u64 {
        self.known().generation
    }

    /// Fetches the keys now.
    pub(super) async fn fetch_now(&self) -> Result<(), KeysUnavailable> {
        self.fetch(Cause::Asked).await;
        self.state()
    }

    /// Fetches the keys whenever they are due, without end.
    pub(super) async fn keep(&self) {
        loop {
            self.fetch(Cause::Due).await;
            tokio::time::sleep_until(self.due_at(&self.known())).await;
        }
    }

    /// Returns whether the keys of each document have been fetched.
    pub(super) fn state(&self) -> Result<(), KeysUnavailable> {
        let known = self.known();
        let missing = known.missing().into_iter();
        let missing: Vec<_> = missing.map(|(at, why)| (self.documents[at].url.clone(), why)).collect();
        if missing.is_empty() { Ok(()) } else { Err(KeysUnavailable(missing)) }
    }

    fn known(&self) -> Arc<Known> {
        Arc::clone(&self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn is_due(&self, known: &Known) -> bool {
        self.due_at(known) <= Instant::now()
    }

    /// Returns when the keys must be fetched again.
    fn due_at(&self, known: &Known) -> Instant {
        let Some(fetched_at) = known.fetched_at else { return Instant::now() };
        let failures = known.published.iter().map(|published| published.failures).max().unwrap_or_default();
        let wait = match failures.checked_sub(1) {
            Some(repeated) => RETRY.0.saturating_mul(1 << repeated.min(16)).min(RETRY.1),
            None => (self.settings.max_age / 10 * 9).max(RETRY.0),
        };
        fetched_at + wait
    }

    /// Fetches the keys unless there is no reason for it any more, or no room for it.
    async fn fetch(&self, cause: Cause) {
        let before = self.known().fetches;
        let mut budget = self.fetching.lock().await;
        let known = self.known();
        // Those who waited for a fetch need no other.
        let is_allowed = known.fetches == before
            && match cause {
                Cause::Asked => true,
                Cause::Due => self.is_due(&known),
                Cause::UnknownKey => self.is_due(&known) || budget.take(),
                Cause::Mismatch => {
                    let age = known.fetched_at.map(|at| at.elapsed());
                    age.is_none_or(|age| age >= self.settings.min_interval) && budget.take()
                }
            };
        if !is_allowed {
            return;
        }
        let fetches = self.documents.iter().map(|document| tokio::spawn(document.clone().fetch()));
        let fetches: Vec<_> = fetches.collect();
        let mut published = known.published.clone();
        for ((fetch, document), published) in fetches.into_iter().zip(&self.documents).zip(&mut published) {
            match fetch.await.map_err(Into::into).and_then(|fetched| fetched) {
                Ok(keys) => *published = Published { keys, is_known: true, failures: 0, why: Arc::default() },
                Err(error) => {
                    let why = chain(&*error);
                    metrics::counter!("call_webhook_key_failures_total").increment(1);
                    tracing::warn!(
                        document = document.url.as_str(),
                        error = why,
                        "could not fetch the signing keys of an issuer; check the address and the network"
                    );
                    published.failures = published.failures.saturating_add(1);
                    published.why = why.into();
                }
            }
        }
        let is_covered = published.iter().zip(&known.published).all(|(new, old)| new.keys.covers(&old.keys));
        let generation = known.generation + u64::from(!is_covered);
        let fetched_at = Some(Instant::now());
        let known = Known { published, generation, fetches: known.fetches + 1, fetched_at };
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(known);
    }
}

impl Known {
    fn key(&self, name: &str) -> Option<Key> {
        let key = self.published.iter().find_map(|published| published.keys.get(name))?;
        Some(Key { key: key.clone(), generation: self.generation })
    }

    /// Returns the places of the documents that have never been fetched, with the reasons.
    fn missing(&self) -> Vec<(usize, Arc<str>)> {
        let published = self.published.iter().enumerate();
        published.filter(|(_, one)| !one.is_known).map(|(at, one)| (at, Arc::clone(&one.why))).collect()
    }
}

impl fmt::Display for KeysUnavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the signing keys of notifications have not been fetched")?;
        self.0.iter().try_for_each(|(document, why)| write!(f, "; {}: {why}", document.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn fetches_are_repeated_with_growing_intervals() {
        let keys = OpenId::new(OpenIdSettings { documents: Vec::new(), ..OpenIdSettings::default() }).expect("keys");
        let wait = |failures: u32| {
            let published = vec![Published { failures, ..Published::default() }, Published::default()];
            let known = Known { published, generation: 0, fetches: 1, fetched_at: Some(Instant::now()) };
            (keys.due_at(&known) - Instant::now()).as_secs()
        };
        assert_eq!([1, 2, 3, 4, 5, 6, 7, 8, 1_000].map(wait), [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(wait(0), 77_760, "before they expire after a day");
    }
}
