//! Where the keys come from, and when they are asked for again.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use call_transport::BoxError;
use jsonwebtoken::DecodingKey;
use reqwest::Client;
use serde::Deserialize;
use tokio::time::Instant;

use crate::connections::{ClientError, Reach, Timeouts, body_of, connections};
use crate::service_url::ServiceUrl;
use crate::validation::denied::Denied;
use crate::validation::key_set::KeySet;

/// Where the keys of the issuers are published, and how often to look.
#[derive(Debug, Clone)]
pub struct OpenIdSettings {
    /// The OpenID documents (OpenID Connect Discovery 1.0): the keys of all of them are believed.
    pub documents: Vec<ServiceUrl>,
    /// How old keys may be before they are asked for again. If they cannot be had then, the old ones stay.
    pub fresh_for: Duration,
    /// For how long a document is left alone after it was asked for, however many tokens name keys that nobody knows.
    pub pause: Duration,
    /// How long things may take.
    pub timeouts: Timeouts,
}

/// A key, and how often one had gone or changed when it was looked up.
pub(super) struct Key {
    pub(super) key: DecodingKey,
    pub(super) generation: u64,
}

/// The keys, as last seen.
pub(super) struct OpenId {
    settings: OpenIdSettings,
    sources: Vec<(ServiceUrl, Client)>,
    known: Mutex<Arc<Known>>,
    /// Held by whoever asks for them.
    asking: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Known {
    keys: KeySet,
    /// How often a key has gone or changed.
    generation: u64,
    asked_at: Option<Instant>,
    seen_at: Option<Instant>,
    /// Whether every issuer answered when it was asked last.
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
    /// The documents that "call notifications" and the bot framework name; keys are fresh for a day, documents are left alone
    /// for 30 s; 5 s to respond.
    fn default() -> Self {
        let documents = [
            "https://api.aps.skype.com/v1/.well-known/OpenIdConfiguration",
            "https://login.botframework.com/v1/.well-known/openidconfiguration",
        ];
        Self {
            documents: documents.into_iter().filter_map(|document| ServiceUrl::new(document).ok()).collect(),
            fresh_for: Duration::from_secs(24 * 60 * 60),
            pause: Duration::from_secs(30),
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

    /// Returns the key of this name. One that is known counts, however old, and if it is old, others are asked for meanwhile.
    pub(super) async fn key(self: &Arc<Self>, name: &str) -> Result<Key, Denied> {
        let known = self.known();
        if let Some(key) = known.key(name) {
            let is_fresh = known.seen_at.is_some_and(|at| at.elapsed() < self.settings.fresh_for);
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
            // Which names nobody knows is known only once everybody has said which there are.
            None if !known.is_whole => Err(Denied::Unavailable { retry_after: self.settings.pause }),
            None => Err(Denied::UnknownKey),
        }
    }

    /// Returns the key of this name if it is another one by now: an issuer may have put it in the place of the old one.
    pub(super) async fn newer_key(&self, name: &str, than: &Key) -> Option<Key> {
        self.ask().await;
        self.known().key(name).filter(|key| key.generation != than.generation)
    }

    /// Returns how often a key has gone or changed: what was verified before may not be verified now.
    pub(super) fn generation(&self) -> u64 {
        self.known().generation
    }

    fn known(&self) -> Arc<Known> {
        Arc::clone(&self.known.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn may_ask(&self, known: &Known) -> bool {
        known.asked_at.is_none_or(|at| at.elapsed() >= self.settings.pause)
    }

    /// Asks for the keys, or waits for whoever is asking, unless that was done a moment ago.
    async fn ask(&self) {
        let _asking = self.asking.lock().await;
        let known = self.known();
        if !self.may_ask(&known) {
            return;
        }
        let asked_at = Some(Instant::now());
        // Also if whoever asks is dropped: a flood of posts that hang up asks no more often than others.
        self.set(Known { asked_at, keys: known.keys.clone(), ..*known });
        let mut keys = KeySet::default();
        let mut is_whole = true;
        for (document, client) in &self.sources {
            if let Err(error) = fetch(document, client, &mut keys).await {
                metrics::counter!("call_webhook_key_failures_total").increment(1);
                tracing::warn!(document = document.as_str(), %error, "the keys of an issuer could not be had");
                is_whole = false;
            }
        }
        if !is_whole {
            // The keys of the document that is missing may be among the old ones.
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

/// Of a document or a set of keys, in bytes.
const LONGEST: usize = 1 << 20;

async fn fetch(document: &ServiceUrl, client: &Client, keys: &mut KeySet) -> Result<(), BoxError> {
    let found: Document = serde_json::from_slice(&get(client, document.as_str()).await?)?;
    // Keys that came unencrypted could be anybody's, unless they are of this machine.
    let is_safe = found.jwks_uri.starts_with("https://") || document.reach() == Reach::ThisMachine;
    if !is_safe || !ServiceUrl::is_allowed(&found.jwks_uri) {
        return Err("the document names no address for the keys that is safe".into());
    }
    Ok(keys.add(&get(client, &found.jwks_uri).await?)?)
}

async fn get(client: &Client, url: &str) -> Result<Vec<u8>, BoxError> {
    let response = client.get(url).send().await?.error_for_status()?;
    body_of(response, LONGEST).await?.ok_or_else(|| "the response is too long".into())
}
