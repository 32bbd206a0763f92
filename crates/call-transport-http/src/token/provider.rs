//! The trait for sources of access tokens, and a fixed token.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use call_transport::BoxError;

/// Provides access tokens for requests.
#[async_trait]
pub trait TokenProvider: Send + Sync {
    /// Returns a valid token.
    ///
    /// Cancel safety: it can be dropped at any time.
    ///
    /// # Errors
    /// [`TokenError`]. The request was not sent, so a retry is safe.
    async fn token(&self) -> Result<AccessToken, TokenError>;

    /// Notes that the service refused a token, and returns whether a retry may get another token.
    fn is_refused(&self, _token: &AccessToken) -> bool {
        false
    }
}

/// An access token. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken(Arc<str>);

/// Reason why there is no access token. Its texts contain no secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The authority did not respond, or its response cannot be read. A retry is safe.
    #[error("could not get an access token from the authority; it is safe to retry")]
    Unavailable(#[source] BoxError),
    /// The authority refused to issue a token. Check tenant, client id and secret.
    #[error("the authority refused an access token with status {status}: {code}; check tenant, client id and secret")]
    Refused {
        /// Status of the response.
        status: u16,
        /// Error code (RFC 6749, section 5.2), such as `invalid_client`.
        code: String,
    },
}

/// A fixed access token, for tests and tools.
#[derive(Debug, Clone)]
pub struct FixedToken(AccessToken);

impl AccessToken {
    /// Wraps a token.
    #[must_use]
    pub fn new(token: &str) -> Self {
        Self(token.into())
    }

    /// Returns the token itself. Do not log it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FixedToken {
    /// Returns a provider of one token.
    #[must_use]
    pub fn new(token: &str) -> Self {
        Self(AccessToken::new(token))
    }
}

#[async_trait]
impl TokenProvider for FixedToken {
    async fn token(&self) -> Result<AccessToken, TokenError> {
        Ok(self.0.clone())
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(***)")
    }
}
