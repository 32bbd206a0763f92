//! What cannot be read, and where it stands.

use std::fmt;

/// Why something cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// There is no body, or only white space.
    #[error("the body is empty")]
    Empty,
    /// The bytes are no text.
    #[error("not UTF-8")]
    NotUtf8,
    /// The text is no JSON.
    #[error("not JSON: {0}")]
    NotJson(String),
    /// It is neither notifications nor a call.
    #[error("neither a notification, nor several in `value`, nor a call with an id and a state or type")]
    NotADelivery,
    /// It has another type than it needs to have.
    #[error("expected {0}")]
    WrongType(&'static str),
    /// A member is given twice, so that either could be meant.
    #[error("given twice")]
    Duplicate,
    /// Nothing names a call.
    #[error("no call in the path")]
    NoCall,
    /// The reply names no call, nor does what came with it.
    #[error("which call? `callId` is missing")]
    NoCallId,
    /// A participant has neither an id nor an identity.
    #[error("names nobody: `id` and `info.identity` are missing")]
    Nobody,
    /// An operation has no id, and no context of the command that started it.
    #[error("which operation? `id` and `clientContext` are missing")]
    NoOperation,
    /// A session of content sharing has no id.
    #[error("which session? `id` is missing")]
    NoSession,
    /// A reply tells of an error, and so of no call.
    #[error("the service answered with the error {0:?}, which tells of no call")]
    ServiceError(String),
    /// There are more faults in one value than are listed.
    #[error("{0} faults from here on are not listed")]
    More(usize),
    /// An id is longer than any that the service gives.
    #[error("an id of more than {LONGEST_ID} bytes")]
    LongId,
    /// An id cannot stand in a path.
    #[error("not the id of a call: it is empty, `.` or `..`")]
    NotAnId,
    /// A time cannot be read, or lies before 1678 or after 2261.
    #[error("not an RFC 3339 time of the years 1678 to 2261: {0:?}")]
    NotATime(String),
    /// A word is none of those that are known.
    #[error("{word:?} is none of {known}")]
    UnknownWord {
        /// What stands there, cut if it is long.
        word: String,
        /// Those that are known.
        known: String,
    },
    /// The intent to create a call has no token, or a text that is none.
    #[error("`token` is missing, or is no token: the intent to create a call has that of its callback address")]
    NoToken,
    /// A reply was accepted, but to what is not said.
    #[error("`command` is missing: say which command it is")]
    NoCommand,
    /// The members of a delivery stand beside those of a notification or call.
    #[error("stands beside members of a notification or a call: put those into `body`")]
    Mixed,
    /// Both `body` and `bodyBase64` are given.
    #[error("given beside `body`")]
    TwoBodies,
    /// The text is not base64 (RFC 4648).
    #[error("not base64")]
    NotBase64,
    /// Something in a body that stands in a string; its place is in what the string holds.
    #[error("line {}, column {} of what it holds: {_0}", _0.line, _0.column)]
    Inside(Box<ReadError>),
}

/// The longest id that is read; the service's have 32 to some 150 bytes.
pub(crate) const LONGEST_ID: usize = 512;

/// Something that cannot be read, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReadError {
    /// The line in the text that was read, from 1.
    pub line: usize,
    /// The column in bytes, from 1.
    pub column: usize,
    /// The way to it, such as `value[3].resourceData.state`; empty for the whole.
    pub path: String,
    /// What is wrong.
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

/// What is wrong at a byte of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) at: usize,
    pub(crate) reason: Unreadable,
}

impl Fault {
    /// Takes an error in a part of a text that begins at the byte `start`.
    pub(crate) fn syntax(error: &serde_json::Error, part: &str, start: usize) -> Self {
        let lines_before = error.line().saturating_sub(1);
        let before: usize = part.split_inclusive('\n').take(lines_before).map(str::len).sum();
        let at = if error.is_eof() { part.len() } else { before + error.column().saturating_sub(1) };
        let text = error.to_string();
        let what = match part.as_bytes().get(at) {
            // Where it only steps over, the reader does not tell this from a missing key.
            Some(b'}' | b']') if part[..at].trim_ascii_end().ends_with(',') => "trailing comma",
            _ => text.split(" at line ").next().unwrap_or_default(),
        };
        Self { at: start + at, reason: Unreadable::NotJson(what.to_owned()) }
    }
}
