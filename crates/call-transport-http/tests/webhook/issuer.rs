//! A token issuer that signs tokens and publishes keys, or fails to.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use call_transport_http::{Denied, OpenIdSettings, ServerSettings, ServiceUrl, TokenPolicy, TokenValidator, serve};
use call_transport_mock::SigningKey;
use serde_json::{Value, json};

/// Generating keys takes a while, so the tests share them.
pub(crate) static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate("k1", 2_048).unwrap());
pub(crate) static OTHER_KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate("k2", 2_048).unwrap());

pub(crate) const APPLICATION: &str = "0efc74f7-41c3-47a4-8775-7259bfef4241";

pub(crate) struct Issuer {
    document: ServiceUrl,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    keys: Mutex<Vec<Value>>,
    is_down: AtomicBool,
    asked: AtomicUsize,
}

impl Issuer {
    pub(crate) async fn that_publishes(keys: &[&SigningKey]) -> Self {
        let state = Arc::new(State::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let document = json!({ "issuer": "https://graph.microsoft.com", "jwks_uri": format!("{base}/keys?v=1") });
        let (of_document, of_keys) = (Arc::clone(&state), Arc::clone(&state));
        let asked = move || {
            of_document.asked.fetch_add(1, Ordering::Relaxed);
            let is_down = of_document.is_down.load(Ordering::Relaxed);
            std::future::ready(if is_down { Err(StatusCode::BAD_GATEWAY) } else { Ok(document.to_string()) })
        };
        let keys_asked = move || std::future::ready(json!({ "keys": *of_keys.keys.lock().unwrap() }).to_string());
        let app = Router::new().route("/openid", get(asked)).route("/keys", get(keys_asked));
        tokio::spawn(serve(listener, app, ServerSettings::default(), std::future::pending()));
        let issuer = Self { document: ServiceUrl::new(&format!("{base}/openid")).unwrap(), state };
        issuer.publish(keys.iter().map(|key| key.published().clone()).collect());
        issuer
    }

    pub(crate) fn publish(&self, keys: Vec<Value>) {
        *self.state.keys.lock().unwrap() = keys;
    }

    pub(crate) fn is_down(&self, is_down: bool) {
        self.state.is_down.store(is_down, Ordering::Relaxed);
    }

    /// Returns the number of key requests.
    pub(crate) fn asked(&self) -> usize {
        self.state.asked.load(Ordering::Relaxed)
    }

    pub(crate) fn validator(&self, policy: TokenPolicy, max_age: Duration, min_interval: Duration) -> TokenValidator {
        let documents = vec![self.document.clone()];
        let keys = OpenIdSettings { documents, max_age, min_interval, ..OpenIdSettings::default() };
        TokenValidator::new(policy, keys).unwrap()
    }

    /// Returns a validator that trusts this issuer, with the default fetch intervals.
    pub(crate) fn usual_validator(&self) -> TokenValidator {
        let usual = OpenIdSettings::default();
        self.validator(TokenPolicy::new(APPLICATION), usual.max_age, usual.min_interval)
    }
}

#[expect(clippy::disallowed_methods, reason = "tokens end by the clock of the world")]
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// Returns the claims of a valid token.
pub(crate) fn claims() -> Value {
    let now = now();
    json!({ "iss": "https://graph.microsoft.com", "aud": APPLICATION, "nbf": now - 60, "exp": now + 3_600, "tid": "t1" })
}

/// Returns the claims of a valid token, with one of them replaced.
pub(crate) fn claims_with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

pub(crate) async fn validate(validator: &TokenValidator, token: &str) -> Result<(), Denied> {
    validator.validate(Some(&format!("Bearer {token}"))).await
}
