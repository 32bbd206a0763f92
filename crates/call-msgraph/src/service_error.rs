//! The error body of the service.

use std::fmt;

use call_core::Redacted;

use crate::code_book::{Explanation, explain_reply};
use crate::foreign::clip;
use crate::json::node::Node;
use crate::json::object::Object;

/// Error of the service ("Microsoft Graph error responses and resource types").
///
/// `Display` omits the message, because it may quote private parts of the request.
///
/// ```
/// let body = br#"{"error": {"code": "8522", "message": "Call not found.", "innerError": {"request-id": "7d1a"}}}"#;
/// let error = call_msgraph::ServiceError::read(body);
/// assert_eq!(error.to_string(), "the service said 8522 (request-id 7d1a)");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct ServiceError {
    /// Code of the error: a number such as `8522` (call not found), or a word.
    pub code: Option<Box<str>>,
    /// Message of the error.
    pub message: Option<Redacted>,
    /// Id that the service gave the request. Its support asks for it.
    pub request_id: Option<Box<str>>,
    /// Date of the refusal, as the service writes it.
    pub date: Option<Box<str>>,
    /// Id that the client gave the request.
    pub client_request_id: Option<Box<str>>,
}

impl ServiceError {
    /// Reads the body of an error response. Fields that are missing or cannot be read are `None`.
    #[must_use]
    pub fn read(body: &[u8]) -> Self {
        let root = str::from_utf8(body).ok().and_then(|text| Node::parse(text).ok());
        member(root, &["error"]).map(Self::inside).unwrap_or_default()
    }

    /// Returns whether the service says that there is no such call. The same code is said of a participant.
    pub(crate) fn is_call_not_found(&self) -> bool {
        let is_code = matches!(self.code.as_deref(), Some("8522" | "9997"));
        let says_call = |message: &Redacted| {
            let message = message.expose().trim_end_matches('.');
            message.eq_ignore_ascii_case("call not found")
        };
        is_code && self.message.as_ref().is_none_or(says_call)
    }

    /// Returns the code as a number, which is the subcode of a result; `None` if it is a word.
    #[must_use]
    pub fn subcode(&self) -> Option<i64> {
        self.code.as_deref()?.parse().ok()
    }

    /// Returns what the code means in a response with a status, from the code book.
    #[must_use]
    pub fn explanation(&self, status: u16) -> Option<&'static Explanation> {
        explain_reply(status, self.subcode()?)
    }

    /// Returns whether the service says that the application used up the calls of the month (8529). Waiting for seconds does not help.
    #[must_use]
    pub fn is_monthly_limit(&self) -> bool {
        self.code.as_deref() == Some("8529")
    }

    /// Returns whether the service says that the call was terminated (8528).
    #[must_use]
    pub fn is_call_terminated(&self) -> bool {
        self.code.as_deref() == Some("8528")
    }

    /// Reads the member `error`.
    pub(crate) fn inside(error: Node<'_>) -> Self {
        let inner = member(Some(error), &["innerError", "innererror"]);
        Self {
            code: text(Some(error), "code", 128),
            message: text(Some(error), "message", 1024).map(|text| Redacted::new(&text)),
            date: text(inner, "date", 64),
            request_id: text(inner, "request-id", 128),
            client_request_id: text(inner, "client-request-id", 128),
        }
    }
}

fn member<'a>(node: Option<Node<'a>>, keys: &[&str]) -> Option<Node<'a>> {
    let object: Object<'a> = node?.object().ok()?;
    keys.iter().find_map(|key| object.get(key).ok().flatten())
}

/// Reads a string or a number.
fn text(node: Option<Node<'_>>, key: &str, bytes: usize) -> Option<Box<str>> {
    let node = member(node, &[key])?;
    let text = node.string().ok().or_else(|| node.integer().map(|number| number.to_string().into()))?;
    Some(clip(&text, bytes).into())
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(f, "the service said {}", code.escape_debug())?,
            None => f.write_str("the service gave no reason")?,
        }
        match &self.request_id {
            Some(id) => write!(f, " (request-id {})", id.escape_debug()),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ServiceError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_without_an_error_gives_none() {
        for body in ["", "busy", "[]", r#"{"error": 7}"#, r#"{"error": {"code": {}}}"#, r#"{"error": {"#, "null"] {
            assert_eq!(ServiceError::read(body.as_bytes()), ServiceError::default(), "{body}");
        }
        assert_eq!(ServiceError::read(b"\xff").to_string(), "the service gave no reason");
    }

    #[test]
    fn every_part_of_an_error_is_kept() {
        let body = br#"{"error": {"code": 8522, "message": "no", "innererror":
            {"date": "2026-03-01T10:00:00", "request-id": "r", "client-request-id": "c"}}}"#;
        let error = ServiceError::read(body);
        assert_eq!((error.code.as_deref(), error.message.clone()), (Some("8522"), Some(Redacted::new("no"))));
        assert_eq!((error.request_id.as_deref(), error.client_request_id.as_deref()), (Some("r"), Some("c")));
        assert_eq!((error.date.as_deref(), error.subcode()), (Some("2026-03-01T10:00:00"), Some(8522)));
        assert_eq!(error.explanation(404).map(|known| known.code), Some(404));
        assert_eq!(
            error.explanation(400).map(|known| known.code),
            Some(404),
            "the number means the same with any status"
        );
    }
}
