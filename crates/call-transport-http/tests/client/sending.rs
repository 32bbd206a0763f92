//! What one attempt sends, and how the client reads the response.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use call_msgraph::{CallbackUri, Request};
use call_transport::{Reply, SendError, Transport};
use call_transport_http::{FixedToken, HttpTransport, ServiceUrl, Timeouts};
use call_transport_mock::sample_requests;
use http::Method;
use serde_json::json;

use crate::socket::{Does, Socket, response};

fn client(service: ServiceUrl) -> HttpTransport {
    let timeouts = Timeouts { response: Duration::from_millis(300), ..Timeouts::default() };
    HttpTransport::new(service, Arc::new(FixedToken::new("secret-token")), timeouts).unwrap()
}

fn create() -> Request {
    let callback = CallbackUri::new("https://bot.contoso.com/callback").unwrap();
    Request::Create(sample_requests(&callback).unwrap().swap_remove(0).1)
}

fn get() -> Request {
    Request::get("57dab8b1-894c-409a-b240-bd8beae78896".into())
}

async fn sent(request: &Request, does: Does) -> Result<Reply, SendError> {
    let socket = Socket::that(vec![does]).await;
    client(socket.url()).send(request).await
}

#[tokio::test]
async fn a_request_carries_token_id_and_body() {
    let socket = Socket::that(vec![response("201 Created", "", r#"{"id": "c1"}"#)]).await;
    let client = client(socket.url());
    for _ in 0..2 {
        assert_eq!(client.send(&create()).await.unwrap().call, Some("c1".into()));
    }
    let requests = socket.requests();
    let mut ids = BTreeSet::new();
    for request in &requests {
        let (head, body) = request.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("POST /v1.0/communications/calls HTTP/1.1\r\n"), "{head}");
        assert!(head.contains("\r\nauthorization: Bearer secret-token\r\n"), "{head}");
        assert!(head.contains("\r\ncontent-type: application/json\r\n"), "{head}");
        ids.extend(head.lines().find_map(|line| line.strip_prefix("client-request-id: ")));
        assert_eq!(body, create().body().unwrap().to_string());
    }
    assert_eq!((requests.len(), ids.len()), (2, 2), "each attempt has an id of its own");
    assert_eq!(socket.connections(), 1, "a connection is used again");
}

#[tokio::test]
async fn untyped_operations_can_be_sent() {
    let socket = Socket::that(vec![response("418 I'm a teapot", "", "short and stout")]).await;
    let body = json!({ "routingMode": "multicast" });
    let path = "/communications/calls/c1/audioRoutingGroups/oneToOne";
    let answered = client(socket.url()).raw(Method::PATCH, path, Some(&body)).await.unwrap();
    assert_eq!((answered.status, answered.body.as_ref()), (418, b"short and stout".as_slice()));
    let request = &socket.requests()[0];
    assert!(request.starts_with(&format!("PATCH /v1.0{path} ")) && request.ends_with(&body.to_string()), "{request}");
}

#[tokio::test]
async fn an_empty_post_sends_content_length_zero() {
    let socket = Socket::that(vec![response("200 OK", "", "")]).await;
    client(socket.url()).send(&Request::keep_alive("c1".into())).await.unwrap();
    assert!(socket.requests()[0].contains("\r\ncontent-length: 0\r\n"), "{:?}", socket.requests());
}

#[tokio::test]
async fn an_error_contains_service_message_and_request_id() {
    let body = r#"{"error": {"code": "7504", "message": "No.", "innerError": {"request-id": "r1"}}}"#;
    let error = sent(&create(), response("403 Forbidden", "", body)).await.unwrap_err();
    let says =
        "the service refused the request with status 403: the service said 7504 (request-id r1): The application lacks";
    assert!(error.to_string().starts_with(says), "{error}");
    let error = sent(&create(), response("403 Forbidden", "request-id: r2\r\n", "")).await.unwrap_err();
    assert!(error.to_string().contains("r2"), "{error}");
}

#[tokio::test]
async fn a_throttled_request_reports_the_retry_delay() {
    for status in ["429 Too Many Requests", "503 Service Unavailable"] {
        let error = sent(&create(), response(status, "Retry-After: 17\r\nrequest-id: r3\r\n", "")).await.unwrap_err();
        let expected = Duration::from_secs(17);
        assert!(error.to_string().contains("r3"), "{error}");
        assert!(matches!(error, SendError::Throttled { retry_after, .. } if retry_after == expected), "{error}");
    }
}

#[tokio::test]
async fn a_refused_connection_is_not_sent() {
    // No process listens on port 1 of this machine.
    let closed_port = ServiceUrl::new("http://127.0.0.1:1/v1.0").unwrap();
    let error = client(closed_port).send(&create()).await.unwrap_err();
    assert!(matches!(error, SendError::NotSent(_)), "{error:?}");
}

#[tokio::test]
async fn a_request_without_a_response_is_uncertain() {
    let dropped = sent(&create(), Does::SaysAndHangsUp(String::new())).await.unwrap_err();
    let silent = sent(&create(), Does::Nothing).await.unwrap_err();
    let half = "HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{\"id\"".to_owned();
    let torn = sent(&create(), Does::SaysAndHangsUp(half.clone())).await.unwrap_err();
    let stuck = sent(&create(), Does::Says(half)).await.unwrap_err();
    for error in [dropped, silent, torn, stuck] {
        assert!(matches!(&error, SendError::Uncertain(_)), "{error:?}");
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.starts_with("no response was received (client-request-id "), "{cause}");
    }
}

#[tokio::test]
async fn an_invalid_response_is_uncertain() {
    let long = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(17 << 20));
    for text in ["SSH-2.0-OpenSSH_9.7\r\n", "HTTP/1.1 999999\r\n\r\n", "\0\0\0", &long] {
        let error = sent(&get(), Does::SaysAndHangsUp(text.to_owned())).await.unwrap_err();
        assert!(matches!(error, SendError::Uncertain(_)), "{error:?}");
    }
    let error = sent(&create(), response("201 Created", "", "<html>")).await.unwrap_err();
    assert!(matches!(error, SendError::Uncertain(_)), "{error:?}");
}

#[tokio::test]
async fn a_redirect_does_not_leak_the_token() {
    let elsewhere = Socket::that(vec![response("200 OK", "", "{}")]).await;
    let location = format!("Location: http://{}/\r\n", elsewhere.address);
    let error = sent(&get(), response("302 Found", &location, "")).await.unwrap_err();
    assert!(matches!(error, SendError::Rejected { status: 302, .. }), "{error}");
    assert!(elsewhere.requests().is_empty());
}

#[tokio::test]
async fn errors_contain_neither_token_nor_address() {
    for does in [Does::Nothing, response("401 Unauthorized", "", "")] {
        let error = sent(&Request::get("4:+12065550100".into()), does).await.unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(!text.contains("secret-token") && !text.contains("2065550100"), "{text}");
    }
}
