use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use call_transport::BoxError;

/// Provides what tells the service who asks.
#[async_trait]
pub trait TokenProvider: Send + Sync {
    /// Returns a token that can be used now.
    ///
    /// Cancel safety: it can be dropped at any time.
    ///
    /// # Errors
    /// [`TokenError`]; nothing was sent to the service, so that it is safe to try again.
    async fn token(&self) -> Result<AccessToken, TokenError>;

    /// Is told that the service did not accept a token, and returns whether there may be a better one.
    fn is_refused(&self, _token: &AccessToken) -> bool {
        false
    }
}

/// What tells the service who asks: a secret, hidden from `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct AccessToken(Arc<str>);

/// Why there is no token. No text of it holds anything secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The authority could not be asked, or said nothing that can be read: it may be asked again.
    #[error("the authority could not be asked for a token")]
    Unavailable(#[source] BoxError),
    /// The authority refuses: somebody has to look at tenant, client and secret.
    #[error("the authority refuses a token with status {status}: {code}")]
    Refused {
        /// The status of its response.
        status: u16,
        /// Its word for the reason (RFC 6749, section 5.2), such as `invalid_client`.
        code: String,
    },
}

/// A token that was made elsewhere, for tests and tools.
#[derive(Debug, Clone)]
pub struct FixedToken(AccessToken);

impl AccessToken {
    /// Takes a token.
    #[must_use]
    pub fn new(token: &str) -> Self {
        Self(token.into())
    }

    /// Returns the token itself, which is not to be logged.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FixedToken {
    /// Provides this token and no other.
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
