//! A delivery as a line of text has it: one record of a log to be replayed, or of a scenario.

mod body;
mod log_line;
mod time;

pub use log_line::{Line, LineStamp};
pub use time::{format_time, parse_time};
