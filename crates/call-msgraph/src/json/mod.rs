//! JSON values with their places. One reader goes through a text, and everything else borrows from what it found.

pub(crate) mod member;
pub(crate) mod node;
pub(crate) mod object;
pub(crate) mod place;
pub(crate) mod reader;
