//! Reads one JSON value at the beginning of some bytes.

use call_msgraph::{Line, ReadError, Unreadable};
use serde_json::value::RawValue;

/// Maximum nesting depth of a value that continues beyond its line. Without it, a file of opening brackets would be read to its end
/// from each of its lines.
const DEEPEST: usize = 128;

/// Outcome of reading a value.
pub(super) enum Read {
    /// A value of this length, in bytes.
    Complete(usize),
    /// The value is incomplete.
    Incomplete,
    Bad(BadValue),
}

/// A value that cannot be read, with the byte of the fault.
pub(super) struct BadValue {
    pub(super) why: ReadError,
    pub(super) at: usize,
}

/// Reads the value at the beginning of some bytes.
pub(super) fn read(bytes: &[u8]) -> Read {
    let mut stream = serde_json::Deserializer::from_slice(bytes).into_iter::<&RawValue>();
    match stream.next() {
        Some(Ok(_)) => Read::Complete(stream.byte_offset()),
        Some(Err(error)) if error.is_eof() && is_deeper(bytes) => {
            let reason = Unreadable::NotJson("nested too deeply for a value that continues beyond its line".to_owned());
            Read::Bad(BadValue { why: ReadError::new(1, 1, reason), at: 0 })
        }
        Some(Err(error)) if !error.is_eof() => Read::Bad(fault(bytes)),
        Some(Err(_)) | None => Read::Incomplete,
    }
}

/// Returns the fault of bytes that do not begin with a value.
pub(super) fn fault(bytes: &[u8]) -> BadValue {
    let why = match str::from_utf8(bytes) {
        Ok(text) => Line::read(text).err(),
        // An earlier fault is reported first.
        Err(error) => match read(&bytes[..error.valid_up_to()]) {
            Read::Bad(bad) => Some(bad.why),
            Read::Complete(_) | Read::Incomplete => {
                let before = &bytes[..error.valid_up_to()];
                let line = memchr::memchr_iter(b'\n', before).count() + 1;
                let column = before.len() - memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1) + 1;
                Some(ReadError::new(line, column, Unreadable::NotUtf8))
            }
        },
    };
    let why = why.unwrap_or_else(|| ReadError::new(1, 1, Unreadable::NotADelivery));
    let before: usize = bytes.split_inclusive(|byte| *byte == b'\n').take(why.line - 1).map(<[u8]>::len).sum();
    BadValue { at: before + why.column - 1, why }
}

/// Returns whether more brackets are open than the maximum depth, at the end of an incomplete value.
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
