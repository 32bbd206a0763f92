//! How the webhook answers a post, and what it delivers.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{Request, Response, StatusCode, header};
use call_core::Id;
use call_msgraph::Token;
use call_transport::IntakeAnswer;
use call_transport_http::{Authentication, EmptyPost, Webhook, WebhookSettings};
use tower_service::Service as _;

use crate::issuer::{Issuer, KEY, OTHER_KEY, claims};
use crate::recorder::Recorder;

fn open(recorder: &Arc<Recorder>, settings: WebhookSettings) -> Webhook {
    Webhook::new(Arc::clone(recorder) as _, Authentication::None, settings)
}

fn post(path: &str, body: impl Into<Body>) -> Request<Body> {
    let builder = Request::post(path).header(header::CONTENT_TYPE, "application/json; charset=utf-8");
    builder.body(body.into()).unwrap()
}

async fn answered(webhook: &Webhook, request: Request<Body>) -> Response<Body> {
    webhook.clone().call(request).await.unwrap()
}

/// Posts to a webhook without authentication. Returns the status and whether the post was delivered.
async fn outcome(settings: WebhookSettings, request: Request<Body>) -> (u16, bool) {
    let recorder = Recorder::that_answers(IntakeAnswer::Accepted);
    let status = answered(&open(&recorder, settings), request).await.status();
    (status.as_u16(), !recorder.posts().is_empty())
}

async fn usual(request: Request<Body>) -> (u16, bool) {
    outcome(WebhookSettings::default(), request).await
}

