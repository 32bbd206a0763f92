//! Read errors, and their places.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;

use serde::de::IgnoredAny;

/// Reason why a part of a delivery or a log cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// The body is empty, or contains only white space.
    #[error("the body is empty")]
    Empty,
    /// The bytes are not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// The text is not JSON.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// The value is neither a notification nor a call.
    #[error("expected a notification, a `value` with notifications, or a call with an `id` and a state or type")]
    NotADelivery,
    /// The value has the wrong JSON type.
    #[error("expected {0}")]
    WrongType(&'static str),
    /// The object has the member twice, so it is ambiguous.
    #[error("the member occurs twice")]
    Duplicate,
    /// The path contains no call.
    #[error("the path contains no call id")]
    NoCall,
    /// Neither the reply nor the delivery contains a call id.
    #[error("`callId` is missing")]
    NoCallId,
    /// A participant has neither an id nor an identity.
    #[error("the participant has neither `id` nor `info.identity`")]
    NoParticipant,
    /// An operation has neither an id nor the client context of its command.
    #[error("the operation has neither `id` nor `clientContext`")]
    NoOperation,
    /// A content sharing session has no id.
    #[error("the sharing session has no `id`")]
    NoSession,
    /// The reply is an error of the service.
    #[error("the reply is the error {0:?} of the service, and contains no call")]
    ServiceError(String),
    /// The value has more faults than are listed.
    #[error("{0} more faults from here on are not listed")]
    More(usize),
    /// An id is longer than any id of the service.
    #[error("the id is longer than {LONGEST_ID} bytes")]
    LongId,
    /// An id cannot be a segment of a path.
    #[error("not an id: it is empty, `.` or `..`")]
    NotAnId,
    /// A time is not RFC 3339, or is before 1678 or after 2261.
    #[error("expected an RFC 3339 time of the years 1678 to 2261, found {0:?}")]
    NotATime(String),
    /// A word is unknown.
    #[error("expected one of {known}, found {word:?}")]
    UnknownWord {
        /// The word, clipped if it is long.
        word: String,
        /// The known words.
        known: String,
    },
    /// The intent to create a call has no valid token.
    #[error("`token` is missing or invalid; expected the token of the call's callback address")]
    NoToken,
    /// An accepted command has no name.
    #[error("`command` is missing")]
    NoCommand,
    /// One object has members of a delivery and members of a notification or a call.
    #[error("an object with members of a delivery must have those of a notification or a call in `body`")]
    Mixed,
    /// The delivery has both `body` and `bodyBase64`.
    #[error("the delivery has both `body` and `bodyBase64`")]
    TwoBodies,
    /// The text is not base64 (RFC 4648).
    #[error("not base64")]
    NotBase64,
    /// An error in a body that is a string. Its place counts within the string.
    #[error("line {}, column {} of the string: {_0}", _0.line, _0.column)]
    Inside(Box<ReadError>),
}

impl Unreadable {
    /// Returns the reason without any text of the delivery, for logs.
    #[must_use]
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others contain no foreign text")]
    pub fn summary(&self) -> String {
        match self {
            Self::ServiceError(_) => "the reply is an error of the service, and contains no call".to_owned(),
            Self::NotATime(_) => "expected an RFC 3339 time of the years 1678 to 2261".to_owned(),
            Self::UnknownWord { known, .. } => format!("expected one of {known}"),
            Self::Inside(error) => {
                format!("line {}, column {} of the string: {}", error.line, error.column, error.reason.summary())
            }
            other => other.to_string(),
        }
    }
}

/// Maximum length of an id, in bytes. Ids of the service have 32 to about 150 bytes.
pub(crate) const LONGEST_ID: usize = 512;

/// A read error with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadError {
    /// Line in the text, from 1.
    pub line: usize,
    /// Column in bytes, from 1.
    pub column: usize,
    /// Path to the value, such as `value[3].resourceData.state`; empty for the whole text.
    pub path: String,
    /// Reason of the error.
    pub reason: Unreadable,
}

impl ReadError {
    /// Returns an error at a line and a column, both from 1, with an empty path.
    #[must_use]
    pub const fn new(line: usize, column: usize, reason: Unreadable) -> Self {
        Self { line, column, path: String::new(), reason }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        self.reason.fmt(f)
    }
}

impl std::error::Error for ReadError {}

/// A read error at a byte of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) at: usize,
    /// Boxed, because almost no value has a fault, and every reader returns room for one.
    pub(crate) reason: Box<Unreadable>,
}

impl From<Infallible> for Fault {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

impl Fault {
    #[cold]
    pub(crate) fn new(at: usize, reason: Unreadable) -> Self {
        Self { at, reason: Box::new(reason) }
    }

    /// Returns the fault of a whole text: if it is JSON, but no object, it is no delivery.
    pub(crate) fn or_not_a_delivery(self) -> Self {
        let is_json = matches!(*self.reason, Unreadable::WrongType(_));
        if is_json { Self::new(self.at, Unreadable::NotADelivery) } else { self }
    }

    /// Returns the fault of a text that is not JSON. Only then a second look at it is worth its time.
    #[cold]
    pub(crate) fn of_text(text: &str) -> Self {
        let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
        let read = match bare.trim_ascii_start().starts_with('{') {
            true => serde_json::from_str::<BTreeMap<String, IgnoredAny>>(bare).err(),
            false => serde_json::from_str::<IgnoredAny>(bare).err(),
        };
        let start = text.len() - bare.len();
        let unknown = || Self::new(start, Unreadable::NotJson("invalid value".to_owned()));
        read.map_or_else(unknown, |error| Self::syntax(&error, bare, start))
    }

    /// Returns the fault of a JSON error in the part of a text that begins at the byte `start`.
    pub(crate) fn syntax(error: &serde_json::Error, part: &str, start: usize) -> Self {
        let lines_before = error.line().saturating_sub(1);
        let before: usize = part.split_inclusive('\n').take(lines_before).map(str::len).sum();
        let at = if error.is_eof() { part.len() } else { before + error.column().saturating_sub(1) };
        let text = error.to_string();
        let what = match part.as_bytes().get(at) {
            // serde_json reports a missing key here when it only skips the value.
            Some(b'}' | b']') if part[..at].trim_ascii_end().ends_with(',') => "trailing comma",
            _ => text.split(" at line ").next().unwrap_or_default(),
        };
        Self::new(start + at, Unreadable::NotJson(what.to_owned()))
    }
}
