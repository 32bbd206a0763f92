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

/// Maximum depth of a path. No reader looks deeper.
const DEEPEST: usize = 64;

/// Returns the path from a value to the byte at `offset`: `resourceData.state`, `value[3]`.
pub(crate) fn path_to(root: Node<'_>, offset: usize) -> String {
    paths_to(root, &[offset]).pop().unwrap_or_default()
}

/// Returns the paths from a value to the bytes at some offsets, which ascend. This takes one pass over the value in all.
pub(crate) fn paths_to(root: Node<'_>, offsets: &[usize]) -> Vec<String> {
    let mut walk = Walk { offsets, path: String::new(), paths: Vec::new() };
    walk.inside(root, DEEPEST);
    walk.here_until(usize::MAX);
    walk.paths
}

/// A walk through a value.
struct Walk<'o> {
    /// Offsets that are still ahead.
    offsets: &'o [usize],
    /// Path to the value in which the walk is.
    path: String,
    paths: Vec<String>,
}

impl Walk<'_> {
    /// Finds the paths to the offsets in a value.
    fn inside(&mut self, node: Node<'_>, depth: usize) {
        self.here_until(node.start() + 1);
        if depth == 0 || self.path.len() >= LONGEST || !self.is_before(node.end()) {
            return self.here_until(node.end());
        }
        if let Ok(object) = node.object() {
            for (key, inner) in object.members() {
                self.child(*inner, depth, |path| if path.is_empty() { key.to_string() } else { format!(".{key}") });
            }
        } else if let Ok(elements) = node.array() {
            for (index, inner) in elements.into_iter().enumerate() {
                self.child(inner, depth, |_| format!("[{index}]"));
            }
        }
        self.here_until(node.end());
    }

    fn child(&mut self, node: Node<'_>, depth: usize, segment: impl FnOnce(&str) -> String) {
        self.here_until(node.start());
        if self.is_before(node.end()) {
            let length = self.path.len();
            let segment = segment(&self.path);
            self.path.push_str(clip(&segment, LONGEST));
            self.inside(node, depth - 1);
            self.path.truncate(length);
        }
    }

    /// Notes the path for the offsets before `end`.
    fn here_until(&mut self, end: usize) {
        while let [offset, rest @ ..] = self.offsets
            && *offset < end
        {
            // A key is foreign text.
            self.paths.push(Shown(&self.path, usize::MAX).to_string());
            self.offsets = rest;
        }
    }

    fn is_before(&self, end: usize) -> bool {
        self.offsets.first().is_some_and(|offset| *offset < end)
    }
}
