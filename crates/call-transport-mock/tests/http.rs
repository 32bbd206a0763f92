//! The simulated service over HTTP, as a client in any language uses it.

#![expect(clippy::unwrap_used, reason = "a test stops where something is missing")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::IntoResponse;
use axum::routing::post;
use call_transport_http::{OpenIdSettings, ServerSettings, ServiceUrl, TokenPolicy, TokenValidator, serve};
use call_transport_mock::{
    Callbacks, HttpSettings, ServiceSettings, SimulatedService, SimulationSettings, sample_requests,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tower_service::Service as _;

struct Rig {
    _service: SimulatedService,
    url: String,
    app: Router,
    callback: String,
    posts: mpsc::UnboundedReceiver<(HeaderMap, Bytes)>,
}

/// Returns a running service, and a bot that answers 202.
async fn rig() -> Rig {
    let (sender, posts) = mpsc::unbounded_channel();
    let bot = async |State(sender): State<mpsc::UnboundedSender<_>>, headers: HeaderMap, body: Bytes| {
        drop(sender.send((headers, body)));
        StatusCode::ACCEPTED
    };
    let webhook = Router::new().route("/callback", post(bot)).with_state(sender);
    let callback = format!("{}/callback", served(webhook).await);
    let settings = ServiceSettings { speed: 25, callbacks: Callbacks::ThisMachine, ..ServiceSettings::default() };
    let service = SimulatedService::start(SimulationSettings { service: settings, ..SimulationSettings::default() });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = service.over_http(&HttpSettings::new(&url, "app").unwrap()).unwrap();
    tokio::spawn(serve(listener, app.clone(), ServerSettings::default(), std::future::pending()));
    Rig { _service: service, url, app, callback, posts }
}

async fn served(app: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(serve(listener, app, ServerSettings::default(), std::future::pending()));
    url
}

async fn asked(rig: &Rig, method: &str, path: &str, body: &str) -> (u16, HeaderMap, Value) {
    let request = Request::builder().method(method).uri(path).header("authorization", "Bearer any");
    let request = request.header("client-request-id", "r1").body(Body::from(body.to_owned())).unwrap();
    let (head, body) = rig.app.clone().call(request).await.into_response().into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    (head.status.as_u16(), head.headers, serde_json::from_slice(&body).unwrap_or_default())
}

fn create(callback: &str) -> String {
    let base = call_msgraph::CallbackUri::new("https://bot.contoso.com/callback").unwrap();
    let mut body = sample_requests(&base).unwrap().swap_remove(0).1.to_json();
    body["callbackUri"] = json!(callback);
    body.to_string()
}

const CALLS: &str = "/v1.0/communications/calls";

#[tokio::test]
async fn a_call_is_created_read_and_deleted() {
    let rig = rig().await;
    let (status, headers, call) = asked(&rig, "POST", CALLS, &create(&rig.callback)).await;
    let id = call["id"].as_str().unwrap();
    assert_eq!((status, headers["client-request-id"].as_bytes()), (201, b"r1".as_slice()));
    assert_eq!(headers["location"], format!("{}{CALLS}/{id}", rig.url).as_str());
    let path = format!("{CALLS}/{id}");
    assert_eq!(asked(&rig, "GET", &path, "").await.0, 200);
    assert_eq!(asked(&rig, "POST", &format!("{path}/keepAlive"), "").await.0, 200);
    assert_eq!(asked(&rig, "DELETE", &path, "").await.0, 204);
    let (_, _, truth) = asked(&rig, "GET", "/emulator/calls", "").await;
    let expected =
        json!({ "id": id, "direction": "outgoing", "states": ["establishing", "terminating"], "result": null });
    assert_eq!(truth["calls"], json!([expected]));
}

#[tokio::test]
async fn posts_carry_a_valid_token_and_id() {
    let mut rig = rig().await;
    asked(&rig, "POST", CALLS, &create(&rig.callback)).await;
    let (headers, body) = rig.posts.recv().await.unwrap();
    let document = ServiceUrl::new(&format!("{}/v1/.well-known/openidconfiguration", rig.url)).unwrap();
    let keys = OpenIdSettings { documents: vec![document], ..OpenIdSettings::default() };
    let authorization = headers["authorization"].to_str().unwrap();
    let validator = TokenValidator::new(TokenPolicy::new("app"), keys.clone()).unwrap();
    assert_eq!(validator.validate(Some(authorization)).await, Ok(()));
    let other = TokenValidator::new(TokenPolicy::new("other"), keys).unwrap();
    assert!(other.validate(Some(authorization)).await.is_err());
    assert_eq!(headers["x-microsoft-skype-message-id"], "message-1");
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["value"][0]["resourceData"]["state"], "establishing");
}

