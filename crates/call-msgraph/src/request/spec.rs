//! What a transport must know about a request: method, path, kind of reply, and whether it is idempotent.

use call_core::{CallId, Command};

use crate::delivery::DeliveryKind;
use crate::segment::encoded;

/// Fixed properties of a [`Request`](crate::Request): everything but its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestSpec<'r> {
    /// Word for logs and metrics. It contains nothing private.
    pub name: &'static str,
    /// Method of the request.
    pub method: Method,
    /// Call of the request; `None` for a create.
    pub call: Option<&'r CallId>,
    /// Kind of the delivery that a successful response is.
    pub reply: DeliveryKind,
    /// Whether the request is idempotent, so that it may be sent again if its outcome is unknown.
    pub is_idempotent: bool,
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
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

impl<'r> RequestSpec<'r> {
    /// Returns the spec of a create.
    pub(super) const fn create() -> Self {
        Self {
            name: "create",
            method: Method::Post,
            call: None,
            reply: DeliveryKind::CreateResponse,
            is_idempotent: false,
            operation: "",
        }
    }

    /// Returns the spec of a GET.
    pub(super) const fn get(name: &'static str, call: &'r CallId, operation: &'r str) -> Self {
        let (method, reply) = (Method::Get, DeliveryKind::Snapshot);
        Self { name, method, call: Some(call), reply, is_idempotent: true, operation }
    }

    /// Returns whether the request is about the call itself (get, hang up, keep alive), and not about a part of it. Only then does
    /// a 404 say that the call is gone.
    #[must_use]
    pub fn is_about_the_call(&self) -> bool {
        self.call.is_some() && matches!(self.operation, "" | "keepAlive")
    }

    /// Returns the spec of a command.
    pub(super) const fn post(name: &'static str, call: &'r CallId, operation: &'r str, command: Command) -> Self {
        let (method, reply) = (Method::Post, DeliveryKind::Accepted(command));
        Self { name, method, call: Some(call), reply, is_idempotent: false, operation }
    }

    /// Returns the spec of a hang-up.
    pub(super) const fn delete(name: &'static str, call: &'r CallId, command: Command) -> Self {
        let (method, reply) = (Method::Delete, DeliveryKind::Accepted(command));
        Self { name, method, call: Some(call), reply, is_idempotent: true, operation: "" }
    }

    /// Returns the spec of an idempotent request.
    pub(super) const fn idempotent(self) -> Self {
        Self { is_idempotent: true, ..self }
    }

    /// Returns the path after the version of the API. Ids are percent-encoded.
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

/// Segment for an id that cannot be a segment. No call has this id.
const NO_CALL: &str = "-";

impl Method {
    /// Returns the word of HTTP (RFC 9110).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}
