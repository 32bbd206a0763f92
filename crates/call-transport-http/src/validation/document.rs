//! Fetches the keys of one issuer.

use call_transport::BoxError;
use reqwest::Client;
use serde::Deserialize;

use crate::connections::{BodyTooLarge, ClientError, Timeouts, body_of, connections};
use crate::service_url::ServiceUrl;
use crate::validation::key_set::KeySet;

/// An OpenID document (OpenID Connect Discovery 1.0).
#[derive(Clone)]
pub(super) struct Document {
    pub(super) url: ServiceUrl,
    client: Client,
}

#[derive(Deserialize)]
struct Contents {
    jwks_uri: String,
}

/// Maximum size of a document or a key set, in bytes.
const LONGEST: usize = 1 << 20;

impl Document {
    pub(super) fn new(url: ServiceUrl, timeouts: Timeouts) -> Result<Self, ClientError> {
        let client = connections(url.reach(), timeouts)?;
        Ok(Self { url, client })
    }

    /// Fetches the document, and the keys that it names.
    pub(super) async fn fetch(self) -> Result<KeySet, BoxError> {
        let contents: Contents = serde_json::from_slice(&self.get(self.url.as_str()).await?)
            .map_err(|error| format!("this is no OpenID document: {error}"))?;
        // Without TLS, an attacker could replace the keys.
        if !self.url.may_name(&contents.jwks_uri) {
            return Err("the document names no address for the keys that is safe".into());
        }
        let keys = KeySet::of(&self.get(&contents.jwks_uri).await?)
            .map_err(|error| format!("the document names keys that cannot be read: {error}"))?;
        if keys.is_empty() {
            return Err("the document names no key that can verify an RS256 signature".into());
        }
        Ok(keys)
    }

    async fn get(&self, url: &str) -> Result<Vec<u8>, BoxError> {
        let response = self.client.get(url).send().await?.error_for_status()?;
        body_of(response, LONGEST).await?.ok_or_else(|| BodyTooLarge(LONGEST).into())
    }
}
