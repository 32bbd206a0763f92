//! Reads JSON values with their places, one after the other, from a stream.
//!
//! After a value that cannot be read, reading continues on the line after the one where the value began. In an array, it continues on
//! the line after the fault.

use std::io::{self, BufRead};

use call_msgraph::{ReadError, Unreadable};

use crate::replay::value::{BadValue, Read, fault, read};

/// A value with its place in the input.
pub(super) struct Value<'v> {
    /// Line of its beginning, from 1.
    pub(super) line: usize,
    /// Column of its beginning, in bytes, from 1.
    pub(super) column: usize,
    /// Number of the element, from 1, if the input is an array.
    pub(super) element: Option<u64>,
    /// Text of the value, or the error, with its place within the value.
    pub(super) text: Result<&'v str, ReadError>,
}

/// Minimum size of a buffer that is compacted, in bytes.
const COMPACT_FROM: usize = 64 * 1024;

pub(super) struct Values<R> {
    input: R,
    /// Complete lines, except perhaps the last one.
    buffer: Vec<u8>,
    position: usize,
    /// Line of the position, from 1.
    line: usize,
    /// Start of that line in the buffer, and number of bytes removed from the buffer since.
    line_start: usize,
    line_offset: usize,
    /// End of that line in the buffer.
    line_end: usize,
    /// End of the value that was guessed last, and its line.
    guessed: usize,
    guessed_line: usize,
    array: Array,
}

/// State of reading an array.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Array {
    /// Before the first value.
    Perhaps,
    None,
    /// Number of elements so far.
    Open {
        elements: u64,
        next: Next,
    },
}

/// What can follow in an array.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    ElementOrEnd,
    Element,
    CommaOrEnd,
    /// Anything, after a fault.
    Anything,
}

impl<R: BufRead> Values<R> {
    pub(super) const fn new(input: R) -> Self {
        let array = Array::Perhaps;
        Self {
            input,
            buffer: Vec::new(),
            position: 0,
            line: 0,
            line_start: 0,
            line_offset: 0,
            line_end: 0,
            guessed: 0,
            guessed_line: 0,
            array,
        }
    }

    /// Returns the rest of the line as the next value, without a look at whether it is one; `None` in an array, if it is not UTF-8,
    /// and if a guess at this line was wrong: a line may have a million values.
    ///
    /// Almost all values of a log are a line. If the line is read as a value at once, nobody need search for its end before.
    pub(super) fn guess(&mut self) -> io::Result<Option<Value<'_>>> {
        let is_outside = self.skip_space()?
            && match self.array {
                Array::Perhaps => self.buffer[self.position] != b'[',
                Array::None => true,
                Array::Open { .. } => false,
            };
        if !is_outside || self.guessed_line == self.line {
            return Ok(None);
        }
        self.guessed_line = self.line;
        self.compact();
        let (line, column) = (self.line, self.column());
        let rest = self.buffer[self.position..self.line_end].trim_ascii_end();
        self.guessed = self.position + rest.len();
        Ok(str::from_utf8(rest).ok().map(|text| Value { line, column, element: None, text: Ok(text) }))
    }

    /// Goes over the value that was guessed.
    pub(super) fn accept(&mut self) {
        self.array = Array::None;
        self.pass(self.guessed);
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

    /// Skips white space and a byte order mark, and returns whether anything follows.
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

    /// Notes that a line begins at the position.
    fn enter_line(&mut self) {
        self.line += 1;
        (self.line_start, self.line_offset) = (self.position, 0);
        self.line_end = self.end_of_line(self.position);
    }

    /// Returns the position after the line of a byte.
    fn end_of_line(&self, at: usize) -> usize {
        memchr::memchr(b'\n', &self.buffer[at..]).map_or(self.buffer.len(), |newline| at + newline + 1)
    }

    fn column(&self) -> usize {
        self.position + self.line_offset - self.line_start + 1
    }

    /// Removes read bytes from the buffer, once they are most of it.
    fn compact(&mut self) {
        if self.position > COMPACT_FROM && self.position > self.buffer.len() / 2 {
            self.buffer.drain(..self.position);
            self.line_offset += self.position;
            self.line_end -= self.position;
            self.position = 0;
        }
    }

    /// Appends a line to the buffer, and returns whether there was one.
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
                // The reader has verified that it is UTF-8.
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

    /// Moves to a later position in the buffer.
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

    /// Reports a fault at the position, and continues on the next line.
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
        Value { line, column, element, text: Err(ReadError::new(1, 1, Unreadable::NotJson(reason.to_owned()))) }
    }

    /// Reports an unclosed array.
    fn end_of_input(&mut self) -> Option<Value<'_>> {
        let open = std::mem::replace(&mut self.array, Array::None);
        // After a fault, the end of the array may be on the skipped line.
        let Array::Open { elements, next: Next::ElementOrEnd | Next::Element | Next::CommaOrEnd } = open else {
            return None;
        };
        let reason = Unreadable::NotJson("the input ends within the array".to_owned());
        Some(Value {
            line: self.line.max(1),
            column: 1,
            element: Some(elements + 1),
            text: Err(ReadError::new(1, 1, reason)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::select;
    use serde::de::IgnoredAny;

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 400,
            rng_seed: proptest::test_runner::RngSeed::Fixed(7),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn every_value_is_found_with_its_place(
            values in proptest::collection::vec((value(), space()), 0..40),
            is_array: bool,
            mark in select(vec!["", "\u{feff}"]),
        ) {
            // An input that begins with a bracket is an array of values.
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
        fn reading_any_bytes_terminates(text in "[\\[\\]{}\",:1a \n]{0,200}") {
            let places: Vec<_> = read_all(&text).into_iter().map(|(place, ..)| place).collect();
            prop_assert!(places.is_sorted(), "{:?}", places);
        }
    }

    #[test]
    fn a_line_is_guessed_at_only_once() {
        let mut values = Values::new("{} {}\n{}".as_bytes());
        let is_guessed = |values: &mut Values<_>| values.guess().is_ok_and(|guess| guess.is_some());
        let is_next = |values: &mut Values<_>| values.next().is_ok_and(|value| value.is_some());
        assert!(is_guessed(&mut values) && is_next(&mut values), "a wrong guess reads nothing");
        assert!(!is_guessed(&mut values) && is_next(&mut values), "there is no second guess at a line");
        assert!(is_guessed(&mut values), "the next line is guessed at");
        values.accept();
        assert!(!is_guessed(&mut values) && !is_next(&mut values));
    }

    type Found = ((usize, usize), Option<u64>, Result<String, String>);

    /// Reads all values, and each that is guessed right without a search for its end.
    fn read_all(text: &str) -> Vec<Found> {
        let mut values = Values::new(text.as_bytes());
        let mut found = Vec::new();
        loop {
            let guess = values.guess().expect("a slice can be read").and_then(|value| {
                let text = value.text.ok().filter(|text| serde_json::from_str::<IgnoredAny>(text).is_ok())?;
                Some(((value.line, value.column), value.element, Ok(text.to_owned())))
            });
            match guess {
                Some(guess) => {
                    values.accept();
                    found.push(guess);
                }
                None if next(&mut values, &mut found) => {}
                None => return found,
            }
        }
    }

    fn next(values: &mut Values<&[u8]>, found: &mut Vec<Found>) -> bool {
        if let Some(Value { line, column, element, text }) = values.next().expect("a slice can be read") {
            found.push(((line, column), element, text.map(str::to_owned).map_err(|why| why.to_string())));
            return true;
        }
        false
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
