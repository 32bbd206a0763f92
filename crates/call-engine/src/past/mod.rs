//! What a journal kept: read again at the start, cited as evidence, discarded when its time is over.

pub(crate) mod evidence;
pub(crate) mod restore;
pub(crate) mod retention;
