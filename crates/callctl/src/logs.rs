//! The log of a server, on the standard error.

use std::io::{self, IsTerminal as _};

use anstream::ColorChoice;
use tracing_subscriber::filter::LevelFilter;

/// Starts logging from a level on, as text or as one JSON object for each line.
pub(crate) fn start(level: LevelFilter, is_json: bool, color: ColorChoice) {
    let log = tracing_subscriber::fmt().with_writer(io::stderr).with_max_level(level);
    if is_json {
        return log.json().flatten_event(true).init();
    }
    let has_colors = match color {
        ColorChoice::Never => false,
        ColorChoice::Always | ColorChoice::AlwaysAnsi => true,
        ColorChoice::Auto => io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
    };
    log.compact().with_target(false).with_ansi(has_colors).init();
}
