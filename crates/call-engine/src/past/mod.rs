//! The journal: read at the start, and discarded when its retention is over.

pub(crate) mod archive;
pub(crate) mod calendar;
pub(crate) mod restore;
pub(crate) mod retention;
