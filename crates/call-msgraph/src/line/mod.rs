//! A delivery as a line of text has it: one record of a log to be replayed, or of a scenario.

pub(crate) mod body;
pub(crate) mod log_line;
pub(crate) mod time;
pub(crate) mod written;
