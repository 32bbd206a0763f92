//! The API at `/v1`.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, middleware};
use call_core::CallId;
use call_engine::CreateError;
use call_engine::call_msgraph::internal::encoded;
use call_engine::call_msgraph::{CreateCall, Record};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::serve::body::{read, whole};
use crate::serve::events::{all_events, call_events};
use crate::serve::guard::Guard;
use crate::serve::joins::Decision;
use crate::serve::operations::{self, followed};
use crate::serve::problem::Problem;
use crate::serve::query::{Asked, Masking, Nothing};
use crate::serve::shown::show;
use crate::serve::sidecar::Sidecar;
use crate::serve::wait::{Patience, WaitQuery};
use crate::terminal::chain;
use crate::view::mask::Privacy;
use crate::view::payload::masked_line;

/// Returns the routes. Each request must contain the API token.
pub(super) fn routes(sidecar: Sidecar, guard: Guard) -> Router {
    Router::new()
        .route("/calls", get(list).post(create))
        .route("/calls/{id}", get(look).delete(hang_up))
        .route("/calls/{id}/events", get(call_events))
        .route("/calls/{id}/deliveries", get(deliveries))
        .merge(operations::routes())
        .route("/joins/{id}", post(decide))
        .route("/events", get(all_events))
        .fallback(async || Problem::no_such_path())
        .method_not_allowed_fallback(async || {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method not allowed",
                "see /openapi.json for the methods of each path",
            )
        })
        .layer(middleware::from_fn_with_state(guard, Guard::check))
        .with_state(sidecar)
}

/// Maximum size of a reference, in bytes.
const LONGEST_REFERENCE: usize = 256;

/// Query of a list of calls.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    /// Id after which the page begins.
    after: Option<String>,
    /// Maximum number of calls.
    limit: Option<usize>,
}

/// A page of calls, and the id after which the next page begins.
#[derive(Serialize)]
struct Calls<C> {
    calls: Vec<C>,
    next: Option<String>,
}

async fn list(
    State(sidecar): State<Sidecar>,
    Asked(Part { after, limit }): Asked<Part>,
) -> Result<Json<Calls<impl Serialize>>, Problem> {
    let after = after.as_deref().map(CallId::from);
    let limit = limit.unwrap_or(100).clamp(1, 1_000);
    let calls = sidecar.engine.calls(after.as_ref(), limit).await;
    let next = calls.last().filter(|_| calls.len() == limit).map(|(id, _)| id.to_string());
    Ok(Json(Calls { calls: calls.iter().map(|(id, view)| show(id, view, sidecar.privacy)).collect(), next }))
}

async fn create(
    State(sidecar): State<Sidecar>,
    _: Asked<Nothing>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let mut body: Value = read(&whole(body)?)?;
    let reference = match body.as_object_mut().and_then(|members| members.remove("reference")) {
        Some(Value::String(reference)) if !reference.is_empty() && reference.len() <= LONGEST_REFERENCE => {
            Some(reference)
        }
        Some(_) => {
            let detail = "`reference` must be a string of 1 to 256 bytes";
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid reference", detail));
        }
        None => None,
    };
    let create = CreateCall::from_json(body, &sidecar.callback).map_err(Problem::refused)?;
    let created = match &reference {
        Some(reference) => sidecar.engine.create_call_as(reference, create).await,
        None => sidecar.engine.create_call(create).await,
    };
    match created {
        Ok(call) => {
            // A header has ASCII characters only, and an id may have any.
            let segment: String = encoded(&call.id().spelling()).map(Iterator::collect).unwrap_or_default();
            let location = [(header::LOCATION, format!("/v1/calls/{segment}"))];
            Ok((StatusCode::CREATED, location, Json(show(call.id(), &call.view(), sidecar.privacy))).into_response())
        }
        Err(ref error @ CreateError::Uncertain(ref pending, _)) => {
            let detail = match &reference {
                Some(_) => "the call may exist; repeat the create with the same reference until it returns the call",
                None => {
                    "the call may exist; do not create it again: it is listed, and has events at /v1/events, after its first notification"
                }
            };
            let token = (sidecar.privacy == Privacy::Shown).then(|| pending.token().expose().to_owned());
            let body = json!({
                "state": "uncertain", "reference": reference, "token": token, "reason": chain(error), "detail": detail,
            });
            Ok((StatusCode::ACCEPTED, Json(body)).into_response())
        }
        Err(CreateError::Used(call)) => {
            let view = sidecar.view(&call).await?;
            Ok((StatusCode::OK, Json(show(&call, &view, sidecar.privacy))).into_response())
        }
        Err(CreateError::Failed(error)) => Err(Problem::of(&error)),
        Err(CreateError::Stopped) => Err(Problem::stopping()),
        Err(error) => {
            let detail = chain(&error);
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the journal cannot be written", detail))
        }
    }
}

async fn look(
    State(sidecar): State<Sidecar>,
    Path(id): Path<String>,
    Asked(masking): Asked<Masking>,
) -> Result<impl IntoResponse, Problem> {
    let id = CallId::from(id.as_str());
    let view = sidecar.view(&id).await?;
    Ok(Json(show(&id, &view, masking.of(&sidecar))))
}

/// Takes the decision of the bot about a participant who asks to join.
async fn decide(
    State(sidecar): State<Sidecar>,
    Path(id): Path<String>,
    _: Asked<Nothing>,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Problem> {
    sidecar.joins.decide(&id, Decision::read(read(&whole(body)?)?)?)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists what was received of a call and sent about it, as lines that `callctl replay` reads.
async fn deliveries(
    State(sidecar): State<Sidecar>,
    Path(id): Path<String>,
    Asked(masking): Asked<Masking>,
) -> Result<Response, Problem> {
    let privacy = masking.of(&sidecar);
    if privacy == Privacy::Masked && !masking.masked {
        let detail = "the lines contain names and numbers, so they are shown only to clients with an API token; start the sidecar with --api-token";
        return Err(Problem::new(StatusCode::FORBIDDEN, "an API token is needed", detail));
    }
    let records = sidecar.engine.records(&CallId::from(id.as_str())).await;
    let records = records.map_err(|error| Problem::of_journal(&error))?;
    if records.is_empty() {
        return Err(Problem::no_such_call());
    }
    let shown = |record: &Record| match privacy {
        Privacy::Shown => format!("{record}\n"),
        Privacy::Masked => format!("{}\n", masked_line(&record.to_string())),
    };
    let lines: String = records.iter().map(shown).collect();
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], lines).into_response())
}

async fn hang_up(
    State(sidecar): State<Sidecar>,
    Path(id): Path<String>,
    query: Result<Query<WaitQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let call = followed(&sidecar, &id).await?;
    operations::hang_up(&sidecar, &call, Patience::read(query)?).await
}
