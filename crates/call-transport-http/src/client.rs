//! The client: one attempt for each request, with a token and an id of its own.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use call_msgraph::Request;
use call_transport::internal::LONGEST_PAUSE;
use call_transport::{Reply, Response, SendError, Transport};
use http::Method;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderName, LOCATION, RETRY_AFTER};
use serde_json::Value;

use crate::connections::{BodyTooLarge, ClientError, Timeouts, body_of, connections};
use crate::service_url::ServiceUrl;
use crate::token::provider::{AccessToken, TokenProvider};

/// Transport to the service over HTTP.
///
/// Sends each request once, with an access token and its own id (`client-request-id`). Use [`Retrying`](call_transport::Retrying) for
/// retries. There is one exception: after the response 401, the token is replaced and the request sent again, because the service
/// did not carry it out.
///
/// ```no_run
/// use std::sync::Arc;
/// use call_msgraph::Request;
/// use call_transport::Transport;
/// use call_transport::{RetrySettings, Retrying};
/// use call_transport_http::{FixedToken, HttpTransport, ServiceUrl, Timeouts};
///
/// # async fn get() -> Result<(), Box<dyn std::error::Error>> {
/// let tokens = Arc::new(FixedToken::new("<token>"));
/// let transport = Retrying::new(HttpTransport::new(ServiceUrl::GRAPH, tokens, Timeouts::default())?, RetrySettings::default());
/// let reply = transport.send(&Request::get("57dab8b1-894c-409a-b240-bd8beae78896".into())).await?;
/// # Ok(())
/// # }
/// ```
pub struct HttpTransport {
    service: ServiceUrl,
    tokens: Arc<dyn TokenProvider>,
    client: reqwest::Client,
}

impl HttpTransport {
    /// Returns a transport to the service at an address with the version of the API, such as `https://graph.microsoft.com/v1.0`.
    /// National clouds have other addresses.
    ///
    /// # Errors
    /// [`ClientError`] if this machine has no trusted certificates.
    pub fn new(service: ServiceUrl, tokens: Arc<dyn TokenProvider>, timeouts: Timeouts) -> Result<Self, ClientError> {
        let client = connections(service.reach(), timeouts)?;
        Ok(Self { service, tokens, client })
    }

    /// Sends any request to a path below the address of the service, and returns the response, whatever its status. The response has
    /// no effect on the timeline of a call.
    ///
    /// # Errors
    /// [`SendError::NotSent`] and [`SendError::Uncertain`]
    pub async fn raw(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Response, SendError> {
        let token = self.tokens.token().await.map_err(|error| SendError::NotSent(error.into()))?;
        let response = self.attempt(&method, path, body, &token).await?;
        if response.status != 401 || !self.tokens.is_refused(&token) {
            return Ok(response);
        }
        let token = self.tokens.token().await.map_err(|error| SendError::NotSent(error.into()))?;
        self.attempt(&method, path, body, &token).await
    }

    async fn attempt(
        &self,
        method: &Method,
        path: &str,
        body: Option<&Value>,
        token: &AccessToken,
    ) -> Result<Response, SendError> {
        let id = new_id();
        let unanswered = |error: reqwest::Error| {
            // The URL may contain an id that must not be logged.
            Box::new(Unanswered { id: id.clone(), source: error.without_url() })
        };
        let mut builder = self
            .client
            .request(method.clone(), self.service.join(path))
            .bearer_auth(token.expose())
            .header("client-request-id", &id);
        if let Some(body) = body {
            builder = builder.header(CONTENT_TYPE, "application/json").body(body.to_string());
        } else if *method == Method::POST {
            builder = builder.header(CONTENT_LENGTH, "0");
        }
        let response = builder.send().await.map_err(|error| {
            let never_left = error.is_connect() || error.is_builder();
            let cause = unanswered(error);
            if never_left { SendError::NotSent(cause) } else { SendError::Uncertain(cause) }
        })?;
        let status = response.status().as_u16();
        let text = |name: HeaderName| response.headers().get(name)?.to_str().ok().map(str::to_owned);
        let mut read = Response::new(status);
        read.location = text(LOCATION);
        read.retry_after = text(RETRY_AFTER).and_then(|after| retry_after(&after, text(DATE).as_deref()));
        // The token is read only if a permission may be missing.
        read.granted = if status == 403 { roles(token) } else { None };
        read.request_id = text(HeaderName::from_static("request-id"));
        let body = body_of(response, LONGEST).await.map_err(|error| SendError::Uncertain(unanswered(error)))?;
        let body = body.ok_or_else(|| SendError::Uncertain(BodyTooLarge(LONGEST).into()))?;
        read.body = body.into();
        Ok(read)
    }
}

/// Maximum size of a response body, in bytes. The roster of a meeting of 1,000 has about 1 MB.
const LONGEST: usize = 16 << 20;

#[async_trait]
impl Transport for HttpTransport {
    async fn send(&self, request: &Request) -> Result<Reply, SendError> {
        let spec = request.spec();
        let method =
            Method::from_bytes(spec.method.as_str().as_bytes()).map_err(|error| SendError::NotSent(error.into()))?;
        let response = self.raw(method, &request.path(), request.body().as_deref()).await?;
        Reply::read(request, response)
    }
}

/// Reads the header `Retry-After`: seconds, or a date (RFC 9110), which counts from the date of the response, or from now.
fn retry_after(text: &str, date: Option<&str>) -> Option<Duration> {
    let text = text.trim();
    let after = if !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit()) {
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        let at = httpdate::parse_http_date(text).ok()?;
        let sent_at = date.and_then(|date| httpdate::parse_http_date(date).ok()).unwrap_or_else(now);
        at.duration_since(sent_at).unwrap_or_default()
    };
    Some(after.min(LONGEST_PAUSE))
}

