//! One JSON value at the beginning of bytes, or why there is none.

use call_msgraph::{Line, ReadError, Unreadable};
use serde_json::value::RawValue;

/// More arrays and objects in each other than this are taken for a mistake, once a value goes on beyond its line:
/// otherwise a file of opening brackets would be read to its end from each of its lines.
const DEEPEST: usize = 128;

/// What bytes begin with.
pub(super) enum Read {
    /// So many bytes are a value.
    Complete(usize),
    /// More is needed.
    Incomplete,
    Bad(BadValue),
}

/// Why a value cannot be read, and at which byte that shows.
pub(super) struct BadValue {
    pub(super) why: ReadError,
    pub(super) at: usize,
}

/// Reads the value that bytes begin with.
pub(super) fn read(bytes: &[u8]) -> Read {
    let mut stream = serde_json::Deserializer::from_slice(bytes).into_iter::<&RawValue>();
    match stream.next() {
        Some(Ok(_)) => Read::Complete(stream.byte_offset()),
        Some(Err(error)) if error.is_eof() && is_deeper(bytes) => {
            let reason = Unreadable::NotJson("nested too deeply to go on beyond the line".to_owned());
            Read::Bad(BadValue { why: rejected(1, 1, reason), at: 0 })
        }
        Some(Err(error)) if !error.is_eof() => Read::Bad(fault(bytes)),
        Some(Err(_)) | None => Read::Incomplete,
    }
}

/// Finds what is wrong with bytes that begin with no value.
pub(super) fn fault(bytes: &[u8]) -> BadValue {
    let why = match str::from_utf8(bytes) {
        Ok(text) => Line::read(text).err(),
        // What is wrong before may be worse.
        Err(error) => match read(&bytes[..error.valid_up_to()]) {
            Read::Bad(bad) => Some(bad.why),
            Read::Complete(_) | Read::Incomplete => {
                let before = &bytes[..error.valid_up_to()];
                let line = memchr::memchr_iter(b'\n', before).count() + 1;
                let column = before.len() - memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1) + 1;
                Some(rejected(line, column, Unreadable::NotUtf8))
            }
        },
    };
    let why = why.unwrap_or_else(|| rejected(1, 1, Unreadable::NotADelivery));
    let before: usize = bytes.split_inclusive(|byte| *byte == b'\n').take(why.line - 1).map(<[u8]>::len).sum();
    BadValue { at: before + why.column - 1, why }
}

/// Says what is wrong at a place in a value.
pub(super) const fn rejected(line: usize, column: usize, reason: Unreadable) -> ReadError {
    ReadError::new(line, column, reason)
}

/// Returns whether too many brackets are open at the end of a text that is the beginning of a value.
fn is_deeper(text: &[u8]) -> bool {
    let (mut depth, mut is_in_string, mut is_escaped) = (0_usize, false, false);
    for &byte in text {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => is_in_string = !is_in_string,
            b'{' | b'[' if !is_in_string => depth += 1,
            b'}' | b']' if !is_in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    depth > DEEPEST
}
