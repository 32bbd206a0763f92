//! Forged tokens, rotated keys, and what the log says about them.

use std::fs;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use call_transport_http::ServerSettings;
use call_transport_mock::SigningKey;
use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::running::{Running, callctl, client};

static KEY: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate("k1", 2_048).unwrap());
static NEXT: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate("k2", 2_048).unwrap());
static ATTACKER: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::generate("k1", 2_048).unwrap());

const APPLICATION: &str = "0efc74f7-41c3-47a4-8775-7259bfef4241";
const TENANT: &str = "9f1b0d4e-1c3a-4c5e-9d7f-0a1b2c3d4e5f";

/// A sidecar that trusts an issuer.
struct Guarded {
    sidecar: Running,
    client: Client,
    keys: Arc<Mutex<Vec<Value>>>,
    fetches: Arc<AtomicUsize>,
    directory: TempDir,
}

impl Guarded {
    async fn start(more: &[&str]) -> Self {
        let keys = Arc::new(Mutex::new(vec![KEY.published().clone()]));
        let fetches = Arc::new(AtomicUsize::new(0));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let document = json!({ "jwks_uri": format!("{base}/keys") }).to_string();
        let (published, counted) = (Arc::clone(&keys), Arc::clone(&fetches));
        let app = Router::new().route("/openid", get(async move || document)).route(
            "/keys",
            get(async move || {
                counted.fetch_add(1, Ordering::SeqCst);
                json!({ "keys": *published.lock().unwrap() }).to_string()
            }),
        );
        tokio::spawn(call_transport_http::serve(listener, app, ServerSettings::default(), std::future::pending()));
        let directory = tempfile::tempdir().unwrap();
        let journal = directory.path().join("journal");
        let mut command = callctl(&["serve", "--listen", "127.0.0.1:0", "--public-url", "https://bot.contoso.com"]);
        command.args(["--journal", journal.to_str().unwrap(), "--access-token", "t0ken", "--app-id", APPLICATION]);
        command.args(["--webhook-openid-url", &format!("{base}/openid"), "--log-format", "json"]).args(more);
        let log = fs::File::create(directory.path().join("log")).unwrap();
        let sidecar = Running::start_logging(command, Stdio::from(log));
        Self { sidecar, client: client(), keys, fetches, directory }
    }

    fn publish(&self, keys: &[&SigningKey]) {
        *self.keys.lock().unwrap() = keys.iter().map(|key| key.published().clone()).collect();
    }

    async fn post(&self, token: &str) -> u16 {
        let request = self.client.post(format!("{}/callback", self.sidecar.url)).json(&json!({ "value": [] }));
        request.bearer_auth(token).send().await.unwrap().status().as_u16()
    }

    fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("log")).unwrap()
    }
}

