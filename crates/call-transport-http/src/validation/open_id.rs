//! Fetches the signing keys of issuers.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use call_transport::BoxError;
use jsonwebtoken::DecodingKey;
use reqwest::Client;
use serde::Deserialize;
use tokio::time::Instant;

use crate::connections::{BodyTooLarge, ClientError, Reach, Timeouts, body_of, connections};
use crate::service_url::ServiceUrl;
use crate::validation::denied::Denied;
use crate::validation::key_set::KeySet;

/// Settings for fetching the signing keys.
#[derive(Debug, Clone)]
pub struct OpenIdSettings {
    /// OpenID documents (OpenID Connect Discovery 1.0). The keys of all of them are trusted. Default: those that "call notifications"
    /// and the bot framework name.
    pub documents: Vec<ServiceUrl>,
    /// Age after which keys are fetched again. If that fails, the old ones are used. Default: 1 day.
    pub max_age: Duration,
    /// Minimum time between two fetches of a document, however many tokens have an unknown key. Default: 30 s.
    pub min_interval: Duration,
    /// Timeouts of the requests.
    pub timeouts: Timeouts,
}

/// A key, with the generation of the keys when it was looked up.
pub(super) struct Key {
    pub(super) key: DecodingKey,
    pub(super) generation: u64,
}

/// The fetched keys.
pub(super) struct OpenId {
    settings: OpenIdSettings,
    sources: Vec<(ServiceUrl, Client)>,
    known: Mutex<Arc<Known>>,
    /// Held by the task that fetches the keys.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Known {
    keys: KeySet,
    /// Number of times that a key was removed or changed.
    generation: u64,
    asked_at: Option<Instant>,
    seen_at: Option<Instant>,
    /// Whether the last fetch of every document succeeded.
    is_whole: bool,
}

impl Known {
    fn key(&self, name: &str) -> Option<Key> {
        Some(Key { key: self.keys.get(name)?.clone(), generation: self.generation })
    }
}

#[derive(Deserialize)]
struct Document {
    jwks_uri: String,
}

impl Default for OpenIdSettings {
    fn default() -> Self {
        Self {
            documents: vec![
                ServiceUrl::constant("https://api.aps.skype.com/v1/.well-known/OpenIdConfiguration"),
                ServiceUrl::constant("https://login.botframework.com/v1/.well-known/openidconfiguration"),
            ],
            max_age: Duration::from_secs(24 * 60 * 60),
            min_interval: Duration::from_secs(30),
            timeouts: Timeouts { response: Duration::from_secs(5), ..Timeouts::default() },
        }
    }
}

impl OpenId {
    pub(super) fn new(settings: OpenIdSettings) -> Result<Arc<Self>, ClientError> {
        let source = |document: &ServiceUrl| Ok((document.clone(), connections(document.reach(), settings.timeouts)?));
        let sources = settings.documents.iter().map(source).collect::<Result<_, _>>()?;
        Ok(Arc::new(Self { settings, sources, known: Mutex::default(), asking: tokio::sync::Mutex::default() }))
    }

    /// Returns the key with an id. A known key is returned at once, even if it is old. Old keys are fetched again in the background.
    pub(super) async fn key(self: &Arc<Self>, name: &str) -> Result<Key, Denied> {
        let known = self.known();
        if let Some(key) = known.key(name) {
            let is_fresh = known.seen_at.is_some_and(|at| at.elapsed() < self.settings.max_age);
            if !is_fresh && self.may_ask(&known) {
                let own = Arc::clone(self);
                tokio::spawn(async move { own.ask().await });
            }
            return Ok(key);
        }
        self.ask().await;
        let known = self.known();
        match known.key(name) {
            Some(key) => Ok(key),
            // The id is unknown only if every issuer has responded.
            None if !known.is_whole => Err(Denied::Unavailable { retry_after: self.settings.min_interval }),
            None => Err(Denied::UnknownKey),
        }
    }

    /// Returns the key with an id if it has changed: an issuer may have replaced the key and kept its id.
    pub(super) async fn newer_key(&self, name: &str, than: &Key) -> Option<Key> {
        self.ask().await;
        self.known().key(name).filter(|key| key.generation != than.generation)
    }

    /// Returns the generation of the keys. A token that was verified with an older generation must be verified again.
    pub(super) fn generation(&self) -> u64 {
        self.known().generation
    }

    fn known(&self) -> Arc<Known> {
        Arc::clone(&self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn may_ask(&self, known: &Known) -> bool {
        known.asked_at.is_none_or(|at| at.elapsed() >= self.settings.min_interval)
    }

    /// Fetches the keys, or waits for the task that fetches them, unless they were fetched less than `pause` ago.
    async fn ask(&self) {
        let _asking = self.asking.lock().await;
        let known = self.known();
        if !self.may_ask(&known) {
            return;
        }
        let asked_at = Some(Instant::now());
        // The time is noted before the fetch: clients that disconnect early must not cause more fetches.
        self.set(Known { asked_at, keys: known.keys.clone(), ..*known });
        let mut keys = KeySet::default();
        let mut is_whole = true;
        for (document, client) in &self.sources {
            if let Err(error) = fetch(document, client, &mut keys).await {
                metrics::counter!("call_webhook_key_failures_total").increment(1);
                tracing::warn!(document = document.as_str(), %error, "could not fetch the signing keys of an issuer");
                is_whole = false;
            }
        }
        if !is_whole {
            // The old keys may include those of the document that could not be fetched.
            keys.add_missing(&known.keys);
        }
        let generation = known.generation + u64::from(!keys.covers(&known.keys));
        let seen_at = if is_whole { asked_at } else { known.seen_at };
        self.set(Known { keys, generation, asked_at, seen_at, is_whole });
    }

    fn set(&self, known: Known) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(known);
    }
}

/// Maximum size of a document or a key set, in bytes.
const LONGEST: usize = 1 << 20;

async fn fetch(document: &ServiceUrl, client: &Client, keys: &mut KeySet) -> Result<(), BoxError> {
    let found: Document = serde_json::from_slice(&get(client, document.as_str()).await?)?;
    // Without TLS, an attacker could replace the keys. Only this machine is safe.
    let is_safe = found.jwks_uri.starts_with("https://") || document.reach() == Reach::ThisMachine;
    if !is_safe || !ServiceUrl::is_allowed(&found.jwks_uri) {
        return Err("the document names no address for the keys that is safe".into());
    }
    Ok(keys.add(&get(client, &found.jwks_uri).await?)?)
}

async fn get(client: &Client, url: &str) -> Result<Vec<u8>, BoxError> {
    let response = client.get(url).send().await?.error_for_status()?;
    body_of(response, LONGEST).await?.ok_or_else(|| BodyTooLarge(LONGEST).into())
}
