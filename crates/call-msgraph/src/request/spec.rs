use call_core::{CallId, Command};

use crate::delivery::DeliveryKind;
use crate::segment::encoded;

/// The fixed facts of a [`Request`](crate::Request): everything about it but its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestSpec<'r> {
    /// Word for logs and metrics. It contains nothing private.
    pub name: &'static str,
    /// Method of the request.
    pub method: Method,
    /// The call that the request is about; `None` for the creation of a call.
    pub call: Option<&'r CallId>,
    /// What the reply of a success is as a delivery.
    pub reply: DeliveryKind,
    /// Whether sending the request twice has the same effect as sending it once, so that it may be repeated if its outcome is
    /// unknown.
    pub may_be_repeated: bool,
    /// Encoded path below the call; empty for the call itself.
    operation: &'r str,
}

/// Method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `DELETE`
    Delete,
}

impl<'r> RequestSpec<'r> {
    /// The creation of a call.
    pub(super) const fn create() -> Self {
        Self {
            name: "create",
            method: Method::Post,
            call: None,
            reply: DeliveryKind::CreateResponse,
            may_be_repeated: false,
            operation: "",
        }
    }

    /// A question about a call.
    pub(super) const fn get(name: &'static str, call: &'r CallId, operation: &'r str) -> Self {
        let (method, reply) = (Method::Get, DeliveryKind::Snapshot);
        Self { name, method, call: Some(call), reply, may_be_repeated: true, operation }
    }

    /// A command to a call.
    pub(super) const fn post(name: &'static str, call: &'r CallId, operation: &'r str, command: Command) -> Self {
        let (method, reply) = (Method::Post, DeliveryKind::Accepted(command));
        Self { name, method, call: Some(call), reply, may_be_repeated: false, operation }
    }

    /// The end of a call.
    pub(super) const fn delete(name: &'static str, call: &'r CallId, command: Command) -> Self {
        let (method, reply) = (Method::Delete, DeliveryKind::Accepted(command));
        Self { name, method, call: Some(call), reply, may_be_repeated: true, operation: "" }
    }

    /// The same request, which has the same effect however often it is sent.
    pub(super) const fn repeatable(self) -> Self {
        Self { may_be_repeated: true, ..self }
    }

    /// Returns the path after the version of the API.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = "/communications/calls".to_owned();
        if let Some(call) = self.call {
            path.push('/');
            match encoded(call.as_str()) {
                Some(segment) => path.extend(segment),
                None => path.push_str(NO_CALL),
            }
        }
        if !self.operation.is_empty() {
            path.push('/');
            path.push_str(self.operation);
        }
        path
    }
}

/// Stands for an id that cannot be a segment of a path, which no call has.
const NO_CALL: &str = "-";

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
