//! A delivery as a line of text has it: one record of a log to be replayed, or of a scenario.

mod body;
mod record;
mod time;

pub use record::Line;
pub use time::{format_time, parse_time};
