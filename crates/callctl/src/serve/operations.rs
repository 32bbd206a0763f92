//! The routes of operations, one for each row of the table.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, MethodRouter, any, post};
use call_core::{CallId, OperationKey};
use call_engine::call_msgraph::{ApiOperation, Method, OperationPath, OperationRequest, ServiceError};
use call_engine::call_transport::SendError;
use call_engine::{CallHandle, Operated};
use serde::Serialize;
use serde_json::{Value, json};

use crate::serve::body::{read, whole};
use crate::serve::problem::Problem;
use crate::serve::shown::operation_of;
use crate::serve::sidecar::Sidecar;
use crate::serve::wait::{Patience, WaitQuery};
use crate::view::operation::OperationView;

/// What an operation gave.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OperationReply {
    /// Body of the response; null if it is empty, or if none was received.
    reply: Value,
    /// The operation that was started, as it is known now; null if none was started.
    operation: Option<OperationView>,
    /// How long the outcome was waited for at most, in seconds. A longer wait is shortened to this.
    #[serde(skip_serializing_if = "Option::is_none")]
    waited_at_most: Option<u64>,
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
        let handler = async move |sidecar: State<Sidecar>,
                                  parameters: Parameters,
                                  query: Result<Query<WaitQuery>, QueryRejection>,
                                  body: Result<Bytes, BytesRejection>| {
            operate(sidecar, operation, parameters, Patience::read(query)?, body).await
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
    patience: Patience,
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
    if let (ApiOperation::GetOperation, Some(id), Some(key)) = (operation, parameters.get("id"), part) {
        return look(&sidecar, &CallId::from(id.as_str()), key, patience).await;
    }
    let Some(id) = parameters.get("id") else {
        let request = OperationRequest::new(operation, None, None, body);
        let reply = sidecar.engine.operate(request).await.map_err(|error| Problem::of(&error))?;
        return Ok(answer(StatusCode::OK, &reply.body, None, Patience::default()));
    };
    let call = followed(&sidecar, id).await?;
    let request = OperationRequest::new(operation, Some(call.id().clone()), part.map(String::as_str), body);
    carry_out(&sidecar, &call, request, patience).await
}

/// Returns an operation that is known here. The engine asks the service by itself if the outcome is overdue.
async fn look(sidecar: &Sidecar, id: &CallId, key: &str, patience: Patience) -> Result<Response, Problem> {
    let view = match sidecar.engine.call(id).await {
        Some(call) => {
            let tracked = call.operation(&OperationKey::Id(key.into()));
            if let Some(started) = tracked.or_else(|| call.operation(&OperationKey::ClientContext(key.into()))) {
                patience.outcome(&started, &sidecar.stopping).await;
            }
            call.view()
        }
        None => sidecar.view(id).await?,
    };
    let operation = operation_of(&view, key, sidecar.privacy);
    operation.map(|operation| Json(operation).into_response()).ok_or_else(|| {
        let detail = "no operation of this call has this key: neither its id nor its client context";
        Problem::new(StatusCode::NOT_FOUND, "operation not found", detail)
    })
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
    carry_out(&sidecar, &call, OperationRequest::raw(call.id().clone(), path, body), Patience::default()).await
}

/// Hangs up. Without a wait, the response is empty.
pub(super) async fn hang_up(sidecar: &Sidecar, call: &CallHandle, patience: Patience) -> Result<Response, Problem> {
    let request = OperationRequest::new(ApiOperation::HangUp, Some(call.id().clone()), None, None);
    let response = carry_out(sidecar, call, request, patience).await?;
    let is_done = patience.wait.is_none() && response.status() == StatusCode::OK;
    Ok(if is_done { StatusCode::NO_CONTENT.into_response() } else { response })
}

async fn carry_out(
    sidecar: &Sidecar,
    call: &CallHandle,
    request: OperationRequest,
    patience: Patience,
) -> Result<Response, Problem> {
    let request = match patience.lasts {
        Some(length) => request.lasting(length),
        None => request,
    };
    let Operated { reply, started, .. } = call.operate(request).await.map_err(|error| Problem::of(&error))?;
    let mut operation = None;
    if let Some(started) = &started {
        patience.outcome(started, &sidecar.stopping).await;
        let view = call.view();
        operation = operation_of(&view, &started.key.text(), sidecar.privacy);
        if patience.wait.is_some() && operation.as_ref().is_some_and(OperationView::is_call_ended) {
            return Err(Problem::call_ended(operation));
        }
    }
    // Without a response, the request may not have reached the service. Its outcome shows it.
    let is_open = operation.as_ref().is_none_or(|operation| !operation.has_outcome());
    let status = if reply.is_none() && is_open { StatusCode::ACCEPTED } else { StatusCode::OK };
    let body = reply.as_ref().map_or(&[][..], |reply| &*reply.body);
    Ok(answer(status, body, operation, patience))
}

fn answer(status: StatusCode, body: &[u8], operation: Option<OperationView>, patience: Patience) -> Response {
    let reply = serde_json::from_slice(body).unwrap_or(Value::Null);
    let waited_at_most = patience.wait.map(|wait| wait.as_secs());
    (status, Json(OperationReply { reply, operation, waited_at_most })).into_response()
}

pub(super) async fn followed(sidecar: &Sidecar, id: &str) -> Result<CallHandle, Problem> {
    let id = CallId::from(id);
    match sidecar.engine.call(&id).await {
        Some(call) => Ok(call),
        // The engine has forgotten it, and the journal knows how it ended.
        None => sidecar.view(&id).await.and_then(|_| Err(Problem::of(&SendError::Gone(ServiceError::default())))),
    }
}
