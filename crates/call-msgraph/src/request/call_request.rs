//! A request to the service, with its method, path and body.

use call_core::{Action, CallId, Command};
use serde_json::{Value, json};

use crate::create::request::CreateCall;
use crate::odata::short_name;
use crate::request::operation_path::OperationPath;
use crate::request::parts::{Answer, Redirect, RejectReason, Transfer};
use crate::request::spec::RequestSpec;

/// A request to the service.
///
/// ```
/// use call_msgraph::{Method, Request};
/// let request = Request::KeepAlive("57DAB8B1894C409AB240BD8BEAE78896".into());
/// let spec = request.spec();
/// assert_eq!(spec.method, Method::Post);
/// assert_eq!(spec.path(), "/communications/calls/57dab8b1-894c-409a-b240-bd8beae78896/keepAlive");
/// assert!(spec.is_idempotent);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Request {
    /// Create a call.
    Create(CreateCall),
    /// Get a call.
    Get(CallId),
    /// List the participants of a call.
    ListParticipants(CallId),
    /// Hang up.
    HangUp(CallId),
    /// Keep a call alive.
    KeepAlive(CallId),
    /// Answer an incoming call.
    Answer(CallId, Answer),
    /// Reject an incoming call.
    Reject(CallId, RejectReason),
    /// Redirect an incoming call.
    Redirect(CallId, Redirect),
    /// Transfer a call.
    Transfer(CallId, Transfer),
    /// Any other operation of a call: `playPrompt`, `mute`, `participants/invite`, …
    Operation {
        /// The call.
        call: CallId,
        /// Path after the call.
        path: OperationPath,
        /// Body, as the reference of the operation describes it.
        body: Value,
    },
}

impl Request {
    /// Returns the request that carries out an action of the core; `None` for [`Action::Forget`], which needs no request.
    ///
    /// ```
    /// use call_core::Action;
    /// use call_msgraph::Request;
    /// let call = "c1".into();
    /// assert_eq!(Request::for_action(&call, Action::KeepAlive), Some(Request::KeepAlive(call)));
    /// ```
    #[must_use]
    pub fn for_action(call: &CallId, action: Action) -> Option<Self> {
        match action {
            Action::Probe(_) => Some(Self::Get(call.clone())),
            Action::ListParticipants => Some(Self::ListParticipants(call.clone())),
            Action::KeepAlive => Some(Self::KeepAlive(call.clone())),
            Action::Forget(_) | _ => None,
        }
    }

    /// Returns method, path and the other fixed properties of the request.
    #[must_use]
    pub fn spec(&self) -> RequestSpec<'_> {
        use RequestSpec as Spec;
        match self {
            Self::Create(_) => Spec::create(),
            Self::Get(call) => Spec::get("get", call, ""),
            Self::ListParticipants(call) => Spec::get("listParticipants", call, "participants"),
            Self::HangUp(call) => Spec::delete("hangUp", call, Command::HangUp),
            Self::KeepAlive(call) => Spec::post("keepAlive", call, "keepAlive", Command::KeepAlive).idempotent(),
            Self::Answer(call, _) => Spec::post("answer", call, "answer", Command::Answer),
            Self::Reject(call, _) => Spec::post("reject", call, "reject", Command::Reject),
            Self::Redirect(call, _) => Spec::post("redirect", call, "redirect", Command::Redirect),
            Self::Transfer(call, _) => Spec::post("transfer", call, "transfer", Command::Transfer),
            Self::Operation { call, path, .. } => {
                Spec::post("operation", call, path.as_str(), Command::from_word(short_name(path.as_str())))
            }
        }
    }

    /// Returns the body; `None` if the request has none. It may contain names, numbers and passcodes.
    #[must_use]
    pub fn body(&self) -> Option<Value> {
        match self {
            Self::Get(_) | Self::ListParticipants(_) | Self::HangUp(_) | Self::KeepAlive(_) => None,
            Self::Create(create) => Some(create.to_json()),
            Self::Answer(_, answer) => Some(answer.to_json()),
            Self::Reject(_, reason) => Some(json!({ "reason": reason.as_str() })),
            Self::Redirect(_, redirect) => Some(redirect.to_json()),
            Self::Transfer(_, transfer) => Some(transfer.to_json()),
            Self::Operation { body, .. } => Some(body.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::DeliveryKind;

    #[test]
    fn an_id_cannot_leave_its_path_segment() {
        for (id, path) in [
            ("a/b?c", "/communications/calls/a%2Fb%3Fc/keepAlive"),
            ("..", "/communications/calls/-/keepAlive"),
            (".", "/communications/calls/-/keepAlive"),
            ("", "/communications/calls/-/keepAlive"),
            ("%2e%2e", "/communications/calls/%252e%252e/keepAlive"),
        ] {
            assert_eq!(Request::KeepAlive(id.into()).spec().path(), path);
        }
    }

    #[test]
    fn an_operation_name_matches_its_command() {
        for (name, command) in [
            ("answer", Command::Answer),
            ("microsoft.graph.Answer", Command::Answer),
            ("playPrompt", Command::Other),
            ("participants/invite", Command::Other),
        ] {
            let path = OperationPath::new(name).expect("a path");
            let request = Request::Operation { call: "c".into(), path, body: json!({}) };
            assert_eq!(request.spec().reply, DeliveryKind::Accepted(command), "{name}");
        }
    }

    #[test]
    fn creates_and_transfers_are_not_idempotent() {
        assert!(!Request::Reject("c".into(), RejectReason::Busy).spec().is_idempotent);
        assert!(Request::HangUp("c".into()).spec().is_idempotent);
    }
}
