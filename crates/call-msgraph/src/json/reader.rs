//! A reader that goes through a JSON text once, from value to value, and borrows from it.
//!
//! It accepts exactly the texts that `serde_json` accepts (RFC 8259), at any depth. It stops at the first byte that is wrong, and
//! `serde_json` then says what is wrong there.

use std::borrow::Cow;

use crate::fault::{Fault, Unreadable};
use crate::json::node::{Kind, Node};

/// The text is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NotJson;

/// What a reader read: the value or its fault. Either way, the reader is after the value.
pub(crate) type Read<T> = Result<Result<T, Fault>, NotJson>;

/// Returns what was read from a whole text, or the fault of a text that is not JSON.
pub(crate) fn checked<T>(text: &str, read: Read<T>) -> Result<T, Fault> {
    read.unwrap_or_else(|NotJson| Err(Fault::of_text(text)))
}

/// A position in a JSON text.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    text: &'a str,
    /// The next byte.
    at: usize,
    /// Place of the text in the whole text, in bytes.
    base: usize,
}

impl<'a> Reader<'a> {
    /// Begins before the only value of a text, after an optional byte order mark.
    pub(crate) fn new(text: &'a str) -> Self {
        let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
        Self::inside(bare, text.len() - bare.len())
    }

    /// Begins before the value of a text that is a part of another one, and begins there at the byte `base`.
    pub(crate) fn inside(text: &'a str, base: usize) -> Self {
        let mut reader = Self { text, at: 0, base };
        reader.skip_space();
        reader
    }

    /// Returns the first byte of the next value, or what stands in its place.
    #[inline]
    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Returns the place of the next value in the whole text.
    pub(crate) const fn place(&self) -> usize {
        self.base + self.at
    }

    /// Checks that nothing but white space follows.
    pub(crate) fn end(mut self) -> Result<(), NotJson> {
        self.skip_space();
        if self.at == self.text.len() { Ok(()) } else { Err(NotJson) }
    }