#[expect(clippy::disallowed_methods, reason = "the date of a response is that of the world")]
fn now() -> SystemTime {
    SystemTime::now()
}

/// Returns the permissions in a token, which the service has checked; `None` if the token is opaque.
fn roles(token: &AccessToken) -> Option<Vec<String>> {
    #[derive(serde::Deserialize)]
    struct Claims {
        roles: Vec<String>,
    }
    let payload = token.expose().split('.').nth(1)?;
    let claims: Claims = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    Some(claims.roles)
}

/// A request without a response.
#[derive(Debug, thiserror::Error)]
#[error("no response was received (client-request-id {id})")]
struct Unanswered {
    id: String,
    source: reqwest::Error,
}

/// Returns a random UUID (RFC 9562, version 4). It need not be unpredictable.
fn new_id() -> String {
    let bits = fastrand::u128(..) & !(0xf << 76) & !(0x3 << 62) | (0x4 << 76) | (0x2 << 62);
    let digits = format!("{bits:032x}");
    let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    parts.join("-")
}

impl std::fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpTransport").field("service", &self.service.as_str()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_retry_after_is_seconds_or_a_date() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        for (text, seconds) in [
            ("17", Some(17)),
            (" 17 ", Some(17)),
            ("Sun, 06 Nov 1994 08:50:07 GMT", Some(30)),
            ("Sunday, 06-Nov-94 08:50:07 GMT", Some(30)),
            ("Sun, 06 Nov 1994 08:40:07 GMT", Some(0)),
            ("99999999999999999999999", Some(3_600)),
            ("Sun, 06 Nov 2095 08:49:37 GMT", Some(3_600)),
            ("-1", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(retry_after(text, date), seconds.map(Duration::from_secs), "{text}");
        }
        // Without the date of the response, the own clock counts.
        let date = |text: &str| retry_after(text, None);
        assert_eq!(date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        assert_eq!(date("Fri, 06 Nov 2195 08:49:37 GMT"), Some(LONGEST_PAUSE));
    }

    #[test]
    fn the_roles_of_an_opaque_token_are_unknown() {
        let token = |payload: &str| format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload));
        for (token, granted) in [
            (token(r#"{"roles": ["Calls.Initiate.All"]}"#), Some(vec!["Calls.Initiate.All".to_owned()])),
            (token(r#"{"roles": 7}"#), None),
            (token("{}"), None),
            ("opaque".to_owned(), None),
            ("a.%%.c".to_owned(), None),
        ] {
            assert_eq!(roles(&AccessToken::new(&token)), granted, "{token}");
        }
    }
}
