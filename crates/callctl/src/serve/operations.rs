//! The routes of operations, one for each row of the table.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, any, post};
use call_core::CallId;
use call_engine::call_msgraph::{ApiOperation, Method, OperationPath, OperationRequest};
use call_engine::{CallHandle, Operated};
use serde::Serialize;
use serde_json::{Value, json};

use crate::serve::body::{read, whole};
use crate::serve::problem::Problem;
use crate::serve::shown::operation_of;
use crate::serve::sidecar::Sidecar;

/// What an operation gave.
#[derive(Serialize)]
struct OperationReply<O> {
    /// Body of the response; null if it is empty.
    reply: Value,
    /// The operation that was started, as known when the reply was sent; null if none was started.
    operation: Option<O>,
}

type Parameters = Path<BTreeMap<String, String>>;

/// Path below `/v1` of an operation that the table does not have.
pub(super) const RAW: &str = "/calls/{id}/raw/{*path}";

/// Returns the path of an operation below `/v1`.
pub(super) fn path(operation: ApiOperation) -> String {
    format!("/calls/{}", operation.spec().path.replace("{call}", "{id}"))
}

/// Returns whether an operation has a route here. `GET` and `DELETE` of a call are routes of the sidecar itself.
pub(super) fn has_route(operation: ApiOperation) -> bool {
    !matches!(operation, ApiOperation::GetCall | ApiOperation::HangUp)
}

pub(super) fn routes() -> Router<Sidecar> {
    let mut paths: BTreeMap<String, MethodRouter<Sidecar>> = BTreeMap::new();
    for operation in ApiOperation::ALL.iter().copied().filter(|operation| has_route(*operation)) {
        let filter = match operation.spec().method {
            Method::Get => MethodFilter::GET,
            Method::Patch => MethodFilter::PATCH,
            Method::Delete => MethodFilter::DELETE,
            Method::Post | _ => MethodFilter::POST,
        };
        let handler =
            async move |sidecar: State<Sidecar>, parameters: Parameters, body: Result<Bytes, BytesRejection>| {
                operate(sidecar, operation, parameters, body).await
            };
        let known = paths.remove(&path(operation)).unwrap_or_default();
        paths.insert(path(operation), known.on(filter, handler));
    }
    let table = paths.into_iter().fold(Router::new(), |router, (path, methods)| router.route(&path, methods));
    table.route(RAW, post(raw)).route("/calls/{id}/{*operation}", any(unknown))
}

async fn unknown() -> Problem {
    let known: BTreeSet<_> =
        ApiOperation::ALL.iter().filter_map(|known| known.spec().path.strip_prefix("{call}/")).collect();
    let detail = format!(
        "below /v1/calls/{{id}} there are {}; an operation that is not known here is posted to raw/{{path}}",
        known.into_iter().collect::<Vec<_>>().join(", ")
    );
    Problem::new(StatusCode::NOT_FOUND, "operation not found", detail)
}

/// Carries out an operation of the table.
async fn operate(
    State(sidecar): State<Sidecar>,
    operation: ApiOperation,
    Path(parameters): Parameters,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let spec = operation.spec();
    let body = whole(body)?;
    let mut body = match (body.is_empty(), spec.body) {
        (true, None) => None,
        (true, Some(_)) => Some(json!({})),
        (false, _) => Some(read(&body)?),
    };
    if let (true, Some(Value::Object(members))) = (spec.has_member("callbackUri"), &mut body) {
        // The service must post to the webhook of this process.
        members.insert("callbackUri".to_owned(), sidecar.callback.as_str().into());
    }
    let part = spec.ids().find(|id| *id != "call").and_then(|id| parameters.get(id));
    let Some(id) = parameters.get("id") else {
        let request = OperationRequest::new(operation, None, None, body);
        let reply = sidecar.engine.operate(request).await.map_err(|error| Problem::of(&error))?;
        return Ok(shown(&reply.body, None::<()>));
    };
    let call = followed(&sidecar, id).await?;
    let request = OperationRequest::new(operation, Some(call.id().clone()), part.map(String::as_str), body);
    let operated = call.operate(request).await.map_err(|error| Problem::of(&error))?;
    Ok(answer(&call, &operated))
}

/// Posts an operation that the table does not have.
async fn raw(
    State(sidecar): State<Sidecar>,
    Path((id, path)): Path<(String, String)>,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let body = whole(body)?;
    let body = if body.is_empty() { json!({}) } else { read(&body)? };
    let path = OperationPath::new(&path)
        .map_err(|error| Problem::new(StatusCode::NOT_FOUND, "invalid operation path", error.to_string()))?;
    let call = followed(&sidecar, &id).await?;
    let operated = call.operate(OperationRequest::raw(call.id().clone(), path, body)).await;
    let operated = operated.map_err(|error| Problem::of(&error))?;
    Ok(answer(&call, &operated))
}

fn answer(call: &CallHandle, operated: &Operated) -> Response {
    let started = operated.started.as_ref();
    let body = operated.reply.as_ref().map_or(&[][..], |reply| &*reply.body);
    shown(body, started.map(|started| operation_of(&call.timeline(), started)))
}

fn shown(body: &[u8], operation: Option<impl Serialize>) -> Response {
    let reply = serde_json::from_slice(body).unwrap_or(Value::Null);
    (StatusCode::OK, Json(OperationReply { reply, operation })).into_response()
}

pub(super) async fn followed(sidecar: &Sidecar, id: &str) -> Result<CallHandle, Problem> {
    sidecar.engine.call(&CallId::from(id)).await.ok_or_else(Problem::no_such_call)
}
