//! Places of errors in a JSON text: line, column and path.

use crate::foreign::{Shown, clip};
use crate::json::node::Node;

/// Computes line and column of offsets into a text. Ascending offsets need one pass over the text in all.
#[derive(Debug)]
pub(crate) struct Places<'t> {
    text: &'t [u8],
    offset: usize,
    line: usize,
    /// Offset of the start of the line.
    start: usize,
}

impl<'t> Places<'t> {
    pub(crate) const fn new(text: &'t [u8]) -> Self {
        Self { text, offset: 0, line: 1, start: 0 }
    }

    /// Returns line and column, both from 1. The column counts bytes.
    pub(crate) fn of(&mut self, offset: usize) -> (usize, usize) {
        if offset < self.offset {
            *self = Self::new(self.text);
        }
        let passed = self.text.get(self.offset..offset).unwrap_or_default();
        for (at, _) in passed.iter().enumerate().filter(|(_, byte)| **byte == b'\n') {
            self.line += 1;
            self.start = self.offset + at + 1;
        }
        self.offset = offset;
        (self.line, offset - self.start + 1)
    }
}

/// Maximum length of a path, in bytes. Keys are foreign text, so longer paths are clipped.
const LONGEST: usize = 200;

/// Returns the path from a value to the byte at `offset`: `resourceData.state`, `value[3]`.
pub(crate) fn path_to(root: Node<'_>, offset: usize) -> String {
    let mut path = String::new();
    let mut node = root;
    while offset > node.start() && path.len() < LONGEST {
        let holds = |inner: &Node<'_>| (inner.start()..inner.end()).contains(&offset);
        let found = if let Ok(object) = node.object() {
            let member = object.members().iter().find(|(_, inner)| holds(inner));
            member.map(|(key, inner)| (if path.is_empty() { key.to_string() } else { format!(".{key}") }, *inner))
        } else if let Ok(elements) = node.array() {
            let element = elements.into_iter().enumerate().find(|(_, inner)| holds(inner));
            element.map(|(index, inner)| (format!("[{index}]"), inner))
        } else {
            None
        };
        let Some((segment, inner)) = found else { break };
        path.push_str(clip(&segment, LONGEST));
        node = inner;
    }
    // A key is foreign text.
    Shown(&path, usize::MAX).to_string()
}