#[tokio::test]
async fn an_incoming_call_is_delivered() {
    let mut rig = rig().await;
    let body = json!({ "callbackUri": rig.callback }).to_string();
    assert_eq!(asked(&rig, "POST", "/emulator/incoming", &body).await.0, 202);
    let (_, body) = rig.posts.recv().await.unwrap();
    let body: Value = serde_json::from_slice(&body).unwrap();
    let call = &body["value"][0]["resourceData"];
    assert_eq!((&call["state"], &call["direction"]), (&json!("incoming"), &json!("incoming")));
    let path = format!("{CALLS}/{}/answer", call["id"].as_str().unwrap());
    assert_eq!(call["source"]["identity"]["user"]["displayName"], "Caller");
    assert!(call["targets"][0]["identity"]["application"].is_object(), "{call}");
    assert_eq!(asked(&rig, "POST", &path, "{}").await.0, 400, "the judge reads it");
    let answer = json!({ "acceptedModalities": ["audio"], "mediaConfig": { "@odata.type": "#microsoft.graph.serviceHostedMediaConfig" } });
    assert_eq!(
        asked(&rig, "POST", &path.replace("/v1.0/communications/", "/beta/Communications/"), &answer.to_string())
            .await
            .0,
        202
    );
}

#[tokio::test]
async fn invalid_requests_are_refused_with_the_reason() {
    let rig = rig().await;
    for (method, path, body, status, code) in [
        ("POST", CALLS, "{", 400, "BadRequest"),
        ("POST", CALLS, "{}", 400, "BadRequest"),
        ("POST", CALLS, &create("http://10.0.0.1/callback"), 400, "BadRequest"),
        ("POST", "/emulator/incoming", "", 400, "BadRequest"),
        ("POST", "/emulator/incoming", r#"{"callbackUri": "http://10.0.0.1/"}"#, 400, "BadRequest"),
        ("POST", CALLS, &"[".repeat(2 << 20), 413, "RequestTooLarge"),
        ("PUT", CALLS, "", 405, "MethodNotAllowed"),
        ("GET", CALLS, "", 405, "MethodNotAllowed"),
        ("GET", "/v1.0/communications/calls/unknown", "", 404, "8522"),
        ("GET", "/v1.0/communications/nothing", "", 404, "ResourceNotFound"),
    ] {
        let (found, _, error) = asked(&rig, method, path, body).await;
        assert_eq!((found, error["error"]["code"].as_str()), (status, Some(code)), "{method} {path}");
        assert!(error["error"]["message"].is_string());
    }
    let request = Request::post(CALLS).body(Body::from(create(&rig.callback))).unwrap();
    assert_eq!(rig.app.clone().call(request).await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn posts_are_retried_and_redirects_followed() {
    let mut rig = rig().await;
    let (sender, mut answered) = mpsc::unbounded_channel();
    let (posted, elsewhere) = (AtomicU16::new(0), rig.callback.clone());
    let bot = move || {
        let status = if posted.fetch_add(1, Ordering::Relaxed) == 0 { 503 } else { 302 };
        let _ = sender.send(status);
        let headers = [("retry-after", "0".to_owned()), ("location", elsewhere.clone())];
        std::future::ready((StatusCode::from_u16(status).unwrap(), headers))
    };
    let bot = Arc::new(bot);
    let bot = post(move || bot());
    let callback = format!("{}/busy", served(Router::new().route("/busy", bot)).await);
    asked(&rig, "POST", CALLS, &create(&callback)).await;
    let (_, body) = rig.posts.recv().await.unwrap();
    assert!(!body.is_empty());
    assert_eq!((answered.recv().await, answered.recv().await), (Some(503), Some(302)));
}

#[tokio::test]
async fn latency_delays_responses() {
    let settings = SimulationSettings { latency: Duration::from_secs(3), ..SimulationSettings::default() };
    tokio::time::pause();
    let service = SimulatedService::start(settings);
    let begun = tokio::time::Instant::now();
    let callback = call_msgraph::CallbackUri::new("https://bot.contoso.com/callback").unwrap();
    let (_, create) = sample_requests(&callback).unwrap().swap_remove(0);
    service.transport().send(&call_msgraph::Request::Create(create)).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(3));
}
