//! A bot in axum: it answers every incoming call, and creates calls on request.
//!
//! `docs/guides/axum-bot.md` says how to run it, against `callctl emulate` or the real service.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example shows what happens")]

use std::collections::BTreeMap;
use std::env::var;
use std::error::Error;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use call_engine::call_journal::MemoryJournal;
use call_engine::call_msgraph::{Account, Answer, CallbackUri, CreateCall, MediaConfig};
use call_engine::call_transport::{RetrySettings, Retrying};
use call_engine::{CreateError, Engine, EngineSettings, IncomingCalls};
use call_transport_http::{
    Authentication, ClientCredentials, ClientSecret, CredentialSettings, FixedToken, HttpTransport, OpenIdSettings,
    ServerSettings, ServiceUrl, Timeouts, TokenPolicy, TokenProvider, TokenValidator, Webhook, WebhookSettings, serve,
};
use serde_json::{Value, json};

/// State of the handlers.
#[derive(Clone)]
struct Bot {
    engine: Engine,
    callback: CallbackUri,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = tokio::net::TcpListener::bind(var("LISTEN").unwrap_or_else(|_| "127.0.0.1:3978".to_owned())).await?;
    // The address at which the service reaches the bot. It must be https, except for a service on this machine.
    let public_url = var("PUBLIC_URL").unwrap_or(format!("http://{}", listener.local_addr()?));
    let callback = format!("{public_url}/callback");
    let callback = CallbackUri::new(&callback).or_else(|_| CallbackUri::on_this_machine(&callback))?;

    // Outbound: requests to the service.
    let service = var("SERVICE_URL").map_or(Ok(ServiceUrl::GRAPH), |url| ServiceUrl::new(&url))?;
    let transport = HttpTransport::new(service, tokens()?, Timeouts::default())?;
    let transport = Arc::new(Retrying::new(transport, RetrySettings::default()));

    // The engine. This journal is in memory, so a restarted bot starts without its calls.
    let journal = Arc::new(MemoryJournal::keeping(100_000));
    let (engine, incoming) = Engine::start(EngineSettings::new(callback.clone()), transport, journal).await?;
    tokio::spawn(answer(incoming));

    // Inbound: only posts with a valid token of the service are accepted.
    let mut keys = OpenIdSettings::default();
    if let Ok(document) = var("WEBHOOK_OPENID_URL") {
        keys.documents = vec![ServiceUrl::new(&document)?];
    }
    let validator = Arc::new(TokenValidator::new(TokenPolicy::new(&needed("APP_ID")?), keys)?);
    // The keys are there before the first notification, and are renewed before they expire.
    let keeping = Arc::clone(&validator);
    tokio::spawn(async move { keeping.keep_keys().await });
    let authentication = Authentication::Token(validator);
    let webhook = Webhook::new(engine.intake(), authentication, WebhookSettings::default());

    let app = Router::new()
        .route("/calls", post(call))
        .route("/calls/{id}", get(look))
        .nest("/callback", webhook.router())
        .with_state(Bot { engine: engine.clone(), callback });
    println!("listening on http://{}", listener.local_addr()?);
    serve(listener, app, ServerSettings::default(), async { drop(tokio::signal::ctrl_c().await) }).await;
    let stopped = engine.shutdown().await;
    println!("stopped with {} requests unfinished", stopped.unfinished);
    Ok(())
}

/// Returns the tokens of an application, or the token in `ACCESS_TOKEN`.
fn tokens() -> Result<Arc<dyn TokenProvider>, Box<dyn Error>> {
    if let Ok(token) = var("ACCESS_TOKEN") {
        return Ok(Arc::new(FixedToken::new(&token)));
    }
    let secret = ClientSecret::new(needed("CLIENT_SECRET")?);
    let settings = CredentialSettings::new(&needed("TENANT_ID")?, &needed("APP_ID")?, secret);
    Ok(Arc::new(ClientCredentials::new(settings)?))
}

fn needed(name: &str) -> Result<String, String> {
    var(name).map_err(|_| format!("the environment variable {name} is not set; see docs/guides/axum-bot.md"))
}

/// Answers every incoming call within the 15 seconds that the service allows.
async fn answer(mut incoming: IncomingCalls) {
    while let Some(offered) = incoming.next().await {
        // A separate task for each call, so that a slow answer does not delay others.
        tokio::spawn(async move {
            match offered.answer(Answer::new(&MediaConfig::service_hosted())).await {
                Ok(call) => println!("answered {}", call.id()),
                Err(error) => eprintln!("could not answer: {error}"),
            }
        });
    }
}

/// `POST /calls {"user": "<object id>"}`
async fn call(State(bot): State<Bot>, Json(body): Json<BTreeMap<String, String>>) -> (StatusCode, Json<Value>) {
    let Some(user) = body.get("user").and_then(|id| Account::new(id).ok()) else {
        return (
            StatusCode::BAD_REQUEST,
            Json(json!({ "error": "`user` is missing or empty; send {\"user\": \"<object id>\"}" })),
        );
    };
    let create = CreateCall::to_user(bot.callback.clone(), &user, &MediaConfig::service_hosted());
    match bot.engine.create_call(create).await {
        Ok(call) => (StatusCode::CREATED, Json(json!({ "id": call.id().to_string() }))),
        // The call may exist, so it must not be created again. `pending.adopted()` waits for its first notification.
        Err(CreateError::Uncertain(_pending, error)) => {
            (StatusCode::ACCEPTED, Json(json!({ "uncertain": error.to_string() })))
        }
        Err(error) => {
            let reason = error.source().map(ToString::to_string);
            (StatusCode::BAD_GATEWAY, Json(json!({ "error": error.to_string(), "reason": reason })))
        }
    }
}

/// `GET /calls/{id}`
async fn look(State(bot): State<Bot>, Path(id): Path<String>) -> (StatusCode, Json<Value>) {
    let Some(call) = bot.engine.call(&id.as_str().into()).await else {
        return (
            StatusCode::NOT_FOUND,
            Json(json!({ "error": "no call with this id; it may have been forgotten after its end" })),
        );
    };
    let timeline = call.timeline();
    let states: Vec<_> = timeline.states().iter().map(|state| state.as_str().to_owned()).collect();
    let result = timeline.result.as_ref().map(|result| json!({ "code": result.code, "subcode": result.subcode }));
    (StatusCode::OK, Json(json!({ "id": id, "states": states, "result": result })))
}
