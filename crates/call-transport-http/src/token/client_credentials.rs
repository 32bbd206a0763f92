use std::fmt;
use std::sync::{Mutex as SyncMutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Client;
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::connections::{ClientError, Timeouts, body_of, connections};
use crate::service_url::{InvalidServiceUrl, ServiceUrl};
use crate::token::provider::{AccessToken, TokenError, TokenProvider};

/// Who the bot is, and whom it asks for tokens.
#[derive(Debug, Clone)]
pub struct CredentialSettings {
    /// Whom to ask.
    pub authority: ServiceUrl,
    /// The tenant: an id or a domain.
    pub tenant: String,
    /// The application's id.
    pub client_id: String,
    /// The application's secret.
    pub secret: ClientSecret,
    /// What the token is for.
    pub scope: String,
    /// How long before its end a token is replaced.
    pub renew_before: Duration,
    /// How long the authority is left alone after it gave none.
    pub pause: Duration,
    /// How long things may take.
    pub timeouts: Timeouts,
}

/// A secret of the application, hidden from `Debug`.
#[derive(Clone)]
pub struct ClientSecret(String);

/// Tokens by the OAuth 2.0 client credentials grant (RFC 6749, section 4.4).
///
/// A token is kept and replaced early. While it is being replaced, all that need one wait for the same response; if there is
/// none, the old one is used to its end.
///
/// ```no_run
/// use call_transport_http::{ClientCredentials, ClientSecret, CredentialSettings};
/// let secret = ClientSecret::new(std::env::var("CLIENT_SECRET")?);
/// let tokens = ClientCredentials::new(CredentialSettings::new("contoso.onmicrosoft.com", "<application id>", secret)?)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ClientCredentials {
    settings: CredentialSettings,
    client: Client,
    kept: Mutex<Kept>,
    refused: SyncMutex<Refusal>,
}

/// The last token that the service did not accept, and when that was.
#[derive(Debug, Default)]
struct Refusal {
    token: Option<AccessToken>,
    at: Option<Instant>,
}

#[derive(Debug, Default)]
struct Kept {
    /// With its end.
    token: Option<(AccessToken, Instant)>,
    /// When to ask for another: a while before the end, or after an error.
    ask_from: Option<Instant>,
    last_error: Option<String>,
}

impl CredentialSettings {
    /// Takes who the bot is; the rest is as for the worldwide cloud: the authority `https://login.microsoftonline.com`, the
    /// scope `https://graph.microsoft.com/.default`, replaced 5 min before the end.
    ///
    /// # Errors
    /// None that a caller could cause: the authority is a constant.
    pub fn new(tenant: &str, client_id: &str, secret: ClientSecret) -> Result<Self, InvalidServiceUrl> {
        Ok(Self {
            authority: ServiceUrl::new("https://login.microsoftonline.com")?,
            tenant: tenant.to_owned(),
            client_id: client_id.to_owned(),
            secret,
            scope: "https://graph.microsoft.com/.default".to_owned(),
            renew_before: Duration::from_secs(300),
            pause: Duration::from_secs(5),
            timeouts: Timeouts::default(),
        })
    }
}

impl ClientSecret {
    /// Takes a secret.
    #[must_use]
    pub const fn new(secret: String) -> Self {
        Self(secret)
    }
}

impl ClientCredentials {
    /// Makes a provider, which asks for its first token when one is needed.
    ///
    /// # Errors
    /// [`ClientError`], if this machine has no certificates to trust.
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
        let body = body.ok_or_else(|| TokenError::Unavailable("the response is too long".into()))?;
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

/// Of a response, in bytes.
const LONGEST: usize = 1 << 20;

/// However long the authority says that a token lives.
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
        // Whoever waits for the lock waits for the same response.
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
                    // It is the same again, and there is no better one.
                    self.refusal().token = None;
                }
                // A token that lives no longer than it is replaced early is used all the same, and not asked for each time.
                let pause = lives.saturating_sub(self.settings.renew_before).max(self.settings.pause);
                *kept =
                    Kept { token: Some((token.clone(), now + lives)), ask_from: Some(now + pause), last_error: None };
                Ok(token)
            }
            Err(error) => {
                tracing::warn!(%error, "no token");
                kept.ask_from = Some(Instant::now() + self.settings.pause);
                kept.last_error = Some(error.to_string());
                usable.map(|(token, _)| token).ok_or(error)
            }
        }
    }

    fn is_refused(&self, token: &AccessToken) -> bool {
        let mut refusal = self.refusal();
        if refusal.token.as_ref() == Some(token) {
            // Somebody else was told so before, and has asked for another.
            return true;
        }
        if refusal.at.is_some_and(|at| at.elapsed() < self.settings.pause) {
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
