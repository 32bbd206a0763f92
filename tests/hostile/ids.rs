//! A hostile service: ids and headers of its responses.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use call_transport_http::ServerSettings;
use reqwest::Method;
use serde_json::{Value, json};

use crate::rig::{Rig, create};

/// A service that gives one answer to everything, and notes the paths of its requests.
#[derive(Clone, Default)]
pub(crate) struct Service(Arc<Mutex<Answer>>, Arc<Mutex<Vec<String>>>);

#[derive(Clone, Default)]
struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl Service {
    pub(crate) async fn start() -> (Self, String) {
        let service = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1.0", listener.local_addr().unwrap());
        let app = Router::new().fallback(answer).with_state(service.clone());
        tokio::spawn(call_transport_http::serve(listener, app, ServerSettings::default(), std::future::pending()));
        (service, url)
    }

    pub(crate) fn answers(&self, status: u16, headers: &[(&'static str, &str)], body: &Value) {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let body = if body.is_null() { String::new() } else { body.to_string() };
        *self.0.lock().unwrap() = Answer { status, headers, body };
    }

    fn paths(&self) -> Vec<String> {
        std::mem::take(&mut *self.1.lock().unwrap())
    }
}

async fn answer(State(service): State<Service>, request: Request) -> Response {
    service.1.lock().unwrap().push(request.uri().path().to_owned());
    let answer = service.0.lock().unwrap().clone();
    let mut headers = HeaderMap::new();
    for (name, value) in answer.headers {
        headers.insert(name, value.parse().unwrap());
    }
    (StatusCode::from_u16(answer.status).unwrap(), headers, answer.body).into_response()
}

#[tokio::test]
async fn no_id_of_a_response_leaves_its_place() {
    let (service, url) = Service::start().await;
    let rig = Rig::of(&url, &["--open-api"]);
    for id in ["a/../../users", "a b", "\u{e9}\u{202e}", "a\r\nx: y", "<b>", "..%2f..", "%0a", "?x=#y", "'\"`"] {
        service.answers(
            201,
            &[],
            &json!({ "@odata.type": "#microsoft.graph.call", "id": id, "state": "establishing" }),
        );
        let created = rig.request(Method::POST, "/v1/calls").json(&create()).send().await.unwrap();
        assert_eq!(created.status(), 201, "{id:?}");
        let location = created.headers()["location"].to_str().unwrap().to_owned();
        assert!(created.headers().get("x").is_none(), "{id:?}");
        let safe = |c: char| c.is_ascii_alphanumeric() || "-._~%".contains(c);
        let segment = location.strip_prefix("/v1/calls/").unwrap();
        assert!(segment.chars().all(safe) && !segment.is_empty(), "{location}");
        // The location leads to the call, and requests about it stay below the calls.
        let shown: Value = rig.request(Method::GET, &location).send().await.unwrap().json().await.unwrap();
        assert_eq!(shown["id"], id);
        service.paths();
        service.answers(204, &[], &Value::Null);
        drop(rig.request(Method::DELETE, &location).send().await.unwrap());
        for path in service.paths() {
            let segment = path.strip_prefix("/v1.0/communications/calls/").unwrap_or_else(|| panic!("{id:?}: {path}"));
            assert!(segment.chars().all(safe), "{path}");
        }
    }
    let long = "x".repeat(513);
    for id in ["", ".", "..", &long] {
        for location in ["", "/communications/calls/..", &format!("/communications/calls/{long}")] {
            service.answers(
                201,
                &[("location", location)],
                &json!({ "@odata.type": "#microsoft.graph.call", "id": id }),
            );
            let created = rig.request(Method::POST, "/v1/calls").json(&create()).send().await.unwrap();
            assert_eq!(created.status(), 202, "{id:.9} {location:.40}: no call is known by it");
        }
    }
}

#[tokio::test]
async fn a_retry_after_is_capped() {
    let (service, url) = Service::start().await;
    let rig = Rig::of(&url, &["--open-api"]);
    for (after, expected) in [
        ("120", "120"),
        ("99999999", "3600"),
        ("99999999999999999999999999", "3600"),
        ("Fri, 06 Nov 2195 08:49:37 GMT", "3600"),
    ] {
        service.answers(
            429,
            &[("retry-after", after)],
            &json!({ "error": { "code": "TooManyRequests", "message": "x" } }),
        );
        let created = rig.request(Method::POST, "/v1/calls").json(&create());
        let throttled =
            tokio::time::timeout(std::time::Duration::from_secs(60), created.send()).await.unwrap().unwrap();
        assert_eq!(
            (throttled.status().as_u16(), &throttled.headers()["retry-after"]),
            (503, &expected.parse().unwrap()),
            "{after}"
        );
    }
}
