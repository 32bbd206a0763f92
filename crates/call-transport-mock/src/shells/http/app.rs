//! The routes of the simulated service over HTTP.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method as HttpMethod, StatusCode};
use axum::response::Response;
use axum::routing::{any, get, post};
use call_msgraph::{CallbackUri, Method};
use call_transport_http::{ClientError, Timeouts};
use serde_json::{Value, json};

use crate::service::bodies;
use crate::service::callbacks::Callbacks;
use crate::service::truth::Truth;
use crate::shells::http::poster::Poster;
use crate::shells::http::signing_key::{KeyError, SigningKey};
use crate::shells::running::Shared;
use crate::shells::simulated::SimulatedService;

/// Settings of a simulated service over HTTP.
#[derive(Debug, Clone)]
pub struct HttpSettings {
    /// Address of the service, such as `http://127.0.0.1:8080`.
    pub url: String,
    /// Application id of the bot, the audience of the tokens of posts.
    pub application: String,
    /// Key that signs the tokens of posts.
    pub key: SigningKey,
    /// Timeouts of posts.
    pub timeouts: Timeouts,
    /// Addresses to which posts, redirects and incoming calls may lead. Default: https, and http of this machine.
    pub callbacks: Callbacks,
}

/// Size of the key, in bits.
const KEY_SIZE: usize = 2_048;

impl HttpSettings {
    /// Returns settings with a new key and the default timeouts.
    ///
    /// # Errors
    /// [`KeyError`] if the operating system returns no random numbers.
    pub fn new(url: &str, application: &str) -> Result<Self, KeyError> {
        let key = SigningKey::generate("simulated", KEY_SIZE)?;
        Ok(Self {
            url: url.to_owned(),
            application: application.to_owned(),
            key,
            timeouts: Timeouts::default(),
            callbacks: Callbacks::ThisMachine,
        })
    }
}

impl SimulatedService {
    /// Posts over HTTP from here on, and returns the application to serve at [`HttpSettings::url`]:
    ///
    /// * the calling API at `/v1.0/communications` and `/beta/communications`, for any bearer token;
    /// * `POST /emulator/incoming {"callbackUri"}`: starts an incoming call;
    /// * `GET /emulator/calls`: the truth of all calls, for comparisons;
    /// * `GET /v1/.well-known/openidconfiguration`: the OpenID document with the keys.
    ///
    /// The service retries a post a few times after a response 5xx. A request that the network loses gets no response.
    ///
    /// # Errors
    /// [`ClientError`]
    pub fn over_http(&self, settings: &HttpSettings) -> Result<Router, ClientError> {
        let HttpSettings { url, application, key, timeouts, callbacks } = settings;
        self.post_to(Arc::new(Poster::new(key.clone(), application, *timeouts, *callbacks)?));
        let own: Arc<str> = url.as_str().into();
        let document = move |headers: HeaderMap| {
            // The name by which the bot reached the service: the service may listen at all addresses.
            let host = headers.get(HOST).and_then(|host| host.to_str().ok());
            let base = host.map_or_else(|| own.to_string(), |host| format!("http://{host}"));
            let document = json!({
                "issuer": "https://graph.microsoft.com",
                "jwks_uri": format!("{base}/v1/.well-known/keys"),
                "id_token_signing_alg_values_supported": ["RS256"],
            });
            std::future::ready(in_json(StatusCode::OK, bodies::to_bytes(&document)))
        };
        let keys = json!({ "keys": [key.published()] });
        Ok(Router::new()
            .route("/v1.0/{feature}/{*path}", any(call_api))
            .route("/beta/{feature}/{*path}", any(call_api))
            .route("/emulator/incoming", post(ring))
            .route("/emulator/calls", get(calls))
            .with_state(App { service: self.shared(), url: url.as_str().into(), callbacks: *callbacks })
            .route("/v1/.well-known/openidconfiguration", get(document))
            .route("/v1/.well-known/keys", get(async move || in_json(StatusCode::OK, bodies::to_bytes(&keys)))))
    }
}

#[derive(Clone)]
struct App {
    service: Arc<Shared>,
    url: Arc<str>,
    callbacks: Callbacks,
}

/// Maximum size of a request, in bytes.
const LONGEST: usize = 1 << 20;

