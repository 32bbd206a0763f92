//! Posts notifications to a bot, with a signed token, and follows redirects.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use call_msgraph::internal::{is_http, is_local_http};
use call_transport_http::internal::{Reach, connections};
use call_transport_http::{ClientError, Timeouts};
use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Client, Response};
use serde_json::json;

use crate::network::chaos::Packet;
use crate::service::callbacks::Callbacks;
use crate::shells::http::signing_key::SigningKey;
use crate::shells::running::Bot;

/// Posts to bots.
pub(super) struct Poster {
    key: SigningKey,
    application: String,
    local: Client,
    /// Client for http addresses of other machines, if they are allowed.
    plain: Option<Client>,
    /// Client for other machines; `None` if this machine has no trusted certificates.
    remote: Option<Client>,
    /// Last token, and the instant until which it is used.
    token: Mutex<Option<(String, u64)>>,
}

/// Lifetime of a token, in seconds.
const COUNTS_FOR: u64 = 3_600;

/// Time to wait before a retry, if the bot does not say it.
const PAUSE: Duration = Duration::from_secs(1);

/// Maximum time to wait before a retry.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Maximum number of redirects of a post.
const MOST_DEPLOYMENTS: usize = 3;

impl Poster {
    pub(super) fn new(
        key: SigningKey,
        application: &str,
        timeouts: Timeouts,
        callbacks: Callbacks,
    ) -> Result<Self, ClientError> {
        Ok(Self {
            key,
            application: application.to_owned(),
            local: connections(Reach::ThisMachine, timeouts)?,
            plain: match callbacks {
                Callbacks::Plain => Some(connections(Reach::PlainNetwork, timeouts)?),
                Callbacks::Https | Callbacks::ThisMachine => None,
            },
            remote: connections(Reach::Network, timeouts).ok(),
            token: Mutex::default(),
        })
    }

    /// Returns a token that is valid for some time.
    fn token(&self) -> Option<String> {
        let now = now();
        let mut kept = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((token, until)) = &*kept
            && now < *until
        {
            return Some(token.clone());
        }
        let claims = json!({
            "iss": "https://graph.microsoft.com", "aud": self.application, "tid": "86dc81db-c112-4228-9222-63f3e5aa1edb",
            "iat": now, "nbf": now, "exp": now + COUNTS_FOR,
        });
        let token = self.key.sign(&claims).ok()?;
        *kept = Some((token.clone(), now + COUNTS_FOR / 2));
        Some(token)
    }

    async fn send(&self, address: &str, packet: &Packet) -> Option<Response> {
        let client = match () {
            () if is_local_http(address) => &self.local,
            () if is_http(address) => self.plain.as_ref()?,
            () => self.remote.as_ref()?,
        };
        let request = client
            .post(address)
            .bearer_auth(self.token()?)
            .header(CONTENT_TYPE, "application/json; charset=utf-8")
            .header("X-Microsoft-Skype-Message-ID", &packet.message_id)
            .body(packet.body.to_vec());
        match request.send().await {
            Ok(response) => Some(response),
            Err(error) => {
                // The URL contains the token of the call, so it must not be logged.
                tracing::warn!(message_id = packet.message_id, error = %cause(&error.without_url()), "could not send a post");
                None
            }
        }
    }
}

#[async_trait]
impl Bot for Poster {
    async fn post(&self, packet: &Packet) -> Option<Duration> {
        let mut address = packet.callback.clone();
        for _ in 0..MOST_DEPLOYMENTS {
            let response = self.send(&address, packet).await?;
            let status = response.status();
            tracing::info!(message_id = packet.message_id, status = status.as_u16(), "post sent");
            match status.as_u16() {
                302 => address = header(response.headers(), LOCATION.as_str())?.to_owned(),
                500..=599 => {
                    let seconds = header(response.headers(), RETRY_AFTER.as_str()).and_then(|text| text.parse().ok());
                    return Some(seconds.map_or(PAUSE, Duration::from_secs).min(LONGEST_PAUSE));
                }
                _ => return None,
            }
        }
        None
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Returns the root cause of an error, which describes the failure of a connection best.
fn cause(error: &reqwest::Error) -> String {
    let mut root: &dyn std::error::Error = error;
    while let Some(source) = root.source() {
        root = source;
    }
    root.to_string()
}

#[expect(clippy::disallowed_methods, reason = "tokens end by the clock of the world")]
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