    /// Reads an object. `member` gets each key, and must read the value that follows.
    ///
    /// The fault is that of the first key that cannot be read, or that the value is no object.
    #[inline]
    pub(crate) fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, Cow<'a, str>) -> Result<(), NotJson>,
    ) -> Read<Node<'a>> {
        if self.peek() != Some(b'{') {
            return Ok(Err(self.value()?.fault(Unreadable::WrongType("an object"))));
        }
        let (start, mut wrong) = (self.at, None);
        self.at += 1;
        let mut is_open = self.opens(b'}');
        while is_open {
            let key = match self.key()? {
                Ok(key) => key,
                Err(fault) => {
                    wrong.get_or_insert(fault);
                    // No member has this name.
                    Cow::Borrowed("@")
                }
            };
            member(self, key)?;
            is_open = self.continues(b'}')?;
        }
        let node = self.node_from(start, Kind::Object);
        Ok(wrong.map_or(Ok(node), Err))
    }

    /// Reads an array. `element` must read the value that follows.
    pub(crate) fn array(&mut self, mut element: impl FnMut(&mut Self) -> Result<(), NotJson>) -> Read<Node<'a>> {
        if self.peek() != Some(b'[') {
            return Ok(Err(self.value()?.fault(Unreadable::WrongType("an array"))));
        }
        let start = self.at;
        self.at += 1;
        let mut is_open = self.opens(b']');
        while is_open {
            element(self)?;
            is_open = self.continues(b']')?;
        }
        Ok(Ok(self.node_from(start, Kind::Array)))
    }

    /// Reads a value of any kind, which only has to be JSON.
    // Inlined, because to return a node in memory, and to move it from there, takes as long as to find it.
    #[inline(always)]
    pub(crate) fn value(&mut self) -> Result<Node<'a>, NotJson> {
        let start = self.at;
        let kind = if self.skip_plain_string() { Kind::Plain } else { self.skip_other()? };
        Ok(self.node_from(start, kind))
    }

    /// Goes over a value of any kind.
    pub(crate) fn skip_value(&mut self) -> Result<(), NotJson> {
        self.value().map(drop)
    }

    /// Skips a value that is no string without escapes, and returns its kind.
    fn skip_other(&mut self) -> Result<Kind, NotJson> {
        let kind = match self.peek() {
            Some(b'"') => Kind::Escaped,
            Some(b'{') => Kind::Object,
            Some(b'[') => Kind::Array,
            _ => Kind::Other,
        };
        self.skip()?;
        Ok(kind)
    }

    /// Returns the value that was read by `read`.
    pub(crate) fn spanned(&mut self, read: impl FnOnce(&mut Self) -> Result<(), NotJson>) -> Result<Node<'a>, NotJson> {
        let (start, kind) = (self.at, if self.peek() == Some(b'[') { Kind::Array } else { Kind::Object });
        read(self)?;
        Ok(self.node_from(start, kind))
    }

    /// Skips a value. It does not call itself, because the depth of a foreign text has no limit.
    fn skip(&mut self) -> Result<(), NotJson> {
        let mut open = Open::default();
        loop {
            match self.peek().ok_or(NotJson)? {
                b'"' => _ = self.skip_string()?,
                b'{' => {
                    self.at += 1;
                    if self.opens(b'}') {
                        open.push(true);
                        self.skip_key()?;
                        self.skip_colon()?;
                        continue;
                    }
                }
                b'[' => {
                    self.at += 1;
                    if self.opens(b']') {
                        open.push(false);
                        continue;
                    }
                }
                b'-' | b'0'..=b'9' => self.skip_number()?,
                b't' => self.skip_word("true")?,
                b'f' => self.skip_word("false")?,
                b'n' => self.skip_word("null")?,
                _ => return Err(NotJson),
            }
            loop {
                let Some(is_object) = open.last() else { return Ok(()) };
                if self.continues(if is_object { b'}' } else { b']' })? {
                    if is_object {
                        self.skip_key()?;
                        self.skip_colon()?;
                    }
                    break;
                }
                open.pop();
            }
        }
    }

    /// Returns whether a value follows the beginning of an object or an array, and otherwise goes over its end.
    #[inline]
    fn opens(&mut self, end: u8) -> bool {
        self.skip_space();
        let is_empty = self.peek() == Some(end);
        self.at += usize::from(is_empty);
        !is_empty
    }

    /// Goes over the comma after a value, or over the end of the object or array: then it returns `false`.
    #[inline]
    fn continues(&mut self, end: u8) -> Result<bool, NotJson> {
        self.skip_space();
        let next = self.peek();
        self.at += 1;
        match next {
            Some(b',') => {
                self.skip_space();
                Ok(true)
            }
            Some(found) if found == end => Ok(false),
            _ => Err(NotJson),
        }
    }

    /// Returns whether another element follows the one that was just read.
    pub(crate) fn has_more(&mut self) -> bool {
        self.skip_space();
        self.peek() == Some(b',')
    }

    #[inline]
    fn key(&mut self) -> Read<Cow<'a, str>> {
        let start = self.at;
        // Almost all keys have no escapes, and are right before their colon.
        if self.skip_plain_string() && self.peek() == Some(b':') {
            let key = self.text.get(start + 1..self.at - 1).unwrap_or_default();
            self.at += 1;
            self.skip_space();
            return Ok(Ok(Cow::Borrowed(key)));
        }
        self.at = start;
        self.any_key()
    }

    #[cold]
    fn any_key(&mut self) -> Read<Cow<'a, str>> {
        let start = self.at;
        let kind = if self.skip_key()? { Kind::Escaped } else { Kind::Plain };
        let key = self.node_from(start, kind);
        self.skip_colon()?;
        Ok(key.string())
    }

    /// Skips the string of a key, and returns whether it has escapes.
    #[inline]
    fn skip_key(&mut self) -> Result<bool, NotJson> {
        if self.peek() == Some(b'"') { self.skip_string() } else { Err(NotJson) }
    }

    #[inline]
    fn skip_colon(&mut self) -> Result<(), NotJson> {
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(NotJson);
        }
        self.at += 1;
        self.skip_space();
        Ok(())
    }

    /// Skips a string, and returns whether it has escapes.
    fn skip_string(&mut self) -> Result<bool, NotJson> {
        if self.skip_plain_string() {
            return Ok(false);
        }
        self.skip_escaped(self.at + 1).map(|()| true)
    }

    /// Skips a string without escapes, or returns `false`.
    // Inlined, because half of all work happens here, and a tenth of it would be the call.
    #[inline(always)]
    fn skip_plain_string(&mut self) -> bool {
        let Some([b'"', inner @ ..]) = self.text.as_bytes().get(self.at..) else { return false };
        let length = plain_length(inner);
        let is_plain = inner.get(length) == Some(&b'"');
        if is_plain {
            self.at += length + 2;
        }
        is_plain
    }

    /// Skips the rest of a string from its first escape on.
    #[cold]
    fn skip_escaped(&mut self, mut at: usize) -> Result<(), NotJson> {
        let bytes = self.text.as_bytes();
        loop {
            at += plain_length(bytes.get(at..).unwrap_or_default());
            match bytes.get(at) {
                Some(b'"') => {
                    self.at = at + 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    at += match bytes.get(at + 1) {
                        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
                        Some(b'u') if bytes.get(at + 2..at + 6).is_some_and(is_hex) => 6,
                        _ => return Err(NotJson),
                    };
                }
                _ => return Err(NotJson),
            }
        }
    }

    fn skip_number(&mut self) -> Result<(), NotJson> {
        self.at += usize::from(self.peek() == Some(b'-'));
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.skip_digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.skip_digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.skip_digits()?;
        }
        // A digit after a leading zero is not part of the number, nor of anything else.
        Ok(())
    }

    fn skip_digits(&mut self) -> Result<(), NotJson> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { Err(NotJson) }
    }

    fn skip_word(&mut self, word: &str) -> Result<(), NotJson> {
        let end = self.at + word.len();
        if self.text.as_bytes().get(self.at..end) != Some(word.as_bytes()) {
            return Err(NotJson);
        }
        self.at = end;
        Ok(())
    }

    #[inline]
    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    #[inline]
    fn node_from(&self, start: usize, kind: Kind) -> Node<'a> {
        // Values begin and end at ASCII characters.
        Node::new(self.text.get(start..self.at).unwrap_or_default(), self.base + start, kind)
    }
}

