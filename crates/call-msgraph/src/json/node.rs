//! A JSON value at its place in a text, whose content is read when it is needed.

use std::borrow::Cow;

use crate::fault::{Fault, Unreadable};

/// A JSON value at its place in a text. Its content is valid JSON.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Node<'a> {
    raw: &'a str,
    start: usize,
    kind: Kind,
}

/// Kind of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Kind {
    Object,
    Array,
    /// A string without escapes.
    Plain,
    /// A string with escapes.
    Escaped,
    /// A number, a boolean, or null.
    #[default]
    Other,
}

impl<'a> Node<'a> {
    /// Returns the value that is written as `raw` and begins at the byte `start`.
    pub(crate) const fn new(raw: &'a str, start: usize, kind: Kind) -> Self {
        Self { raw, start, kind }
    }

    /// Returns a place without a value.
    pub(crate) const fn nothing_at(start: usize) -> Self {
        Self { raw: "", start, kind: Kind::Other }
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
        self.kind == Kind::Array
    }

    pub(crate) const fn is_string(self) -> bool {
        matches!(self.kind, Kind::Plain | Kind::Escaped)
    }

    pub(crate) fn is_null(self) -> bool {
        self.raw == "null"
    }

    /// Returns the text between the quotes of a string, and any other value as it is.
    pub(crate) fn bare(self) -> &'a str {
        if self.is_string() { self.raw.get(1..self.raw.len().saturating_sub(1)).unwrap_or_default() } else { self.raw }
    }

    /// Reads a string.
    #[inline]
    pub(crate) fn string(self) -> Result<Cow<'a, str>, Fault> {
        match self.kind {
            Kind::Plain => Ok(Cow::Borrowed(self.bare())),
            Kind::Escaped => unescape(self).map(Cow::Owned),
            Kind::Object | Kind::Array | Kind::Other => Err(self.no_string()),
        }
    }

    #[cold]
    fn no_string(self) -> Fault {
        self.fault(Unreadable::WrongType("a string"))
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
    pub(crate) fn fault(self, reason: Unreadable) -> Fault {
        Fault::new(self.start, reason)
    }
}

/// Reads a string with escapes.
#[cold]
fn unescape(string: Node<'_>) -> Result<String, Fault> {
    serde_json::from_str(string.raw).map_err(|error| Fault::syntax(&error, string.raw, string.start))
}
