//! A JSON value at its place in a text, whose content is read when it is needed.

use std::borrow::Cow;

use crate::fault::{Fault, Unreadable};

/// A JSON value at its place in a text. Its content is valid JSON.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Node<'a> {
    raw: &'a str,
    start: usize,
}

impl<'a> Node<'a> {
    /// Returns the value that is written as `raw` and begins at the byte `start`.
    pub(crate) const fn new(raw: &'a str, start: usize) -> Self {
        Self { raw, start }
    }

    /// Returns the text of the value.
    pub(crate) const fn raw(self) -> &'a str {
        self.raw
    }

    /// Returns the place of the value in the text, in bytes.
    pub(crate) const fn start(self) -> usize {
        self.start
    }

    pub(crate) const fn end(self) -> usize {
        self.start + self.raw.len()
    }

    pub(crate) fn is_array(self) -> bool {
        self.raw.starts_with('[')
    }

    pub(crate) fn is_string(self) -> bool {
        self.raw.starts_with('"')
    }

    pub(crate) fn is_null(self) -> bool {
        self.raw == "null"
    }

    /// Returns the text between the quotes of a string, and any other value as it is.
    pub(crate) fn bare(self) -> &'a str {
        self.raw.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(self.raw)
    }

    /// Reads a string.
    pub(crate) fn string(self) -> Result<Cow<'a, str>, Fault> {
        if !self.is_string() {
            return Err(self.fault(Unreadable::WrongType("a string")));
        }
        // A string without escapes needs no copy.
        if !self.raw.contains('\\') {
            return Ok(Cow::Borrowed(self.bare()));
        }
        unescape(self).map(Cow::Owned)
    }

    /// Reads a whole number, or a string of digits; `None` if it is neither.
    pub(crate) fn integer(self) -> Option<i64> {
        self.bare().parse().ok()
    }

    /// Reads a boolean.
    pub(crate) fn boolean(self) -> Result<bool, Fault> {
        self.raw.parse().map_err(|_| self.fault(Unreadable::WrongType("true or false")))
    }

    /// Returns a fault at the value.
    pub(crate) const fn fault(self, reason: Unreadable) -> Fault {
        Fault { at: self.start, reason }
    }
}

/// Reads a string with escapes.
pub(crate) fn unescape(string: Node<'_>) -> Result<String, Fault> {
    serde_json::from_str(string.raw).map_err(|error| Fault::syntax(&error, string.raw, string.start))
}