impl<'a> Node<'a> {
    /// Reads the value again.
    pub(crate) fn read<T>(self, read: impl FnOnce(&mut Reader<'a>) -> Read<T>) -> Result<T, Fault> {
        checked(self.raw(), read(&mut Reader::inside(self.raw(), self.start())))
    }
}

fn is_hex(digits: &[u8]) -> bool {
    digits.iter().all(u8::is_ascii_hexdigit)
}

/// Returns how many bytes are simply a part of a string: none is a quote, a backslash or a control character.
#[inline]
fn plain_length(bytes: &[u8]) -> usize {
    let (sixteens, rest) = bytes.as_chunks::<16>();
    for (nth, sixteen) in sixteens.iter().enumerate() {
        // One branch for sixteen bytes, because it is hard to predict where a string ends.
        let (eights, _) = sixteen.as_chunks();
        let [first, second] = [eights[0], eights[1]].map(special_in);
        if first | second != 0 {
            let (marks, before) = if first != 0 { (first, 0) } else { (second, 8) };
            return nth * 16 + before + marks.trailing_zeros() as usize / 8;
        }
    }
    let is_plain = |byte: &&u8| special_in([**byte, b' ', b' ', b' ', b' ', b' ', b' ', b' ']) == 0;
    sixteens.len() * 16 + rest.iter().take_while(is_plain).count()
}

/// Marks the bytes of eight that are a quote, a backslash or a control character, in their highest bits. The lowest mark is exact,
/// those above it may be wrong by a carry.
#[inline]
fn special_in(eight: [u8; 8]) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    let eight = u64::from_le_bytes(eight);
    // Only a byte of zero gets a high bit when one is subtracted, if it had none before.
    let zero_where = |byte: u8| (eight ^ (ONES * u64::from(byte))).wrapping_sub(ONES);
    let is_control = eight.wrapping_sub(ONES * 0x20);
    (zero_where(b'"') | zero_where(b'\\') | is_control) & !eight & (ONES << 7)
}

