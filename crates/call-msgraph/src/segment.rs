//! What can be one segment of a path, and how it is encoded.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Returns whether a text can be one segment of a path. Readers of URLs take `%2E` for a dot, so that encoding does not help the
/// others (URL Standard, "double-dot URL path segment").
pub(crate) fn is_segment(text: &str) -> bool {
    !matches!(text, "" | "." | "..")
}

/// Encodes a text as one segment of a path; `None` if it cannot be one.
pub(crate) fn encoded(text: &str) -> Option<impl Iterator<Item = &str>> {
    is_segment(text).then(|| utf8_percent_encode(text, NOT_IN_A_SEGMENT))
}

/// What a segment of a path cannot contain as it is (RFC 3986, unreserved).
const NOT_IN_A_SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
