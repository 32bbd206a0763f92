//! The webhook as a tower service: checks a post, then passes it to the intake.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use call_core::Id;
use call_msgraph::{Received, Token};
use call_transport::{BoxError, Intake, IntakeAnswer};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tower_service::Service;

use crate::webhook::answer;
use crate::webhook::answer::Refusal;
use crate::webhook::body::BodyFormat;
use crate::webhook::nesting::is_deeper;
use crate::webhook::refusals::Refusals;
use crate::webhook::settings::{Authentication, EmptyPost, WebhookSettings};

/// The webhook: receives the posts of the service.
///
/// It accepts a `POST` to `/`, for incoming calls, and to `/{token}`, the address of one call
/// ([`CallbackUri::with_token`](call_msgraph::CallbackUri::with_token)). It verifies the token of a post, and acknowledges the post
/// after the intake has stored it. Responses:
///
/// | status | when |
/// | --- | --- |
/// | 200, 202, 204, 302 | the intake answered so ([`IntakeAnswer`]) |
/// | 400 | no part of the post can be read, it is nested too deeply, empty ([`EmptyPost`]) or truncated |
/// | 401 | the token is missing or invalid ([`Denied`](crate::Denied)) |
/// | 404, 405 | the path is not an address of a call, or the method is not `POST` |
/// | 408, 413 | the body is received too slowly, or is too large |
/// | 415 | the body is not JSON, is compressed, or has an unknown charset |
/// | 503 with `Retry-After` | too many posts in flight, the intake is full or slow, the signing keys could not be fetched, or the key of the token is unknown |
///
/// It is a [`tower`](https://docs.rs/tower) service. [`router`](Self::router) returns an axum router with it.
///
/// ```
/// use std::sync::Arc;
/// use call_transport::Intake;
/// use call_transport_http::{Authentication, OpenIdSettings, TokenPolicy, TokenValidator, Webhook, WebhookSettings};
///
/// fn app(intake: Arc<dyn Intake>) -> Result<axum::Router, Box<dyn std::error::Error>> {
///     let validator = TokenValidator::new(TokenPolicy::new("<application id>"), OpenIdSettings::default())?;
///     let authentication = Authentication::Token(Arc::new(validator));
///     let webhook = Webhook::new(intake, authentication, WebhookSettings::default());
///     Ok(axum::Router::new().nest("/callback", webhook.router()))
/// }
/// ```
#[derive(Clone)]
pub struct Webhook(Arc<Inner>);

struct Inner {
    intake: Arc<dyn Intake>,
    authentication: Authentication,
    settings: WebhookSettings,
    room: Semaphore,
    refusals: Arc<Refusals>,
}

/// Header with the id of a message (microsoft-graph-comms-samples#157).
const MESSAGE_ID: &str = "x-microsoft-skype-message-id";

/// Maximum length of a message id, in bytes. A longer one is ignored.
const LONGEST_ID: usize = 256;

impl Webhook {
    /// Returns a webhook that delivers posts into an intake.
    #[must_use]
    pub fn new(intake: Arc<dyn Intake>, authentication: Authentication, settings: WebhookSettings) -> Self {
        let room = Semaphore::new(settings.max_posts_in_flight.max(1));
        Self(Arc::new(Inner { intake, authentication, settings, room, refusals: Arc::default() }))
    }

    /// Returns a router to nest at the path of the callback address. It fits a router with any state `S`.
    pub fn router<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        Router::new().route_service("/", self.clone()).route_service("/{token}", self.clone())
    }
}

impl<B> Service<Request<B>> for Webhook
where
    B: http_body::Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let inner = Arc::clone(&self.0);
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let response = match inner.take(&head, body).await {
                Ok(answer) => answer::response(answer),
                Err(refusal) => {
                    metrics::counter!("call_webhook_refused_total", "reason" => refusal.name()).increment(1);
                    inner.refusals.log(refusal, &inner.authentication, &head.headers);
                    refusal.response()
                }
            };
            let status = response.status().as_u16().to_string();
            metrics::counter!("call_webhook_posts_total", "status" => status).increment(1);
            Ok(response)
        })
    }
}

impl Inner {
    async fn take<B>(&self, head: &Parts, body: B) -> Result<IntakeAnswer, Refusal>
    where
        B: http_body::Body,
        B::Error: Into<BoxError>,
    {
        let settings = &self.settings;
        let token = token(head.uri.path())?;
        if head.method != Method::POST {
            return Err(Refusal::Method);
        }
        // The body of a post without a valid token is not read.
        if let Authentication::Token(validator) = &self.authentication {
            let authorization = head.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
            validator.validate(authorization).await.map_err(Refusal::Denied)?;
        }
        // A page of another site can send a post without a type to this machine, but not one with the type of JSON.
        if matches!(self.authentication, Authentication::None) && !head.headers.contains_key(CONTENT_TYPE) {
            return Err(Refusal::NotJson);
        }
        let format = BodyFormat::of(&head.headers)?;
        let _room = self.room.try_acquire().map_err(|_| Refusal::Busy(settings.retry_after))?;
        let body = timeout(settings.body_timeout, format.read(body, settings.max_body_bytes));
        let body = body.await.map_err(|_| Refusal::TooSlow)??;
        if is_deeper(&body, settings.max_depth) {
            return Err(Refusal::TooDeep);
        }
        let is_empty = body.is_empty();
        let mut post = Received::post(body);
        (post.token, post.message_id) = (token, message_id(&head.headers));
        let delivered = timeout(settings.intake_timeout, self.intake.deliver(post)).await;
        let answer = delivered.map_err(|_| Refusal::IntakeTooSlow(settings.retry_after))?;
        let is_excused = is_empty && settings.empty_post == EmptyPost::Accept && answer == IntakeAnswer::Unreadable;
        Ok(if is_excused { IntakeAnswer::Accepted } else { answer })
    }
}

/// Returns the token in the path.
fn token(path: &str) -> Result<Option<Token>, Refusal> {
    match path.trim_matches('/') {
        "" => Ok(None),
        segment => Token::new(segment).map(Some).map_err(|_| Refusal::Path),
    }
}

fn message_id(headers: &HeaderMap) -> Option<Id> {
    let id = headers.get(MESSAGE_ID)?.to_str().ok()?;
    (1..=LONGEST_ID).contains(&id.len()).then(|| Id::new(id))
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").field("settings", &self.0.settings).finish_non_exhaustive()
    }
}