/// The objects and arrays that are open: one bit for each, which is set for an object.
#[derive(Default)]
struct Open {
    /// The innermost ones, up to 64.
    inner: u64,
    depth: usize,
    /// Those around them, 64 in each number. Real texts need none.
    outer: Vec<u64>,
}

impl Open {
    fn push(&mut self, is_object: bool) {
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.outer.push(self.inner);
        }
        self.inner = self.inner << 1 | u64::from(is_object);
        self.depth += 1;
    }

    fn pop(&mut self) {
        self.depth -= 1;
        self.inner >>= 1;
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.inner = self.outer.pop().unwrap_or_default();
        }
    }

    fn last(&self) -> Option<bool> {
        (self.depth > 0).then_some(self.inner & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use serde::de::IgnoredAny;

    use super::*;

    fn check(text: &str) {
        let mut reader = Reader::inside(text, 0);
        let read = reader.value().and_then(|node| reader.end().map(|()| node));
        assert_eq!(read.is_ok(), serde_json::from_str::<IgnoredAny>(text).is_ok(), "{text:?}");
        if let Ok(node) = read {
            assert_eq!(node.raw(), text.trim_matches([' ', '\n', '\r', '\t']), "{text:?}");
        }
    }

    #[test]
    fn every_short_text_is_read_as_by_serde_json() {
        let alphabet = ["{", "}", "[", "]", "\"", "\\", ",", ":", "0", "1", "-", ".", "e", "u", " ", "\u{1}", "é"];
        let mut texts = vec![String::new()];
        for _ in 0..4 {
            texts.iter().for_each(|text| check(text));
            texts = texts.iter().flat_map(|text| alphabet.map(|letter| format!("{text}{letter}"))).collect();
        }
        texts.iter().for_each(|text| check(text));
    }

    #[test]
    fn every_byte_of_a_string_is_seen() {
        for length in 0..50 {
            for (at, found) in (0..=length).flat_map(|at| (0..=0x7f_u8).map(move |found| (at, found))) {
                // The byte after it differs from it by one bit, which would show a carry.
                let next = char::from((found ^ 1) | 0x20);
                check(&format!("\"{}{}{next}{}\"", "x".repeat(at), char::from(found), "é".repeat(length - at)));
            }
        }
    }

    #[test]
    fn words_numbers_and_escapes_are_read_as_by_serde_json() {
        let words = "true false null tru nul falsee True NaN 0 -0 00 -01 1.5 1. .5 1e5 1E+5 1e-5 1e 1e+ -- + 1e999 \
            99999999999999999999 \"\\u00e9\" \"\\ud800\" \"\\u12g4\" \"\\u12\" \"\\x\" \"\\b\\f\\n\\r\\t\\/\\\\\\\"\"";
        for word in words.split(' ') {
            [word.to_owned(), format!("[{word}]"), format!("{{\"a\":{word} }}"), format!("{word},")]
                .iter()
                .for_each(|text| check(text));
        }
    }

    #[test]
    fn a_text_of_any_depth_is_read() {
        let open = |depth: usize| (0..depth).map(|level| if level % 3 == 1 { "{\"a\":" } else { "[" });
        let close = |depth: usize| (0..depth).rev().map(|level| if level % 3 == 1 { "}" } else { "]" });
        for depth in (0..200).chain([100_000]) {
            let text: String = open(depth).chain(["0"]).chain(close(depth)).collect();
            check(&text);
            check(&text.replacen(']', "}", 1));
            check(text.get(..text.len() - 1).unwrap_or_default());
        }
    }
}
