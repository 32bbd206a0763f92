//! JSON values one after the other, each at its place, from an input that is read as far as needed.
//!
//! What cannot be read costs little: in a file of values reading goes on at the line after the one where the value began,
//! in an array at the line after the fault.

use std::io::{self, BufRead};

use call_msgraph::{ReadError, Unreadable};

use crate::replay::value::{BadValue, Read, fault, read, rejected};

/// A value at its place in the input.
pub(super) struct Value<'v> {
    /// Where it begins, from 1.
    pub(super) line: usize,
    /// In bytes from 1.
    pub(super) column: usize,
    /// How many values began before it, and itself, if the input is an array.
    pub(super) element: Option<u64>,
    /// The value, or why it cannot be read: line and column count from its beginning.
    pub(super) text: Result<&'v str, ReadError>,
}

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
                Read::Bad(bad) => break Err(bad),
            }
        };
        let text = match outcome {
            Ok(length) => {
                self.pass(start + length);
                self.expect(Next::CommaOrEnd);
                // Reading has just shown that it is text.
                Ok(str::from_utf8(&self.buffer[start..start + length]).unwrap_or_default())
            }
            Err(BadValue { why, at }) => {
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
        Value { line, column, element, text: Err(rejected(1, 1, Unreadable::NotJson(reason.to_owned()))) }
    }

    /// Reports an array that was not closed.
    fn end_of_input(&mut self) -> Option<Value<'_>> {
        let open = std::mem::replace(&mut self.array, Array::None);
        // After a fault it may have been closed on the line that was left out.
        let Array::Open { elements, next: Next::ElementOrEnd | Next::Element | Next::CommaOrEnd } = open else {
            return None;
        };
        let reason = Unreadable::NotJson("the input ends within the array".to_owned());
        Some(Value {
            line: self.line.max(1),
            column: 1,
            element: Some(elements + 1),
            text: Err(rejected(1, 1, reason)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::select;

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 400,
            rng_seed: proptest::test_runner::RngSeed::Fixed(7),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn every_value_is_found_at_its_place(
            values in proptest::collection::vec((value(), space()), 0..40),
            is_array: bool,
            mark in select(vec!["", "\u{feff}"]),
        ) {
            // A file that begins with a bracket is an array of values.
            prop_assume!(is_array || values.first().is_none_or(|(value, _)| !value.starts_with('[')));
            let mut text = String::from(if is_array { "[" } else { "" });
            let mut expected = Vec::new();
            for (nth, (value, space)) in values.iter().enumerate() {
                let start = text.rfind('\n').map_or(0, |newline| newline + 1);
                let place = (text.matches('\n').count() + 1, text.len() - start + 1);
                expected.push((place, is_array.then_some(nth as u64 + 1), Ok(value.clone())));
                text.push_str(value);
                text.push_str(space);
                if is_array && nth + 1 < values.len() {
                    text.push(',');
                }
            }
            text.push_str(if is_array { "]" } else { "" });
            prop_assert_eq!(read_all(&(mark.to_owned() + &text)), expected);
        }

        #[test]
        fn whatever_is_read_comes_to_an_end(text in "[\\[\\]{}\",:1a \n]{0,200}") {
            let places: Vec<_> = read_all(&text).into_iter().map(|(place, ..)| place).collect();
            prop_assert!(places.is_sorted(), "{:?}", places);
        }
    }

    type Found = ((usize, usize), Option<u64>, Result<String, String>);

    fn read_all(text: &str) -> Vec<Found> {
        let mut values = Values::new(text.as_bytes());
        let mut found = Vec::new();
        while let Some(Value { line, column, element, text }) = values.next().expect("a slice can be read") {
            found.push(((line, column), element, text.map(str::to_owned).map_err(|why| why.to_string())));
        }
        found
    }

    /// Values on one line and on many, small ones and some that make the buffer grow and be compacted.
    fn value() -> impl Strategy<Value = String> {
        let long = format!("[\n{}\n0]", "{\"a\":\t\"}]\"},\n".repeat(3_000));
        select(vec!["{}".to_owned(), "{\"a\":\n[1,\n2]}".to_owned(), "\"é\\\"\"".to_owned(), "[\n\n]".to_owned(), long])
    }

    fn space() -> impl Strategy<Value = &'static str> {
        select(vec!["\n", " ", "\r\n", "\n\n\t", "\n \n"])
    }
}
