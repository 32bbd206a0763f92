//! JSON values one after the other, each at its place, from an input that is read as far as needed.
//!
//! What cannot be read costs little: in a file of values reading goes on at the line after the one where the value began,
//! in an array at the line after the fault.

use std::io::{self, BufRead};

use call_msgraph::{Line, Reason, Rejected};
use serde_json::value::RawValue;

/// A value at its place in the input.
pub(super) struct Value<'v> {
    /// Where it begins, from 1.
    pub(super) line: usize,
    /// In bytes from 1.
    pub(super) column: usize,
    /// How many values began before it, and itself, if the input is an array.
    pub(super) element: Option<u64>,
    /// The value, or why it cannot be read: line and column count from its beginning.
    pub(super) text: Result<&'v str, Rejected>,
}

/// More arrays and objects in each other than this are taken for a mistake, once a value goes on beyond its line:
/// otherwise a file of opening brackets would be read to its end from each of its lines.
const DEEPEST: usize = 128;

/// A buffer is worth moving from this size on, in bytes.
const COMPACT_FROM: usize = 64 * 1024;

pub(super) struct Values<R> {
    input: R,
    /// Whole lines, of which the last may lack its end.
    buffer: Vec<u8>,
    position: usize,
    /// The line of the position, from 1.
    line: usize,
    /// Where that line started in the buffer, and how much was forgotten of the buffer since.
    line_start: usize,
    line_offset: usize,
    /// Where that line ends in the buffer.
    line_end: usize,
    array: Array,
}

/// How far an array of values has been read, if the input is one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Array {
    /// Nothing was read yet.
    Perhaps,
    None,
    /// So many elements began.
    Open {
        elements: u64,
        next: Next,
    },
}

/// What may come next in an array.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    ElementOrEnd,
    Element,
    CommaOrEnd,
    /// After a fault nothing can be told.
    Anything,
}

impl<R: BufRead> Values<R> {
    pub(super) const fn new(input: R) -> Self {
        let array = Array::Perhaps;
        Self { input, buffer: Vec::new(), position: 0, line: 0, line_start: 0, line_offset: 0, line_end: 0, array }
    }

