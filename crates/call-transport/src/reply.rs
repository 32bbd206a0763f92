//! Reads the response of the service to a request.

use std::sync::Arc;
use std::time::Duration;

use call_core::Timestamp;
use call_msgraph::internal::created_call;
use call_msgraph::{PermissionHint, Received, Request, ServiceError};

use crate::error::{SendError, Unclear};
use crate::response::{Reply, Response};

/// Maximum time to wait before a retry, whatever the service says.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(3_600);
/// Time to wait before a retry, if the service does not say it.
const PAUSE: Duration = Duration::from_secs(5);

impl Reply {
    /// Converts the outcome of a request into a delivery. Returns `None` if the outcome contains nothing about a call.
    ///
    /// `sent_at` is the instant at which the request was sent.
    #[must_use]
    pub fn delivery(outcome: &Result<Self, SendError>, request: &Request, sent_at: Timestamp) -> Option<Received> {
        match outcome {
            // The call may come from a header, so it is not read from the body again.
            Ok(Self { call, body }) => {
                let call = call.clone()?;
                let kind = request.spec().reply;
                Some(Received::new((), kind).with_sent_at(sent_at).with_call(call).with_body(Arc::clone(body)))
            }
            Err(SendError::Gone(_)) => Some(Received::gone((), request, sent_at)),
            Err(_) => None,
        }
    }

