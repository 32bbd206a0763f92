//! Segments of a path: which texts are valid, and their encoding.

use call_core::Id;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::fault::{Fault, LONGEST_ID, Unreadable};
use crate::json::node::Node;

/// Returns whether a text can be one segment of a path. Dot segments cannot, not even encoded: parsers of URLs read `%2E` as a dot
/// (URL Standard, "double-dot URL path segment").
pub(crate) fn is_segment(text: &str) -> bool {
    !matches!(text, "" | "." | "..")
}

/// Returns whether a text can be an id of the service, in a notification or a response.
pub(crate) fn is_id(text: &str) -> bool {
    text.len() <= LONGEST_ID && is_segment(text)
}

/// Reads an id of the service, which may be empty.
#[inline]
pub(crate) fn read_id(text: &str, node: Node<'_>) -> Result<Id, Fault> {
    if text.len() > LONGEST_ID {
        Err(node.fault(Unreadable::LongId))
    } else if text.is_empty() || is_segment(text) {
        Ok(Id::new(text))
    } else {
        Err(node.fault(Unreadable::NotAnId))
    }
}

/// Encodes a text as one segment of a path; `None` if it cannot be one.
#[must_use]
pub fn encoded(text: &str) -> Option<impl Iterator<Item = &str>> {
    is_segment(text).then(|| utf8_percent_encode(text, NOT_IN_A_SEGMENT))
}

/// Characters that must be encoded in a segment: all but the unreserved ones of RFC 3986.
const NOT_IN_A_SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