#[tokio::test]
async fn a_post_is_delivered_with_token_and_id() {
    let recorder = Recorder::that_answers(IntakeAnswer::Accepted);
    let mut request = post("/2b5c", r#"{"value": []}"#);
    request.headers_mut().insert("X-Microsoft-Skype-Message-ID", "m1".parse().unwrap());
    assert_eq!(answered(&open(&recorder, WebhookSettings::default()), request).await.status(), StatusCode::ACCEPTED);
    let posts = recorder.posts();
    assert_eq!(posts[0].body.as_ref(), br#"{"value": []}"#);
    assert_eq!((posts[0].token.clone(), posts[0].message_id.clone()), (Token::new("2b5c").ok(), Some(Id::new("m1"))));
}

#[tokio::test]
async fn a_webhook_nests_in_a_router_with_state() {
    let recorder = Recorder::that_answers(IntakeAnswer::Accepted);
    let webhook = open(&recorder, WebhookSettings::default());
    let state =
        axum::routing::get(|axum::extract::State(state): axum::extract::State<u8>| async move { state.to_string() });
    let mut app = axum::Router::<u8>::new().route("/", state).nest("/api/calls", webhook.router()).with_state(7);
    for path in ["/api/calls", "/api/calls/2b5c"] {
        assert_eq!(app.call(post(path, "{}")).await.unwrap().status(), StatusCode::ACCEPTED, "{path}");
    }
    let tokens: Vec<_> = recorder.posts().into_iter().map(|post| post.token).collect();
    assert_eq!(tokens, [None, Token::new("2b5c").ok()]);
}

#[tokio::test]
async fn the_intake_decides_the_response() {
    let elsewhere = "https://eu.contoso.com/callback".to_owned();
    let reply: Arc<[u8]> = br#"{"@odata.type": "x"}"#.as_slice().into();
    let busy = IntakeAnswer::Busy { retry_after: Duration::from_millis(1_500) };
    for (answer, status, name, value) in [
        (IntakeAnswer::Accepted, 202, "content-length", None),
        (IntakeAnswer::Reply(reply), 200, "content-type", Some("application/json")),
        (IntakeAnswer::Redirected(elsewhere.clone()), 302, "location", Some(elsewhere.as_str())),
        (IntakeAnswer::Redirected("\n".to_owned()), 503, "retry-after", Some("1")),
        (IntakeAnswer::SendAgain, 204, "content-type", None),
        (IntakeAnswer::Unreadable, 400, "content-type", None),
        (busy, 503, "retry-after", Some("2")),
    ] {
        let recorder = Recorder::that_answers(answer.clone());
        let response = answered(&open(&recorder, WebhookSettings::default()), post("/", "{}")).await;
        let header = response.headers().get(name).map(|value| value.to_str().unwrap());
        assert_eq!((response.status().as_u16(), header), (status, value), "{answer:?}");
    }
}

#[tokio::test]
async fn other_paths_and_methods_are_refused() {
    for path in ["/a/b", "/..%2f", "/caf%C3%A9", "/a=b", &format!("/{}", "x".repeat(129))] {
        assert_eq!(usual(post(path, "{}")).await, (404, false), "{path}");
    }
    for method in ["GET", "PUT", "DELETE", "OPTIONS", "BREW"] {
        let request = Request::builder().method(method).uri("/").body(Body::from("{}")).unwrap();
        assert_eq!(usual(request).await, (405, false), "{method}");
    }
}

#[tokio::test]
async fn other_content_types_are_refused() {
    for (name, value) in [
        ("content-type", "text/html"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("content-type", "nonsense"),
        ("content-type", "application/json; charset=klingon"),
        ("content-encoding", "gzip"),
        ("content-encoding", "identity, br"),
    ] {
        let mut request = post("/", "{}");
        request.headers_mut().insert(name, value.parse().unwrap());
        assert_eq!(usual(request).await, (415, false), "{name}: {value}");
    }
    let mut request = post("/", "{}");
    request.headers_mut().remove("content-type");
    assert_eq!(usual(request).await, (415, false), "a page of another site can post without a type");
}

#[tokio::test]
async fn other_charsets_are_read() {
    for (charset, bytes, text) in [
        ("Windows-1252", b"{\"a\": \"\x80\xe9\"}".as_slice(), "{\"a\": \"\u{20ac}\u{e9}\"}"),
        ("\"utf-16le\"", b"{\0}\0", "{}"),
        ("UTF-8", b"\xef\xbb\xbf{}", "{}"),
    ] {
        let recorder = Recorder::that_answers(IntakeAnswer::Accepted);
        let mut request = post("/", bytes);
        let content_type = format!("application/json; charset={charset}");
        request.headers_mut().insert("content-type", content_type.parse().unwrap());
        answered(&open(&recorder, WebhookSettings::default()), request).await;
        assert_eq!(recorder.posts()[0].body.as_ref(), text.as_bytes(), "{charset}");
    }
}

#[tokio::test]
async fn long_or_deep_bodies_are_refused() {
    let settings = WebhookSettings { max_body_bytes: 100, ..WebhookSettings::default() };
    assert_eq!(outcome(settings, post("/", "x".repeat(100))).await, (202, true));
    assert_eq!(outcome(settings, post("/", "x".repeat(101))).await, (413, false));
    // A chunked body without an end.
    let endless =
        tokio_stream::iter(std::iter::repeat_with(|| Ok::<_, std::io::Error>(Bytes::from_static(&[b' '; 64]))));
    assert_eq!(outcome(settings, post("/", Body::from_stream(endless))).await, (413, false));
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(usual(post("/", nested(64))).await, (202, true));
    assert_eq!(usual(post("/", nested(65))).await, (400, false));
    assert_eq!(usual(post("/", "[".repeat(1 << 20))).await, (400, false));
}

#[tokio::test(start_paused = true)]
async fn slow_or_truncated_bodies_are_refused() {
    let stuck = Body::from_stream(tokio_stream::pending::<Result<Bytes, std::io::Error>>());
    assert_eq!(usual(post("/", stuck)).await, (408, false));
    let torn = Body::from_stream(tokio_stream::once(Err::<Bytes, _>(std::io::Error::other("torn"))));
    assert_eq!(usual(post("/", torn)).await, (400, false));
}

#[tokio::test(start_paused = true)]
async fn a_slow_intake_times_out() {
    let recorder = Recorder::that_never_answers();
    let response = answered(&open(&recorder, WebhookSettings::default()), post("/", "{}")).await;
    assert_eq!((response.status().as_u16(), response.headers()["retry-after"].as_bytes()), (503, b"2".as_slice()));
}

#[tokio::test(start_paused = true)]
async fn posts_in_flight_are_limited() {
    let recorder = Recorder::that_never_answers();
    let webhook = open(&recorder, WebhookSettings { max_posts_in_flight: 2, ..WebhookSettings::default() });
    let waiting: Vec<_> = (0..2).map(|_| tokio::spawn(webhook.clone().call(post("/", "{}")))).collect();
    while recorder.posts().len() < 2 {
        tokio::task::yield_now().await;
    }
    let response = answered(&webhook, post("/", "{}")).await;
    assert_eq!((response.status().as_u16(), recorder.posts().len()), (503, 2));
    for waiting in waiting {
        waiting.abort();
        drop(waiting.await);
    }
    drop(tokio::spawn(webhook.clone().call(post("/", "{}"))));
    while recorder.posts().len() < 3 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_empty_post_is_refused_by_default() {
    for (empty, status) in [(EmptyPost::Refuse, 400), (EmptyPost::Accept, 202)] {
        let recorder = Recorder::that_answers(IntakeAnswer::Unreadable);
        let webhook = open(&recorder, WebhookSettings { empty_post: empty, ..WebhookSettings::default() });
        assert_eq!(answered(&webhook, post("/", "")).await.status().as_u16(), status);
        assert_eq!(recorder.posts().len(), 1, "it is counted");
        assert_eq!(answered(&webhook, post("/", "x")).await.status().as_u16(), 400);
    }
}

#[tokio::test]
async fn an_unauthenticated_body_is_not_read() {
    let issuer = Issuer::that_publishes(&[&KEY]).await;
    let recorder = Recorder::that_answers(IntakeAnswer::Accepted);
    let authentication = Authentication::Token(Arc::new(issuer.usual_validator()));
    let webhook = Webhook::new(Arc::clone(&recorder) as _, authentication, WebhookSettings::default());
    let bearing = |token: Option<String>, body: Body| {
        let mut request = post("/2b5c", body);
        if let Some(token) = token {
            request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        }
        request
    };
    let (good, wrong) = (KEY.sign(&claims()).unwrap(), OTHER_KEY.sign_as("k1", &claims()).unwrap());
    for (token, challenge) in [(None, "Bearer"), (Some(wrong), "Bearer error=\"invalid_token\"")] {
        let stuck = Body::from_stream(tokio_stream::pending::<Result<Bytes, std::io::Error>>());
        let response = answered(&webhook, bearing(token, stuck)).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(response.headers()["www-authenticate"], challenge);
    }
    assert!(recorder.posts().is_empty());
    let response = answered(&webhook, bearing(Some(good.clone()), "{}".into())).await;
    assert_eq!((response.status(), recorder.posts().len()), (StatusCode::ACCEPTED, 1));

    issuer.is_down(true);
    let unsure = Webhook::new(
        Arc::clone(&recorder) as _,
        Authentication::Token(Arc::new(issuer.usual_validator())),
        WebhookSettings::default(),
    );
    let response = answered(&unsure, bearing(Some(good), "{}".into())).await;
    assert_eq!((response.status().as_u16(), response.headers()["retry-after"].as_bytes()), (503, b"5".as_slice()));
}
