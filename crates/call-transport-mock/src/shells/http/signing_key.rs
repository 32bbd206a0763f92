//! The key that signs the tokens of the simulated service.

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rsa::RsaPrivateKey;
use rsa::pkcs1::EncodeRsaPrivateKey as _;
use rsa::rand_core::OsRng;
use serde_json::{Value, json};

/// Key that signs the tokens of posts.
///
/// ```
/// use call_transport_mock::SigningKey;
/// let key = SigningKey::generate("k1", 2_048)?;
/// assert_eq!(key.published()["kid"], "k1");
/// let token = key.sign(&serde_json::json!({ "iss": "https://graph.microsoft.com", "aud": "app", "exp": 0 }))?;
/// assert_eq!(token.split('.').count(), 3);
/// # Ok::<(), call_transport_mock::KeyError>(())
/// ```
#[derive(Clone)]
pub struct SigningKey {
    name: String,
    key: EncodingKey,
    published: Value,
}

/// Reason why a key cannot be created or used.
#[derive(Debug, thiserror::Error)]
#[error("cannot create or use the signing key: {0}")]
pub struct KeyError(String);

impl SigningKey {
    /// Returns a new key with a number of bits.
    ///
    /// # Errors
    /// [`KeyError`] if the operating system returns no random numbers.
    pub fn generate(name: &str, bits: usize) -> Result<Self, KeyError> {
        let key = RsaPrivateKey::new(&mut OsRng, bits).map_err(|error| KeyError(error.to_string()))?;
        let der = key.to_pkcs1_der().map_err(|error| KeyError(error.to_string()))?;
        let key = EncodingKey::from_rsa_der(der.as_bytes());
        let mut jwk = Jwk::from_encoding_key(&key, Algorithm::RS256).map_err(|error| KeyError(error.to_string()))?;
        jwk.common.key_id = Some(name.to_owned());
        let published = serde_json::to_value(jwk).map_err(|error| KeyError(error.to_string()))?;
        Ok(Self { name: name.to_owned(), key, published })
    }

    /// Returns the public key, as a JSON Web Key (RFC 7517).
    #[must_use]
    pub const fn published(&self) -> &Value {
        &self.published
    }

    /// Returns the public key with another id.
    #[must_use]
    pub fn published_as(&self, name: &str) -> Value {
        let mut published = self.published.clone();
        published["kid"] = json!(name);
        published
    }

    /// Signs claims (RFC 7519) with RS256.
    ///
    /// # Errors
    /// [`KeyError`] if signing fails.
    pub fn sign(&self, claims: &Value) -> Result<String, KeyError> {
        self.sign_as(&self.name, claims)
    }

    /// Signs claims, with another key id in the header.
    ///
    /// # Errors
    /// [`KeyError`] if signing fails.
    pub fn sign_as(&self, name: &str, claims: &Value) -> Result<String, KeyError> {
        let header = Header { kid: Some(name.to_owned()), ..Header::new(Algorithm::RS256) };
        encode(&header, claims, &self.key).map_err(|error| KeyError(error.to_string()))
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SigningKey").field("name", &self.name).finish_non_exhaustive()
    }
}
