//! A request, from its meaning to the parts of an HTTP message.

use call_core::{CallId, Command};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::parts::{Answer, Redirect, RejectReason, Transfer};
use crate::create::CreateCall;
use crate::delivery::{DeliveryKind, read_command};

/// What the service is asked to do.
///
/// ```
/// use call_msgraph::{Method, Request};
/// let request = Request::KeepAlive("57DAB8B1894C409AB240BD8BEAE78896".into());
/// assert_eq!(request.method(), Method::Post);
/// assert_eq!(request.path(), "/communications/calls/57dab8b1-894c-409a-b240-bd8beae78896/keepAlive");
/// assert!(request.may_be_repeated());
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Request {
    /// Create a call.
    Create(CreateCall),
    /// Say what a call is doing.
    Get(CallId),
    /// Say who takes part in a call.
    ListParticipants(CallId),
    /// End a call.
    HangUp(CallId),
    /// Keep a call alive.
    KeepAlive(CallId),
    /// Answer an incoming call.
    Answer(CallId, Answer),
    /// Reject an incoming call.
    Reject(CallId, RejectReason),
    /// Send an incoming call on to somebody else.
    Redirect(CallId, Redirect),
    /// Hand a call to another party.
    Transfer(CallId, Transfer),
    /// Any other operation on a call, by the last word of its path: `playPrompt`, `mute`, `participants/invite`, …
    Operation {
        /// The call.
        call: CallId,
        /// What follows the call in the path.
        name: String,
        /// The body, as the reference of the operation has it.
        body: Value,
    },
}

/// The method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `DELETE`
    Delete,
}

impl Request {
    /// Returns the method.
    #[must_use]
    pub const fn method(&self) -> Method {
        match self {
            Self::Get(_) | Self::ListParticipants(_) => Method::Get,
            Self::HangUp(_) => Method::Delete,
            Self::Create(_)
            | Self::KeepAlive(_)
            | Self::Answer(..)
            | Self::Reject(..)
            | Self::Redirect(..)
            | Self::Transfer(..)
            | Self::Operation { .. } => Method::Post,
        }
    }

    /// Returns the path after the version of the API.
    #[must_use]
    pub fn path(&self) -> String {
        const CALLS: &str = "/communications/calls";
        let Some(call) = self.call() else { return CALLS.to_owned() };
        let call = call.to_string();
        let call = utf8_percent_encode(&call, NOT_IN_A_SEGMENT);
        let operation = match self {
            Self::Create(_) | Self::Get(_) | Self::HangUp(_) => return format!("{CALLS}/{call}"),
            Self::ListParticipants(_) => "participants",
            Self::KeepAlive(_) => "keepAlive",
            Self::Answer(..) => "answer",
            Self::Reject(..) => "reject",
            Self::Redirect(..) => "redirect",
            Self::Transfer(..) => "transfer",
            Self::Operation { name, .. } => name,
        };
        format!("{CALLS}/{call}/{operation}")
    }

    /// Returns the body, if there is one. It may hold names, numbers and passcodes.
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

    /// Returns the call that it is about; `None` for the creation of one.
    #[must_use]
    pub const fn call(&self) -> Option<&CallId> {
        match self {
            Self::Create(_) => None,
            Self::Get(call)
            | Self::ListParticipants(call)
            | Self::HangUp(call)
            | Self::KeepAlive(call)
            | Self::Answer(call, _)
            | Self::Reject(call, _)
            | Self::Redirect(call, _)
            | Self::Transfer(call, _)
            | Self::Operation { call, .. } => Some(call),
        }
    }

    /// Returns what the reply of a success is as a delivery.
    #[must_use]
    pub fn reply_kind(&self) -> DeliveryKind {
        match self {
            Self::Create(_) => DeliveryKind::CreateResponse,
            Self::Get(_) | Self::ListParticipants(_) => DeliveryKind::Snapshot,
            Self::HangUp(_) => DeliveryKind::Accepted(Command::HangUp),
            Self::KeepAlive(_) => DeliveryKind::Accepted(Command::KeepAlive),
            Self::Answer(..) => DeliveryKind::Accepted(Command::Answer),
            Self::Reject(..) => DeliveryKind::Accepted(Command::Reject),
            Self::Redirect(..) => DeliveryKind::Accepted(Command::Redirect),
            Self::Transfer(..) => DeliveryKind::Accepted(Command::Transfer),
            Self::Operation { name, .. } => DeliveryKind::Accepted(read_command(name)),
        }
    }

    /// Returns whether doing it twice is the same as doing it once, so that it may be repeated when its fate is unknown.
    #[must_use]
    pub const fn may_be_repeated(&self) -> bool {
        match self {
            Self::Get(_) | Self::ListParticipants(_) | Self::HangUp(_) | Self::KeepAlive(_) => true,
            Self::Create(_)
            | Self::Answer(..)
            | Self::Reject(..)
            | Self::Redirect(..)
            | Self::Transfer(..)
            | Self::Operation { .. } => false,
        }
    }

    /// Returns a word for it that holds nothing private: for logs and metrics.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Create(_) => "create",
            Self::Get(_) => "get",
            Self::ListParticipants(_) => "listParticipants",
            Self::HangUp(_) => "hangUp",
            Self::KeepAlive(_) => "keepAlive",
            Self::Answer(..) => "answer",
            Self::Reject(..) => "reject",
            Self::Redirect(..) => "redirect",
            Self::Transfer(..) => "transfer",
            Self::Operation { .. } => "operation",
        }
    }
}

impl Method {
    /// Returns the word of HTTP (RFC 9110).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// What a segment of a path can hold as it is (RFC 3986, unreserved).
const NOT_IN_A_SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_cannot_leave_its_segment_of_the_path() {
        let request = Request::Get("a/b?c".into());
        assert_eq!(request.path(), "/communications/calls/a%2Fb%3Fc");
    }

    #[test]
    fn what_creates_or_moves_a_call_is_not_repeated() {
        assert!(!Request::Reject("c".into(), RejectReason::Busy).may_be_repeated());
        assert!(Request::HangUp("c".into()).may_be_repeated());
    }
}
