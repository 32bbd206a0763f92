//! How the client fetches, caches and replaces tokens.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use call_msgraph::Request;
use call_transport::{SendError, Transport};
use call_transport_http::{
    ClientCredentials, ClientSecret, CredentialSettings, FixedToken, HttpTransport, ServiceUrl, Timeouts, TokenError,
    TokenProvider,
};

use crate::socket::{Does, Socket, response};

fn granted(token: &str, seconds: u64) -> Does {
    let body = format!(r#"{{"token_type": "Bearer", "expires_in": {seconds}, "access_token": "{token}"}}"#);
    response("200 OK", "", &body)
}

fn settings(authority: &Socket) -> CredentialSettings {
    let secret = ClientSecret::new("very&secret".to_owned());
    CredentialSettings {
        authority: ServiceUrl::new(&format!("http://{}", authority.address)).unwrap(),
        ..CredentialSettings::new("contoso.com", "app", secret)
    }
}

fn usual_credentials(authority: &Socket) -> ClientCredentials {
    ClientCredentials::new(settings(authority)).unwrap()
}

/// Returns credentials without a minimum interval between fetches.
fn credentials(authority: &Socket) -> ClientCredentials {
    ClientCredentials::new(CredentialSettings { min_interval: Duration::ZERO, ..settings(authority) }).unwrap()
}

#[tokio::test]
async fn a_token_is_fetched_once_and_cached() {
    let authority = Socket::that(vec![granted("t1", 3_600)]).await;
    let tokens = credentials(&authority);
    for _ in 0..3 {
        assert_eq!(tokens.token().await.unwrap().expose(), "t1");
    }
    let requests = authority.requests();
    let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
    assert_eq!(requests.len(), 1);
    assert!(head.starts_with("POST /contoso.com/oauth2/v2.0/token HTTP/1.1\r\n"), "{head}");
    let scope = "https%3A%2F%2Fgraph.microsoft.com%2F.default";
    let expected = format!("grant_type=client_credentials&client_id=app&client_secret=very%26secret&scope={scope}");
    assert_eq!(body, expected);
}

#[tokio::test]
async fn concurrent_requests_fetch_one_token() {
    let authority = Socket::that(vec![granted("t1", 3_600)]).await;
    let tokens = Arc::new(credentials(&authority));
    let asking: Vec<_> = (0..50)
        .map(|_| {
            tokio::spawn({
                let tokens = Arc::clone(&tokens);
                async move { tokens.token().await }
            })
        })
        .collect();
    for asked in asking {
        assert_eq!(asked.await.unwrap().unwrap().expose(), "t1");
    }
    assert_eq!(authority.requests().len(), 1);
}

#[tokio::test]
async fn a_token_is_replaced_before_it_expires() {
    let broken = response("500 Internal Server Error", "", "");
    // A token is replaced five minutes before it expires, so this one is due at once.
    let authority = Socket::that(vec![granted("t1", 200), broken, granted("t2", 3_600)]).await;
    let tokens = credentials(&authority);
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(tokens.token().await.unwrap().expose().to_owned());
    }
    assert_eq!((seen.join(" "), authority.requests().len()), ("t1 t1 t2 t2".to_owned(), 3));
}

#[tokio::test]
async fn a_token_without_expiry_is_used() {
    let authority = Socket::that(vec![granted("t1", u64::MAX)]).await;
    assert_eq!(credentials(&authority).token().await.unwrap().expose(), "t1");
}

#[tokio::test]
async fn without_a_token_the_request_is_not_sent() {
    let body = r#"{"error": "invalid_client", "error_description": "AADSTS7000215 of very&secret"}"#;
    let authority = Socket::that(vec![response("401 Unauthorized", "", body)]).await;
    let tokens = credentials(&authority);
    let error = tokens.token().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the authority refused an access token with status 401: invalid_client; check tenant, client id and secret"
    );

    let service = Socket::that(vec![response("200 OK", "", "")]).await;
    let client = HttpTransport::new(service.url(), Arc::new(tokens), Timeouts::default()).unwrap();
    let error = client.send(&Request::get("c1".into())).await.unwrap_err();
    assert!(matches!(error, SendError::NotSent(_)), "{error}");
    assert!(service.requests().is_empty());
}

#[tokio::test]
async fn an_invalid_token_response_can_be_retried() {
    for does in [
        response("200 OK", "", "<html>"),
        response("429 Too Many Requests", "", ""),
        Does::SaysAndHangsUp(String::new()),
    ] {
        let authority = Socket::that(vec![does]).await;
        let error = credentials(&authority).token().await.unwrap_err();
        assert!(matches!(error, TokenError::Unavailable(_)), "{error}");
    }
}

#[tokio::test]
async fn an_overlong_response_states_its_own_limit() {
    let long = |mebibytes: usize| {
        vec![Does::SaysAndHangsUp(format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat((mebibytes << 20) + 1)))]
    };
    let authority = Socket::that(long(1)).await;
    let error = credentials(&authority).token().await.unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "the response body is larger than 1 MiB");

    let service = Socket::that(long(16)).await;
    let client = HttpTransport::new(service.url(), Arc::new(FixedToken::new("t")), Timeouts::default()).unwrap();
    let error = client.send(&Request::get("c1".into())).await.unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "the response body is larger than 16 MiB");
}

#[tokio::test]
async fn a_rejected_token_is_replaced_once() {
    let authority = Socket::that(vec![granted("t1", 3_600), granted("t2", 3_600)]).await;
    let service = Socket::that(vec![response("401 Unauthorized", "", ""), response("200 OK", "", "")]).await;
    let client = HttpTransport::new(service.url(), Arc::new(credentials(&authority)), Timeouts::default()).unwrap();
    client.send(&Request::get("c1".into())).await.unwrap();
    assert!(service.requests()[1].contains("Bearer t2"), "{:?}", service.requests());
}

#[tokio::test]
async fn concurrent_requests_share_the_replacement_token() {
    let authority = Socket::that(vec![granted("t1", 3_600), granted("t2", 3_600)]).await;
    let tokens = credentials(&authority);
    let old = tokens.token().await.unwrap();
    assert!(tokens.is_refused(&old));
    assert_eq!(tokens.token().await.unwrap().expose(), "t2");
    assert!(tokens.is_refused(&old), "a request in flight used the old token");
    assert_eq!((tokens.token().await.unwrap().expose(), authority.requests().len()), ("t2", 2));
}

#[tokio::test]
async fn the_same_rejected_token_is_not_fetched_repeatedly() {
    let authority = Socket::that(vec![granted("t1", 3_600)]).await;
    let service = Socket::that(vec![response("401 Unauthorized", "", "")]).await;
    let client =
        HttpTransport::new(service.url(), Arc::new(usual_credentials(&authority)), Timeouts::default()).unwrap();
    for _ in 0..10 {
        let error = client.send(&Request::get("c1".into())).await.unwrap_err();
        assert!(matches!(error, SendError::Rejected { status: 401, .. }), "{error}");
    }
    assert_eq!(authority.requests().len(), 2);
}

#[test]
fn secrets_are_not_shown() {
    let settings = CredentialSettings::new("t", "c", ClientSecret::new("very-secret".to_owned()));
    assert!(!format!("{settings:?}").contains("very-secret"));
}