#[expect(clippy::disallowed_methods, reason = "tokens end by the clock of the world")]
fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn claims() -> Value {
    let now = now();
    json!({ "iss": "https://api.botframework.com", "aud": APPLICATION, "nbf": now - 60, "exp": now + 3_600, "tid": TENANT })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// Returns a token with another header, and the signature of the right key for the right one.
fn with_header(header: &Value) -> String {
    let token = KEY.sign(&claims()).unwrap();
    format!("{}.{}", part(header), token.split_once('.').unwrap().1)
}

#[tokio::test]
async fn no_forged_token_is_accepted() {
    let guarded = Guarded::start(&["--tenants", TENANT]).await;
    let good = KEY.sign(&claims()).unwrap();
    assert_eq!(guarded.post(&good).await, 202);
    let parts: Vec<_> = good.split('.').collect();
    let other = KEY.sign(&with("exp", json!(now() + 7_200))).unwrap();
    let header = |key: &str, value: Value| {
        let mut header = json!({ "alg": "RS256", "typ": "JWT", "kid": "k1" });
        header[key] = value;
        with_header(&header)
    };
    let signed = |name: &str, value: Value| KEY.sign(&with(name, value)).unwrap();
    let unsigned = |alg: &str| format!("{}.{}.", part(&json!({ "alg": alg, "kid": "k1" })), parts[1]);
    let mut forged = vec![
        ("another key under the same id", ATTACKER.sign(&claims()).unwrap()),
        ("the payload of another token", format!("{}.{}.{}", parts[0], other.split('.').nth(1).unwrap(), parts[2])),
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        ("two parts", format!("{}.{}", parts[0], parts[1])),
        ("four parts", format!("{good}.x")),
        ("a cut signature", good[..good.len() - 8].to_owned()),
        ("an extension", header("crit", json!(["exp"]))),
        ("an unknown extension", header("crit", json!(["x"]))),
        ("another algorithm of the key", header("alg", json!("RS384"))),
        ("a symmetric algorithm", header("alg", json!("HS256"))),
        ("an embedded key", header("jwk", ATTACKER.published().clone())),
        ("an embedded key address", header("jku", json!("http://127.0.0.1:9/keys"))),
        ("a key id that is no text", header("kid", json!(7))),
        ("a key id with a path", header("kid", json!("../k1"))),
        ("no key id", with_header(&json!({ "alg": "RS256" }))),
        ("no header", format!(".{}.{}", parts[1], parts[2])),
        ("an issuer list", signed("iss", json!(["https://api.botframework.com"]))),
        ("an issuer object", signed("iss", json!({ "iss": "https://api.botframework.com" }))),
        ("another issuer", signed("iss", json!("https://api.botframework.com.evil.com"))),
        ("an issuer with a slash", signed("iss", json!("https://api.botframework.com/"))),
        ("no issuer", signed("iss", Value::Null)),
        ("another audience", signed("aud", json!("another bot"))),
        ("a part of the audience", signed("aud", json!(&APPLICATION[..35]))),
        ("an empty audience list", signed("aud", json!([]))),
        ("an audience list without it", signed("aud", json!(["a", "b"]))),
        ("no audience", signed("aud", Value::Null)),
        ("an audience that is a number", signed("aud", json!(7))),
        ("expired", signed("exp", json!(now() - 1_000))),
        ("no expiry", signed("exp", Value::Null)),
        ("an expiry that is a text", signed("exp", json!("never"))),
        ("a negative expiry", signed("exp", json!(-1))),
        ("not valid yet", signed("nbf", json!(now() + 1_000))),
        ("another tenant", signed("tid", json!("86dc81db-c112-4228-9222-63f3e5aa1edb"))),
        ("no tenant", signed("tid", Value::Null)),
        ("a tenant that is a number", signed("tid", json!(7))),
        ("nothing", String::new()),
        ("text", "x".repeat(100)),
        ("a long text", "x".repeat(20_000)),
    ];
    forged.extend(["none", "None", "NONE", "nOnE", ""].map(|alg| ("no algorithm", unsigned(alg))));
    for (what, token) in &forged {
        let status = guarded.post(token).await;
        // A key id that no issuer publishes may be published soon.
        let is_unknown = *what == "a key id with a path";
        assert_eq!(status, if is_unknown { 503 } else { 401 }, "{what}");
    }
    // Each bit of the signature counts.
    let step = if crate::is_full() { 1 } else { 61 };
    let signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
    for bit in (0..signature.len() * 8).step_by(step) {
        let mut flipped = signature.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let token = format!("{}.{}.{}", parts[0], parts[1], URL_SAFE_NO_PAD.encode(flipped));
        assert_eq!(guarded.post(&token).await, 401, "bit {bit}");
    }
    assert_eq!(guarded.post(&good).await, 202);
    // GUIDs have no case.
    assert_eq!(guarded.post(&signed("aud", json!(APPLICATION.to_uppercase()))).await, 202);
    assert_eq!(guarded.post(&signed("tid", json!(TENANT.to_uppercase()))).await, 202);
}

#[tokio::test]
async fn a_rotation_rejects_no_valid_token() {
    let guarded = Guarded::start(&[]).await;
    let (old, new) = (KEY.sign(&claims()).unwrap(), NEXT.sign(&claims()).unwrap());
    assert_eq!(guarded.post(&old).await, 202);
    // The service signs with a key before the document has it: the post is sent again.
    assert_eq!(guarded.post(&new).await, 503);
    guarded.publish(&[&KEY, &NEXT]);
    assert_eq!(guarded.post(&new).await, 202, "the key is fetched at once");
    guarded.publish(&[&NEXT]);
    assert_eq!(guarded.post(&new).await, 202);
}

#[tokio::test]
async fn unknown_key_ids_cause_few_fetches() {
    let guarded = Guarded::start(&[]).await;
    while guarded.fetches.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let flood = if crate::is_full() { 5_000 } else { 200 };
    for number in 0..flood {
        let token = ATTACKER.sign_as(&format!("x{number}"), &claims()).unwrap();
        assert_eq!(guarded.post(&token).await, 503, "never 401 while the key may be published soon");
    }
    let fetches = guarded.fetches.load(Ordering::SeqCst);
    assert!((2..=20).contains(&fetches), "{fetches} fetches");
    assert_eq!(guarded.post(&KEY.sign(&claims()).unwrap()).await, 202);
}

#[tokio::test]
async fn the_log_says_what_was_expected() {
    let guarded = Guarded::start(&["--tenants", TENANT]).await;
    let tokens = [
        KEY.sign(&with("aud", json!("another\nbot"))).unwrap(),
        KEY.sign(&with("iss", json!("https://evil.example"))).unwrap(),
        KEY.sign(&with("tid", json!("t2"))).unwrap(),
        ATTACKER.sign_as("k9", &claims()).unwrap(),
    ];
    for token in &tokens {
        assert!([401, 503].contains(&guarded.post(token).await));
    }
    let log = guarded.log();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let refused: Vec<_> = lines
        .iter()
        .filter(|line| line["message"].as_str().is_some_and(|text| text.starts_with("post refused")))
        .collect();
    assert_eq!(refused.len(), 4, "{log}");
    let received = |at: usize, name: &str| refused[at][name].as_str().unwrap_or_default().to_owned();
    assert_eq!(received(0, "audience"), "another\\u{a}bot");
    assert_eq!(received(1, "issuer"), "https://evil.example");
    assert_eq!(received(2, "tenant"), "t2");
    assert_eq!((received(3, "key_id"), received(3, "reason")), ("k9".to_owned(), "unknownKey".to_owned()));
    for line in &refused {
        assert_eq!((&line["expected_audience"], &line["expected_tenant"]), (&json!(APPLICATION), &json!(TENANT)));
        assert!(
            line["expected_issuer"].as_str().is_some_and(|issuers| issuers.contains("https://graph.microsoft.com"))
        );
    }
    for token in &tokens {
        assert!(token.split('.').all(|part| !log.contains(part)), "no part of a token is logged");
    }
}