    /// Returns the next value; `None` at the end of the input.
    pub(super) fn next(&mut self) -> io::Result<Option<Value<'_>>> {
        loop {
            if !self.skip_space()? {
                return Ok(self.end_of_input());
            }
            let byte = self.buffer[self.position];
            let next = match self.array {
                Array::Perhaps if byte == b'[' => {
                    self.array = Array::Open { elements: 0, next: Next::ElementOrEnd };
                    self.position += 1;
                    continue;
                }
                Array::Perhaps => {
                    self.array = Array::None;
                    return self.value().map(Some);
                }
                Array::None => return self.value().map(Some),
                Array::Open { next, .. } => next,
            };
            match (byte, next) {
                (b']', Next::Element) => return Ok(Some(self.punctuation("trailing comma"))),
                (b']', _) => {
                    self.array = Array::None;
                    self.position += 1;
                }
                (b',', Next::CommaOrEnd | Next::Anything) => {
                    self.expect(Next::Element);
                    self.position += 1;
                }
                (_, Next::CommaOrEnd) => return Ok(Some(self.punctuation("expected `,` or `]`"))),
                _ => return self.value().map(Some),
            }
        }
    }

    /// Steps over white space and a byte order mark; returns whether anything follows.
    fn skip_space(&mut self) -> io::Result<bool> {
        loop {
            match self.buffer.get(self.position) {
                None => {
                    self.buffer.clear();
                    self.position = 0;
                    if !self.read_line()? {
                        return Ok(false);
                    }
                    self.enter_line();
                    if self.line == 1 && self.buffer.starts_with(b"\xef\xbb\xbf") {
                        (self.position, self.line_start) = (3, 3);
                    }
                }
                Some(b'\n') => {
                    self.position += 1;
                    if self.position < self.buffer.len() {
                        self.enter_line();
                    }
                }
                Some(b' ' | b'\t' | b'\r') => self.position += 1,
                Some(_) => return Ok(true),
            }
        }
    }

    /// Takes note that a line begins at the position.
    fn enter_line(&mut self) {
        self.line += 1;
        (self.line_start, self.line_offset) = (self.position, 0);
        self.line_end = self.end_of_line(self.position);
    }

    /// Returns the place after the line that holds a byte.
    fn end_of_line(&self, at: usize) -> usize {
        memchr::memchr(b'\n', &self.buffer[at..]).map_or(self.buffer.len(), |newline| at + newline + 1)
    }

    fn column(&self) -> usize {
        self.position + self.line_offset - self.line_start + 1
    }

    /// Forgets what was read, once that is most of the buffer.
    fn compact(&mut self) {
        if self.position > COMPACT_FROM && self.position > self.buffer.len() / 2 {
            self.buffer.drain(..self.position);
            self.line_offset += self.position;
            self.line_end -= self.position;
            self.position = 0;
        }
    }

    /// Appends a line to the buffer; returns whether there was one.
    fn read_line(&mut self) -> io::Result<bool> {
        Ok(self.input.read_until(b'\n', &mut self.buffer)? > 0)
    }

    /// Reads the value that begins at the position.
    fn value(&mut self) -> io::Result<Value<'_>> {
        self.compact();
        let (start, line, column) = (self.position, self.line, self.column());
        let element = self.count_element();
        let mut end = self.line_end;
        let outcome = loop {
            match read(&self.buffer[start..end]) {
                Read::Incomplete => {
                    let wanted = start + 2 * (end - start);
                    while self.buffer.len() < wanted && self.read_line()? {}
                    let longer = self.end_of_line(wanted.min(self.buffer.len()));
                    if longer == end {
                        break Err(fault(&self.buffer[start..end]));
                    }
                    end = longer;
                }
                Read::Complete(length) => break Ok(length),
                Read::Unreadable(unreadable) => break Err(unreadable),
            }
        };
        let text = match outcome {
            Ok(length) => {
                self.pass(start + length);
                self.expect(Next::CommaOrEnd);
                // Reading has just shown that it is text.
                Ok(str::from_utf8(&self.buffer[start..start + length]).unwrap_or_default())
            }
            Err(Unreadable { why, at }) => {
                let fault = if element.is_some() { start + at } else { start };
                self.pass(self.end_of_line(fault.min(self.buffer.len())));
                self.expect(Next::Anything);
                Err(why)
            }
        };
        Ok(Value { line, column, element, text })
    }

    /// Moves on to a later place in the buffer.
    fn pass(&mut self, to: usize) {
        while self.line_end < to {
            self.position = self.line_end;
            self.enter_line();
        }
        self.position = to;
        if to == self.line_end && to < self.buffer.len() {
            self.enter_line();
        }
    }

    fn expect(&mut self, expected: Next) {
        if let Array::Open { next, .. } = &mut self.array {
            *next = expected;
        }
    }

    fn count_element(&mut self) -> Option<u64> {
        let Array::Open { elements, .. } = &mut self.array else { return None };
        *elements += 1;
        Some(*elements)
    }

    /// Reports that something else should stand at the position, and goes on at the next line.
    fn punctuation(&mut self, reason: &str) -> Value<'_> {
        let (line, column) = (self.line, self.column());
        let element = self.count_element();
        if self.buffer[self.position] == b']' {
            self.array = Array::None;
            self.position += 1;
        } else {
            self.pass(self.line_end);
            self.expect(Next::Anything);
        }
        Value { line, column, element, text: Err(rejected(1, 1, Reason::NotJson(reason.to_owned()))) }
    }

    /// Reports an array that was not closed.
    fn end_of_input(&mut self) -> Option<Value<'_>> {
        let open = std::mem::replace(&mut self.array, Array::None);
        // After a fault it may have been closed on the line that was left out.
        let Array::Open { elements, next: Next::ElementOrEnd | Next::Element | Next::CommaOrEnd } = open else {
            return None;
        };
        let reason = Reason::NotJson("the input ends within the array".to_owned());
        Some(Value {
            line: self.line.max(1),
            column: 1,
            element: Some(elements + 1),
            text: Err(rejected(1, 1, reason)),
        })
    }
}

enum Read {
    /// So many bytes are a value.
    Complete(usize),
    /// More is needed.
    Incomplete,
    Unreadable(Unreadable),
}

/// Why a value cannot be read, and at which byte that shows.
struct Unreadable {
    why: Rejected,
    at: usize,
}

/// Reads the value that bytes begin with.
fn read(bytes: &[u8]) -> Read {
    let mut stream = serde_json::Deserializer::from_slice(bytes).into_iter::<&RawValue>();
    match stream.next() {
        Some(Ok(_)) => Read::Complete(stream.byte_offset()),
        Some(Err(error)) if error.is_eof() && is_deeper(bytes) => {
            let reason = Reason::NotJson("nested too deeply to go on beyond the line".to_owned());
            Read::Unreadable(Unreadable { why: rejected(1, 1, reason), at: 0 })
        }
        Some(Err(error)) if !error.is_eof() => Read::Unreadable(fault(bytes)),
        Some(Err(_)) | None => Read::Incomplete,
    }
}

/// Finds what is wrong with bytes that begin with no value.
fn fault(bytes: &[u8]) -> Unreadable {
    let why = match str::from_utf8(bytes) {
        Ok(text) => Line::read(text).err(),
        // What is wrong before may be worse.
        Err(error) => match read(&bytes[..error.valid_up_to()]) {
            Read::Unreadable(unreadable) => Some(unreadable.why),
            Read::Complete(_) | Read::Incomplete => {
                let before = &bytes[..error.valid_up_to()];
                let line = memchr::memchr_iter(b'\n', before).count() + 1;
                let column = before.len() - memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1) + 1;
                Some(rejected(line, column, Reason::NotUtf8))
            }
        },
    };
    let why = why.unwrap_or_else(|| rejected(1, 1, Reason::NotADelivery));
    let before: usize = bytes.split_inclusive(|byte| *byte == b'\n').take(why.line - 1).map(<[u8]>::len).sum();
    Unreadable { at: before + why.column - 1, why }
}

const fn rejected(line: usize, column: usize, reason: Reason) -> Rejected {
    Rejected { line, column, path: String::new(), reason }
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