    /// Reads the response to a request.
    ///
    /// # Errors
    /// [`SendError`] for any status but 2xx, and [`SendError::Uncertain`] for a successful create without a call id.
    pub fn read(request: &Request, response: Response) -> Result<Self, SendError> {
        let Response { status, location, retry_after, request_id, granted, body } = response;
        let retry_after = retry_after.map(|after| after.min(LONGEST_PAUSE));
        if (200..=299).contains(&status) {
            let is_create = matches!(request, Request::Create(_));
            let named = || if is_create { created_call(&body, location.as_deref()) } else { None };
            let call = request.spec().call.cloned().or_else(named);
            if is_create && call.is_none() {
                return Err(SendError::Uncertain("the response contains no call id".into()));
            }
            return Ok(Self { call, body });
        }
        let mut error = ServiceError::read(&body);
        error.request_id = error.request_id.or_else(|| request_id.map(String::into_boxed_str));
        Err(match status {
            // A gateway also sends 503, after it has passed on the request. With `Retry-After` the request was not carried out.
            429 | 503 if (status == 429 || retry_after.is_some()) && !error.is_monthly_limit() => {
                SendError::Throttled { status, retry_after: retry_after.unwrap_or(PAUSE), error }
            }
            408 | 500..=599 => SendError::Uncertain(Unclear { status, error }.into()),
            // The page of a proxy says nothing about the call, and neither does the 404 of a participant.
            404 if error.code.is_some() && request.spec().is_about_the_call => SendError::Gone(error),
            _ => {
                let hint = || PermissionHint::new(request.permissions(), granted.as_deref());
                let permissions = if status == 403 { hint().map(Box::new) } else { None };
                SendError::Rejected { status, error, permissions }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use call_core::CallId;

    use super::*;
    use crate::error::Retry;
    use call_msgraph::{Account, CallOperation as _, CallbackUri, CreateCall, MediaConfig, Reject, RejectReason};

    fn read(request: &Request, status: u16, body: &str) -> Result<Reply, SendError> {
        Reply::read(request, Response { status, body: body.as_bytes().into(), ..Response::default() })
    }

    fn create() -> Request {
        let callback = CallbackUri::new("https://bot.contoso.com").unwrap();
        Request::Create(CreateCall::to_user(callback, &Account::new("u").unwrap(), &MediaConfig::service_hosted()))
    }

    #[test]
    fn body_or_location_names_the_created_call() {
        let body = r##"{"@odata.type": "#microsoft.graph.call", "id": "c1", "state": "establishing"}"##;
        assert_eq!(read(&create(), 201, body).unwrap().call, Some("c1".into()));
        let location = Some("https://graph.microsoft.com/v1.0/communications/calls/c2".to_owned());
        let response = Response { status: 201, location, ..Response::default() };
        assert_eq!(Reply::read(&create(), response).unwrap().call, Some("c2".into()));
    }

    #[test]
    fn a_create_response_without_id_is_uncertain() {
        assert!(matches!(read(&create(), 201, "{}"), Err(SendError::Uncertain(_))));
        assert!(matches!(read(&create(), 201, "<html>"), Err(SendError::Uncertain(_))));
    }

    #[test]
    fn each_status_determines_the_retry_rule() {
        let get = Request::get("c1".into());
        for (status, rule) in [
            (400, Retry::Never),
            (401, Retry::Never),
            (403, Retry::Never),
            (404, Retry::Never),
            (408, Retry::IfIdempotent),
            (409, Retry::Never),
            (429, Retry::SafeAfter(PAUSE)),
            (500, Retry::IfIdempotent),
            (503, Retry::IfIdempotent),
            (504, Retry::IfIdempotent),
            (302, Retry::Never),
        ] {
            assert_eq!(read(&get, status, "").unwrap_err().retry(), rule, "{status}");
        }
    }

    #[test]
    fn a_retry_after_header_makes_retries_safe() {
        let retry_after = Some(Duration::from_secs(17));
        for status in [429, 503] {
            let response = Response { status, retry_after, ..Response::default() };
            let rule = Reply::read(&create(), response).unwrap_err().retry();
            assert_eq!(rule, Retry::SafeAfter(Duration::from_secs(17)));
        }
    }

    #[test]
    fn a_long_pause_is_capped() {
        let response = Response { status: 429, retry_after: Some(Duration::MAX), ..Response::default() };
        assert_eq!(Reply::read(&create(), response).unwrap_err().retry(), Retry::SafeAfter(LONGEST_PAUSE));
    }

    #[test]
    fn the_monthly_limit_is_no_throttle() {
        let error = read(&create(), 429, r#"{"error": {"code": "8529"}}"#).unwrap_err();
        assert_eq!(error.retry(), Retry::Never);
        let meaning = &error.explanation().unwrap().meaning;
        assert_eq!(&**meaning, "The application has used up the number of calls of this month.");
    }

    #[test]
    fn a_403_says_which_permission_is_missing() {
        let granted = Some(vec!["Calls.JoinGroupCall.All".to_owned()]);
        let response = Response { status: 403, granted, ..Response::default() };
        let error = Reply::read(&create(), response).unwrap_err();
        assert!(error.to_string().contains("the token lacks Calls.Initiate.All"), "{error}");
    }

    #[test]
    fn only_the_call_itself_can_be_gone() {
        let not_found = r#"{"error": {"code": "8522", "message": "Call not found."}}"#;
        let call = || CallId::from("c1");
        for request in [Request::get(call()), Request::hang_up(call()), Request::keep_alive(call())] {
            assert!(matches!(read(&request, 404, not_found), Err(SendError::Gone(_))), "{request:?}");
            for page in ["", "<html>Not Found</html>", "{}", r#"{"error": "Not Found"}"#] {
                let error = read(&request, 404, page).unwrap_err();
                assert!(matches!(error, SendError::Rejected { status: 404, .. }), "{request:?} with {page}");
                assert!(error.hints_at_end());
            }
        }
        let reject = Request::from(Reject::new(RejectReason::Busy).on(call()));
        for request in [create(), Request::list_participants(call()), reject] {
            let error = read(&request, 404, not_found).unwrap_err();
            assert!(matches!(error, SendError::Rejected { status: 404, .. }), "{request:?}");
            assert!(error.hints_at_end());
        }
    }

    #[test]
    fn a_terminated_call_is_hinted_at() {
        let reject = Request::from(Reject::new(RejectReason::Busy).on("c1".into()));
        assert!(read(&reject, 400, r#"{"error": {"code": "8528"}}"#).unwrap_err().hints_at_end());
        assert!(!read(&reject, 400, r#"{"error": {"code": "7504"}}"#).unwrap_err().hints_at_end());
    }

    #[test]
    fn an_error_shows_no_private_data() {
        let body = r#"{"error": {"code": "7504", "message": "John lacks it", "innerError": {"request-id": "r7"}}}"#;
        let error = read(&create(), 403, body).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the service refused the request with status 403: the service said 7504 (request-id r7): The application lacks a \
             permission, or the consent of the tenant. It needs one of Calls.Initiate.All; an administrator grants it to the \
             application: Microsoft Entra admin center, App registrations, API permissions, Microsoft Graph, application \
             permissions, then consent"
        );
        assert!(!format!("{error:?}").contains("John"));
    }
}
