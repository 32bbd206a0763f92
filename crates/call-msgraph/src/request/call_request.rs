//! A request to the service, with its method, path and body.

use std::borrow::Cow;

use call_core::{Action, CallId, OperationKey, OperationProbe};
use serde_json::Value;

use crate::create::judge::judge;
use crate::create::kind::Permissions;
use crate::create::request::CreateCall;
use crate::operation::request::OperationRequest;
use crate::operation::table::ApiOperation;
use crate::request::spec::RequestSpec;

/// A request to the service.
///
/// ```
/// use call_msgraph::{Method, Request};
/// let request = Request::keep_alive("57DAB8B1894C409AB240BD8BEAE78896".into());
/// let spec = request.spec();
/// assert_eq!(spec.method, Method::Post);
/// assert_eq!(request.path(), "/communications/calls/57dab8b1-894c-409a-b240-bd8beae78896/keepAlive");
/// assert!(spec.is_idempotent);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Request {
    /// Create a call.
    Create(CreateCall),
    /// Carry out an operation.
    Operation(OperationRequest),
}

impl Request {
    /// Returns the request that gets a call.
    #[must_use]
    pub fn get(call: CallId) -> Self {
        Self::bare(ApiOperation::GetCall, call)
    }

    /// Returns the request that lists the participants of a call.
    #[must_use]
    pub fn list_participants(call: CallId) -> Self {
        Self::bare(ApiOperation::ListParticipants, call)
    }

    /// Returns the request that hangs up.
    #[must_use]
    pub fn hang_up(call: CallId) -> Self {
        Self::bare(ApiOperation::HangUp, call)
    }

    /// Returns the request that keeps a call alive.
    #[must_use]
    pub fn keep_alive(call: CallId) -> Self {
        Self::bare(ApiOperation::KeepAlive, call)
    }

    fn bare(operation: ApiOperation, call: CallId) -> Self {
        Self::Operation(OperationRequest::new(operation, Some(call), None, None))
    }

    /// Returns the request that carries out an action of the core; `None` for [`Action::Forget`], which needs no request.
    ///
    /// ```
    /// use call_core::Action;
    /// use call_msgraph::Request;
    /// let call = "c1".into();
    /// assert_eq!(Request::for_action(&call, Action::KeepAlive), Some(Request::keep_alive(call)));
    /// ```
    #[must_use]
    pub fn for_action(call: &CallId, action: Action) -> Option<Self> {
        let call = call.clone();
        match action {
            Action::Probe(_) => Some(Self::get(call)),
            Action::ListParticipants => Some(Self::list_participants(call)),
            Action::ProbeOperation { key: OperationKey::Id(id), by: OperationProbe::Operation } => {
                Some(OperationRequest::new(ApiOperation::GetOperation, Some(call), Some(&id.spelling()), None).into())
            }
            Action::ProbeOperation { by: OperationProbe::Participants, .. } => Some(Self::list_participants(call)),
            Action::ProbeOperation { by: OperationProbe::Call, .. } => Some(Self::get(call)),
            Action::KeepAlive => Some(Self::keep_alive(call)),
            Action::Forget(_) | _ => None,
        }
    }

    /// Returns the operation of the table; `None` for a create and for a raw operation.
    #[must_use]
    pub const fn operation(&self) -> Option<ApiOperation> {
        match self {
            Self::Create(_) => None,
            Self::Operation(request) => request.operation(),
        }
    }

    /// Returns the permissions that the request needs, as far as the reference names them.
    #[must_use]
    pub fn permissions(&self) -> Permissions {
        match self {
            Self::Create(create) => judge(&create.to_json()).permissions,
            Self::Operation(request) => request.operation().map(|known| known.spec().permissions).unwrap_or_default(),
        }
    }

    /// Returns the method and the other fixed properties of the request.
    #[must_use]
    pub fn spec(&self) -> RequestSpec<'_> {
        match self {
            Self::Create(_) => RequestSpec::CREATE,
            Self::Operation(request) => request.spec(),
        }
    }

    /// Returns the path after the version of the API, with the query if it has one. Ids are percent-encoded.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Create(_) => "/communications/calls".to_owned(),
            Self::Operation(request) => request.path(),
        }
    }

    /// Returns the body; `None` if the request has none. It may contain names, numbers and passcodes.
    #[must_use]
    pub fn body(&self) -> Option<Cow<'_, Value>> {
        match self {
            Self::Create(create) => Some(Cow::Owned(create.to_json())),
            Self::Operation(request) => request.body().map(Cow::Borrowed),
        }
    }
}

impl From<OperationRequest> for Request {
    fn from(request: OperationRequest) -> Self {
        Self::Operation(request)
    }
}

#[cfg(test)]
mod tests {
    use call_core::Command;
    use serde_json::json;

    use super::*;
    use crate::delivery::DeliveryKind;
    use crate::operation::bodies::incoming::{Reject, RejectReason};
    use crate::operation::request::CallOperation as _;
    use crate::request::operation_path::OperationPath;

    #[test]
    fn an_id_cannot_leave_its_path_segment() {
        for (id, path) in [
            ("a/b?c", "/communications/calls/a%2Fb%3Fc/keepAlive"),
            ("..", "/communications/calls/-/keepAlive"),
            (".", "/communications/calls/-/keepAlive"),
            ("", "/communications/calls/-/keepAlive"),
            ("%2e%2e", "/communications/calls/%252e%252e/keepAlive"),
        ] {
            assert_eq!(Request::keep_alive(id.into()).path(), path);
        }
    }

    #[test]
    fn a_raw_operation_is_the_command_it_names() {
        for (name, command) in [
            ("answer", Command::Answer),
            ("microsoft.graph.Answer", Command::Answer),
            ("microsoft.graph.StartRecording", Command::Other),
            ("participants/configureMixer", Command::Other),
        ] {
            let path = OperationPath::new(name).expect("a path");
            let request = Request::from(OperationRequest::raw("c".into(), path, json!({})));
            assert_eq!(request.spec().reply, DeliveryKind::Accepted(command), "{name}");
            assert_eq!(request.path(), format!("/communications/calls/c/{name}"));
        }
    }

    #[test]
    fn rejections_are_not_idempotent() {
        assert!(!Request::from(Reject::new(RejectReason::Busy).on("c".into())).spec().is_idempotent);
        assert!(Request::hang_up("c".into()).spec().is_idempotent);
    }

    #[test]
    fn a_next_page_never_leaves_its_list() {
        let list = OperationRequest::new(ApiOperation::ListParticipants, Some("c1".into()), None, None);
        let next = |link: &str| list.next_page(link).map(|next| next.path());
        for link in [
            "https://graph.microsoft.com/v1.0/communications/calls/c1/participants?$skiptoken=x",
            "participants?$skiptoken=x",
            "https://evil.example/participants?$skiptoken=x",
        ] {
            assert_eq!(next(link).as_deref(), Some("/communications/calls/c1/participants?$skiptoken=x"), "{link}");
        }
        for link in [
            "",
            "?",
            "https://evil.example/users?$skiptoken=x",
            "participants",
            "participants?a#b",
            "participants?a b",
            "participants?ü",
        ] {
            assert_eq!(next(link), None, "{link}");
        }
        let second = list.next_page("participants?$skip=1").expect("a page");
        assert_eq!(second.next_page("participants?$skip=1"), None, "a page that leads to itself");
    }
}
