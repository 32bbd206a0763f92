//! Lines of text that contain a record: the format of logs, journals and scenarios.

pub(crate) mod body;
pub(crate) mod log_line;
pub(crate) mod time;
pub(crate) mod written;
