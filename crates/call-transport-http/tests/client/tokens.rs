//! Where tokens come from.

use std::sync::Arc;
use std::time::Duration;

use call_msgraph::Request;
use call_transport::{SendError, Transport};
use call_transport_http::{
    ClientCredentials, ClientSecret, CredentialSettings, HttpTransport, ServiceUrl, Timeouts, TokenError, TokenProvider,
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
        ..CredentialSettings::new("contoso.com", "app", secret).unwrap()
    }
}

fn usual_credentials(authority: &Socket) -> ClientCredentials {
    ClientCredentials::new(settings(authority)).unwrap()
}

/// Returns credentials that ask again at once.
fn credentials(authority: &Socket) -> ClientCredentials {
    ClientCredentials::new(CredentialSettings { min_interval: Duration::ZERO, ..settings(authority) }).unwrap()
}

#[tokio::test]
async fn a_token_is_asked_for_by_the_grant_of_an_application_and_kept() {
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
async fn many_that_need_a_token_ask_once() {
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
async fn a_token_is_replaced_before_its_end_and_used_to_its_end_if_there_is_none() {
    let broken = response("500 Internal Server Error", "", "");
    // Five minutes before its end it is to be replaced, so this one is old from the beginning.
    let authority = Socket::that(vec![granted("t1", 200), broken, granted("t2", 3_600)]).await;
    let tokens = credentials(&authority);
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(tokens.token().await.unwrap().expose().to_owned());
    }
    assert_eq!((seen.join(" "), authority.requests().len()), ("t1 t1 t2 t2".to_owned(), 3));
}

#[tokio::test]
async fn a_token_that_lives_for_ever_is_a_token() {
    let authority = Socket::that(vec![granted("t1", u64::MAX)]).await;
    assert_eq!(credentials(&authority).token().await.unwrap().expose(), "t1");
}

#[tokio::test]
async fn a_refusal_says_why_and_a_request_without_a_token_is_not_sent() {
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
    let error = client.send(&Request::Get("c1".into())).await.unwrap_err();
    assert!(matches!(error, SendError::NotSent(_)), "{error}");
    assert!(service.requests().is_empty());
}

#[tokio::test]
async fn an_authority_that_says_nothing_sensible_may_be_asked_again() {
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
async fn a_token_that_the_service_does_not_accept_is_replaced_once() {
    let authority = Socket::that(vec![granted("t1", 3_600), granted("t2", 3_600)]).await;
    let service = Socket::that(vec![response("401 Unauthorized", "", ""), response("200 OK", "", "")]).await;
    let client = HttpTransport::new(service.url(), Arc::new(credentials(&authority)), Timeouts::default()).unwrap();
    client.send(&Request::Get("c1".into())).await.unwrap();
    assert!(service.requests()[1].contains("Bearer t2"), "{:?}", service.requests());
}

#[tokio::test]
async fn all_that_bore_a_token_that_is_refused_get_the_new_one() {
    let authority = Socket::that(vec![granted("t1", 3_600), granted("t2", 3_600)]).await;
    let tokens = credentials(&authority);
    let old = tokens.token().await.unwrap();
    assert!(tokens.is_refused(&old));
    assert_eq!(tokens.token().await.unwrap().expose(), "t2");
    assert!(tokens.is_refused(&old), "one that was under way bore the old one");
    assert_eq!((tokens.token().await.unwrap().expose(), authority.requests().len()), ("t2", 2));
}

#[tokio::test]
async fn an_authority_that_gives_the_same_refused_token_again_is_not_asked_each_time() {
    let authority = Socket::that(vec![granted("t1", 3_600)]).await;
    let service = Socket::that(vec![response("401 Unauthorized", "", "")]).await;
    let client =
        HttpTransport::new(service.url(), Arc::new(usual_credentials(&authority)), Timeouts::default()).unwrap();
    for _ in 0..10 {
        let error = client.send(&Request::Get("c1".into())).await.unwrap_err();
        assert!(matches!(error, SendError::Rejected { status: 401, .. }), "{error}");
    }
    assert_eq!(authority.requests().len(), 2);
}

#[test]
fn secrets_are_not_shown() {
    let settings = CredentialSettings::new("t", "c", ClientSecret::new("very-secret".to_owned())).unwrap();
    assert!(!format!("{settings:?}").contains("very-secret"));
}