/// Version of the API in the paths of responses.
const VERSION: &str = "/v1.0";
/// Versions of the API, the first segment of each path. National clouds have other hosts, and the same paths.
const VERSIONS: [&str; 2] = [VERSION, "/beta"];

async fn call_api(State(App { service, url, .. }): State<App>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let id = head.headers.get("client-request-id").cloned();
    let authorization = head.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_known = authorization
        .split_once(' ')
        .is_some_and(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty());
    let mut response = if is_known {
        let path = after_version(head.uri.path()).unwrap_or_default().to_owned();
        answer(&service, &url, &head.method, path, body).await
    } else {
        refuse(StatusCode::UNAUTHORIZED, "InvalidAuthenticationToken", "Access token is empty.")
    };
    tracing::info!(method = %head.method, path = head.uri.path(), status = response.status().as_u16(), "request");
    if let Some(id) = id {
        response.headers_mut().insert("client-request-id", id);
    }
    response
}

/// Returns a path without the version of the API; `None` for an unknown version.
fn after_version(path: &str) -> Option<&str> {
    VERSIONS.iter().find_map(|version| path.strip_prefix(version))
}

async fn answer(service: &Shared, url: &str, method: &HttpMethod, path: String, body: Body) -> Response {
    let method = match *method {
        HttpMethod::GET => Method::Get,
        HttpMethod::POST => Method::Post,
        HttpMethod::PATCH => Method::Patch,
        HttpMethod::DELETE => Method::Delete,
        _ => return refuse(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", "There is no such method."),
    };
    let Ok(body) = to_bytes(body, LONGEST).await else {
        return refuse(StatusCode::PAYLOAD_TOO_LARGE, "RequestTooLarge", "The body is too long.");
    };
    let body = match body.as_ref() {
        b"" => None,
        bytes => match serde_json::from_slice(bytes) {
            Ok(value) => Some(value),
            Err(error) => {
                return refuse(StatusCode::BAD_REQUEST, "BadRequest", &format!("The body is no JSON: {error}"));
            }
        },
    };
    match service.request(method, path, body).await {
        Ok(response) => {
            let status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let mut answer = in_json(status, response.body);
            let location = response.location.map(|path| format!("{url}{VERSION}{path}"));
            insert(&mut answer, LOCATION, location);
            insert(&mut answer, RETRY_AFTER, response.retry_after.map(|after| after.as_secs().to_string()));
            answer
        }
        Err(_) => refuse(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", "The simulation has stopped."),
    }
}

async fn ring(State(App { service, callbacks, .. }): State<App>, body: Body) -> Response {
    let body = to_bytes(body, LONGEST).await.unwrap_or_default();
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let callback = asked.get("callbackUri").and_then(Value::as_str);
    let is_address = |uri: &&str| CallbackUri::new(uri).is_ok() || callbacks.excuse(Some(uri));
    let Some(callback) = callback.filter(is_address) else {
        let wanted = "The body must be {\"callbackUri\": \"…\"}, with an https address or an http one of this machine; --allow-plain-http allows others.";
        return refuse(StatusCode::BAD_REQUEST, "BadRequest", wanted);
    };
    service.ring(callback);
    tracing::info!("incoming call started");
    in_json(StatusCode::ACCEPTED, Arc::default())
}

async fn calls(State(App { service, .. }): State<App>) -> Response {
    let call = |truth: &Truth| {
        let states: Vec<_> = truth.steps.iter().map(|step| step.state.as_str()).collect();
        let result = truth.result.as_ref().map(|result| json!({ "code": result.code, "subcode": result.subcode }));
        json!({ "id": truth.call.to_string(), "direction": truth.direction.as_str(), "states": states, "result": result })
    };
    let calls: Vec<_> = service.truths().iter().map(call).collect();
    in_json(StatusCode::OK, bodies::to_bytes(&json!({ "calls": calls })))
}

fn refuse(status: StatusCode, code: &str, message: &str) -> Response {
    in_json(status, bodies::error(code, message, 0))
}

fn in_json(status: StatusCode, body: Arc<[u8]>) -> Response {
    let is_empty = body.is_empty();
    let mut response = Response::new(Body::from(body.to_vec()));
    *response.status_mut() = status;
    if !is_empty {
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    response
}

fn insert(response: &mut Response, name: HeaderName, value: Option<String>) {
    if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
        response.headers_mut().insert(name, value);
    }
}
