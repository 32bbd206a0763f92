//! Error responses.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use call_engine::call_journal::JournalError;
use call_engine::call_msgraph::Problem as Refusal;
use call_engine::call_transport::{Retry, SendError};
use serde::{Serialize, Serializer};

use crate::terminal::chain;
use crate::view::judged::{PermissionsView, ProblemView};
use crate::view::operation::OperationView;

/// A problem (RFC 9457), with whether a retry is safe.
#[derive(Serialize)]
pub(super) struct Problem {
    #[serde(serialize_with = "as_number")]
    status: StatusCode,
    title: &'static str,
    detail: String,
    /// Whether a retry is safe.
    retry: bool,
    #[serde(skip)]
    retry_after: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<ProblemView>,
    /// What the service said; absent if it said nothing.
    #[serde(flatten)]
    refusal: Option<Box<Said>>,
    /// The operation that the problem is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    operation: Option<Box<OperationView>>,
}

/// The refusal of the service.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    /// Status of its response.
    code: u16,
    /// Its error code, if that is a number.
    subcode: Option<i64>,
    /// What the code means.
    meaning: Option<&'static str>,
    /// Id that the service gave the request.
    request_id: Option<String>,
    /// Permissions that the request needs; absent unless the status is 403.
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions: Option<Lacking>,
}

#[derive(Serialize)]
struct Lacking {
    #[serde(flatten)]
    needed: PermissionsView,
    /// Those that the token lacks; null if that is unknown.
    missing: Option<Vec<&'static str>>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        let retry = status.is_server_error();
        Self {
            status,
            title,
            detail: detail.into(),
            retry,
            retry_after: None,
            problems: Vec::new(),
            refusal: None,
            operation: None,
        }
    }

    /// Returns the problem of an operation whose call ended before it.
    pub(super) fn call_ended(operation: Option<OperationView>) -> Self {
        let detail = "the call ended before the operation was reported to have ended; see `operation`";
        Self { operation: operation.map(Box::new), ..Self::new(StatusCode::CONFLICT, "the call ended first", detail) }
    }

    pub(super) fn no_such_call() -> Self {
        let detail = "no call with this id is followed; it does not exist, or was forgotten after its end";
        Self::new(StatusCode::NOT_FOUND, "call not found", detail)
    }

    pub(super) fn no_such_path() -> Self {
        Self::new(StatusCode::NOT_FOUND, "path not found", "see /openapi.json for all paths")
    }

    pub(super) fn stopping() -> Self {
        Self::busy("the sidecar is stopping", "no new requests are accepted; retry in a moment")
    }

    /// Returns the problem of a sidecar that serves nobody now, but soon.
    pub(super) fn busy(title: &'static str, detail: impl Into<String>) -> Self {
        Self { retry_after: Some(2), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, title, detail) }
    }

    /// Returns the problem of a journal that cannot be read.
    pub(super) fn of_journal(error: &JournalError) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "the journal cannot be read", chain(error))
    }

    /// Returns the problem of an invalid request.
    pub(super) fn refused(refusals: Vec<Refusal>) -> Self {
        let detail = "the service would refuse the request, so it was not sent; see `problems`";
        Self {
            problems: refusals.into_iter().map(ProblemView::from).collect(),
            ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid request", detail)
        }
    }

    /// Returns the problem of a failed request to the service.
    pub(super) fn of(error: &SendError) -> Self {
        if let SendError::Invalid(problems) = error {
            return Self::refused(problems.clone());
        }
        let (status, title) = match error {
            SendError::Strange(_) => (StatusCode::BAD_GATEWAY, "the response of the service cannot be read"),
            SendError::Gone(_) => (StatusCode::GONE, "the call has ended"),
            SendError::Rejected { .. } => (StatusCode::BAD_GATEWAY, "the service refused the request"),
            SendError::Throttled { .. } => (StatusCode::SERVICE_UNAVAILABLE, "the service throttled the request"),
            SendError::Uncertain(_) => (StatusCode::GATEWAY_TIMEOUT, "the outcome of the request is unknown"),
            SendError::NotSent(_) | _ => (StatusCode::BAD_GATEWAY, "the request was not sent"),
        };
        let rule = error.retry();
        let retry_after = if let Retry::SafeAfter(pause) = rule { Some(pause.as_secs().max(1)) } else { None };
        let retry = matches!(rule, Retry::Safe | Retry::SafeAfter(_));
        Self { retry, retry_after, refusal: Said::of(error).map(Box::new), ..Self::new(status, title, chain(error)) }
    }
}

impl Said {
    fn of(error: &SendError) -> Option<Self> {
        let (said, code) = (error.service_error()?, error.status()?);
        if matches!(error, SendError::Gone(_)) && said.code.is_none() {
            return None; // The call is known to have ended, so the service was not asked.
        }
        let hint = if let SendError::Rejected { permissions, .. } = error { permissions.as_deref() } else { None };
        Some(Self {
            code,
            subcode: said.subcode(),
            meaning: error.explanation().map(|known| &*known.meaning),
            request_id: said.request_id.as_deref().map(str::to_owned),
            permissions: hint.map(|hint| Lacking { needed: hint.needed.into(), missing: hint.missing.clone() }),
        })
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, retry_after) = (self.status, self.retry_after);
        let mut response = (status, Json(self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

fn as_number<S: Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

#[cfg(test)]
mod tests {
    use call_engine::call_msgraph::{ApiOperation, OperationRequest, Request, ServiceError};
    use call_engine::call_transport::{Reply, Response as Answer};
    use serde_json::{Value, json};

    use super::*;

    fn problem(status: u16, code: &str, granted: &[&str]) -> Value {
        let request = OperationRequest::new(ApiOperation::RecordResponse, Some("c1".into()), None, Some(json!({})));
        let body =
            json!({ "error": { "code": code, "message": "John lacks it", "innerError": { "request-id": "r1" } } });
        let mut answer = Answer::new(status).with_body(body.to_string().into_bytes());
        answer.granted = Some(granted.iter().map(|name| (*name).to_owned()).collect());
        let error = Reply::read(&Request::from(request), answer).expect_err("it is refused");
        serde_json::to_value(Problem::of(&error)).expect("a problem is JSON")
    }

    #[test]
    fn a_403_says_which_permission_is_missing() {
        let problem = problem(403, "7504", &["Calls.Initiate.All"]);
        assert_eq!(
            (&problem["code"], &problem["subcode"], &problem["requestId"]),
            (&json!(403), &json!(7504), &json!("r1"))
        );
        assert_eq!(problem["permissions"]["missing"], json!(["Calls.AccessMedia.All"]));
        assert_eq!(problem["meaning"], "The application lacks a permission, or the consent of the tenant.");
        assert!(!problem.to_string().contains("John"), "{problem}");
    }

    #[test]
    fn other_refusals_have_no_permissions() {
        for (status, code, subcode) in
            [(400, "8523", json!(8523)), (409, "Conflict", Value::Null), (503, "8500", json!(8500))]
        {
            let problem = problem(status, code, &[]);
            assert_eq!((&problem["code"], &problem["subcode"]), (&json!(status), &subcode), "{problem}");
            assert_eq!(problem.get("permissions"), None);
        }
    }

    #[test]
    fn an_ended_call_is_gone_without_a_refusal() {
        let problem = serde_json::to_value(Problem::of(&SendError::Gone(ServiceError::default()))).expect("JSON");
        assert_eq!((&problem["status"], problem.get("code")), (&json!(410), None));
    }
}
