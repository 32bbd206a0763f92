//! What a transport must know about a request: method, kind of reply, and whether it is idempotent.

use call_core::CallId;

use crate::delivery::DeliveryKind;

/// Fixed properties of a [`Request`](crate::Request): everything but its path and its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestSpec<'r> {
    /// Word for logs and metrics. It contains nothing private.
    pub name: &'static str,
    /// Method of the request.
    pub method: Method,
    /// Call of the request; `None` for a create, and for an operation that is not about a call.
    pub call: Option<&'r CallId>,
    /// Kind of the delivery that a successful response is.
    pub reply: DeliveryKind,
    /// Whether the request is idempotent, so that it may be sent again if its outcome is unknown.
    pub is_idempotent: bool,
    /// Whether the request is about the call itself (get, hang up, keep alive), and not about a part of it. Only then does a 404 say
    /// that the call is gone.
    pub is_about_the_call: bool,
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

impl RequestSpec<'_> {
    pub(super) const CREATE: Self = Self {
        name: "create",
        method: Method::Post,
        call: None,
        reply: DeliveryKind::CreateResponse,
        is_idempotent: false,
        is_about_the_call: false,
    };
}

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
