//! Access tokens by the client credentials grant (RFC 6749, section 4.4), cached and replaced in time.

use std::fmt;
use std::sync::{Mutex as SyncMutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Client;
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::connections::{BodyTooLarge, ClientError, Timeouts, body_of, connections};
use crate::service_url::ServiceUrl;
use crate::token::provider::{AccessToken, TokenError, TokenProvider};

/// Settings of the client credentials grant.
#[derive(Debug, Clone)]
pub struct CredentialSettings {
    /// Address of the authority. Default: `https://login.microsoftonline.com`.
    pub authority: ServiceUrl,
    /// Tenant: an id or a domain.
    pub tenant: String,
    /// Application id.
    pub client_id: String,
    /// Secret of the application.
    pub secret: ClientSecret,
    /// Scope of the token. Default: `https://graph.microsoft.com/.default`.
    pub scope: String,
    /// Time before its expiry at which a token is replaced. Default: 5 min.
    pub renew_before: Duration,
    /// Minimum time between two requests to the authority after an error. Default: 5 s.
    pub min_interval: Duration,
    /// Timeouts of the requests.
    pub timeouts: Timeouts,
}

/// Secret of an application. `Debug` hides it.
#[derive(Clone)]
pub struct ClientSecret(String);

/// Access tokens by the OAuth 2.0 client credentials grant (RFC 6749, section 4.4).
///
/// A token is cached, and replaced before it expires. All requests that need a new token wait for the same response. If the authority
/// does not respond, the old token is used until it expires.
///
/// ```no_run
/// use call_transport_http::{ClientCredentials, ClientSecret, CredentialSettings};
/// let secret = ClientSecret::new(std::env::var("CLIENT_SECRET")?);
/// let tokens = ClientCredentials::new(CredentialSettings::new("contoso.onmicrosoft.com", "<application id>", secret))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ClientCredentials {
    settings: CredentialSettings,
    client: Client,
    kept: Mutex<Kept>,
    refused: SyncMutex<Refusal>,
}

/// The last token that the service refused, and when.
#[derive(Debug, Default)]
struct Refusal {
    token: Option<AccessToken>,
    at: Option<Instant>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Token with its expiry.
    token: Option<(AccessToken, Instant)>,
    /// When to request another token: some time before the expiry, or after an error.
    ask_from: Option<Instant>,
    last_error: Option<String>,
}

impl CredentialSettings {
    /// Returns the settings of an application in the worldwide cloud.
    #[must_use]
    pub fn new(tenant: &str, client_id: &str, secret: ClientSecret) -> Self {
        Self {
            authority: ServiceUrl::constant("https://login.microsoftonline.com"),
            tenant: tenant.to_owned(),
            client_id: client_id.to_owned(),
            secret,
            scope: "https://graph.microsoft.com/.default".to_owned(),
            renew_before: Duration::from_secs(300),
            min_interval: Duration::from_secs(5),
            timeouts: Timeouts::default(),
        }
    }
}

impl ClientSecret {
    /// Wraps a secret.
    #[must_use]
    pub const fn new(secret: String) -> Self {
        Self(secret)
    }
}

impl ClientCredentials {
    /// Returns a provider. It requests its first token when one is needed.
    ///
    /// # Errors
    /// [`ClientError`] if this machine has no trusted certificates.
    pub fn new(settings: CredentialSettings) -> Result<Self, ClientError> {
        let client = connections(settings.authority.reach(), settings.timeouts)?;
        Ok(Self { settings, client, kept: Mutex::default(), refused: SyncMutex::default() })
    }

    fn refusal(&self) -> MutexGuard<'_, Refusal> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn ask(&self) -> Result<(AccessToken, Duration), TokenError> {
        let settings = &self.settings;
        let tenant: String = url::form_urlencoded::byte_serialize(settings.tenant.as_bytes()).collect();
        let url = settings.authority.join(&format!("/{tenant}/oauth2/v2.0/token"));
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", &settings.client_id),
            ("client_secret", &settings.secret.0),
            ("scope", &settings.scope),
        ];
        let unavailable = |error: reqwest::Error| TokenError::Unavailable(error.without_url().into());
        let response = self.client.post(url).form(&form).send().await.map_err(unavailable)?;
        let status = response.status().as_u16();
        let body = body_of(response, LONGEST).await.map_err(unavailable)?;
        let body = body.ok_or_else(|| TokenError::Unavailable(BodyTooLarge(LONGEST).into()))?;
        match status {
            200 => {
                let granted: Granted = serde_json::from_slice(&body)
                    .map_err(|_| TokenError::Unavailable("the response has no token".into()))?;
                let lives = Duration::from_secs(granted.expires_in).min(LONGEST_LIFE);
                Ok((AccessToken::new(&granted.access_token), lives))
            }
            400..=499 if status != 408 && status != 429 => {
                let code = serde_json::from_slice(&body).map_or_else(
                    |_| "no reason given".to_owned(),
                    |refused: Refused| {
                        refused.error.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(64).collect()
                    },
                );
                Err(TokenError::Refused { status, code })
            }
            _ => Err(TokenError::Unavailable(format!("status {status}").into())),
        }
    }
}

/// Maximum size of a response, in bytes.
const LONGEST: usize = 1 << 20;

/// Maximum lifetime of a token, whatever the authority says.
const LONGEST_LIFE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

#[derive(Deserialize)]
struct Granted {
    access_token: String,
    expires_in: u64,
}

#[derive(Deserialize)]
struct Refused {
    error: String,
}

#[async_trait]
impl TokenProvider for ClientCredentials {
    async fn token(&self) -> Result<AccessToken, TokenError> {
        // Requests that wait for the lock wait for the same response.
        let mut kept = self.kept.lock().await;
        let refused = self.refusal().token.clone();
        let now = Instant::now();
        let usable = kept.token.clone().filter(|(token, ends)| now < *ends && Some(token) != refused.as_ref());
        if kept.ask_from.is_some_and(|from| now < from) {
            if let Some((token, _)) = usable {
                return Ok(token);
            }
            if let Some(error) = &kept.last_error {
                return Err(TokenError::Unavailable(format!("asked a moment ago: {error}").into()));
            }
        }
        let asked = self.ask().await;
        let outcome = if asked.is_ok() { "granted" } else { "failed" };
        metrics::counter!("call_http_tokens_total", "outcome" => outcome).increment(1);
        match asked {
            Ok((token, lives)) => {
                if refused.as_ref() == Some(&token) {
                    // The authority returned the refused token again, so a retry does not help.
                    self.refusal().token = None;
                }
                // A token with a lifetime shorter than `renew_before` is still used, instead of a new one for each request.
                let wait = lives.saturating_sub(self.settings.renew_before).max(self.settings.min_interval);
                *kept =
                    Kept { token: Some((token.clone(), now + lives)), ask_from: Some(now + wait), last_error: None };
                Ok(token)
            }
            Err(error) => {
                tracing::warn!(%error, "could not get an access token");
                kept.ask_from = Some(Instant::now() + self.settings.min_interval);
                kept.last_error = Some(error.to_string());
                usable.map(|(token, _)| token).ok_or(error)
            }
        }
    }

    fn is_refused(&self, token: &AccessToken) -> bool {
        let mut refusal = self.refusal();
        if refusal.token.as_ref() == Some(token) {
            // Another request noted this before, and has requested a new token.
            return true;
        }
        if refusal.at.is_some_and(|at| at.elapsed() < self.settings.min_interval) {
            return false;
        }
        *refusal = Refusal { token: Some(token.clone()), at: Some(Instant::now()) };
        true
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientSecret(***)")
    }
}
