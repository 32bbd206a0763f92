//! The log of a server, on the standard error.

use std::io::{self, IsTerminal as _, Write};

use anstream::ColorChoice;
use call_engine::call_msgraph::internal::is_deceptive;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, fmt};

/// What is logged, and how.
#[derive(Clone, Copy)]
pub(crate) struct LogSettings {
    pub(crate) level: LevelFilter,
    /// Whether each line is a JSON object.
    pub(crate) is_json: bool,
    pub(crate) color: ColorChoice,
    /// Whether the messages of other libraries have the same level. Otherwise only their warnings are logged.
    pub(crate) includes_dependencies: bool,
}

/// The crates of this project.
const OWN: [&str; 8] = [
    "call_core",
    "call_engine",
    "call_journal",
    "call_msgraph",
    "call_transport",
    "call_transport_http",
    "call_transport_mock",
    "callctl",
];

/// Starts logging.
pub(crate) fn start(settings: LogSettings) {
    let LogSettings { level, is_json, color, includes_dependencies } = settings;
    let others = if includes_dependencies { level } else { level.min(LevelFilter::WARN) };
    let targets = Targets::new().with_default(others).with_targets(OWN.map(|own| (own, level)));
    let has_colors = match color {
        ColorChoice::Never => false,
        ColorChoice::Always | ColorChoice::AlwaysAnsi => true,
        ColorChoice::Auto => io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
    };
    let writer = Visible { has_colors: has_colors && !is_json, is_json };
    let log = fmt::layer().with_writer(writer);
    let log = if is_json {
        log.json().flatten_event(true).with_current_span(false).boxed()
    } else {
        log.compact().with_target(false).with_ansi(has_colors).boxed()
    };
    tracing_subscriber::registry().with(log.with_filter(targets)).init();
}

/// Writes lines to the standard error in which only the log itself controls the terminal.
#[derive(Clone, Copy)]
struct Visible {
    /// Whether the lines contain escape sequences for colors. The log escapes those of foreign text before.
    has_colors: bool,
    /// Whether each line is a JSON object, whose strings have escapes of their own.
    is_json: bool,
}

impl MakeWriter<'_> for Visible {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        *self
    }
}

impl Visible {
    /// Returns a line with an escape for each character that is not visible. In a JSON text, these are within strings only.
    fn line(self, text: &str) -> String {
        let (text, end) = text.strip_suffix('\n').map_or((text, ""), |text| (text, "\n"));
        let mut line = String::with_capacity(text.len() + 1);
        for c in text.chars() {
            match c {
                '\u{1b}' if self.has_colors => line.push(c),
                c if is_deceptive(c) && self.is_json => line += &format!("\\u{:04x}", u32::from(c)),
                c if is_deceptive(c) => line.extend(c.escape_unicode()),
                c => line.push(c),
            }
        }
        line + end
    }
}

impl Write for Visible {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // An event is written at once.
        let line = self.line(&String::from_utf8_lossy(bytes));
        io::stderr().lock().write_all(line.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_one_end_and_no_foreign_control() {
        let plain = Visible { has_colors: false, is_json: false };
        assert_eq!(plain.line("a\nb\r\u{2028}\u{202e}\u{1b}[2J\n"), "a\\u{a}b\\u{d}\\u{2028}\\u{202e}\\u{1b}[2J\n");
        assert_eq!(Visible { has_colors: false, is_json: true }.line("\"\u{202e}\u{9b}\"\n"), "\"\\u202e\\u009b\"\n");
        assert_eq!(Visible { has_colors: true, is_json: false }.line("\u{1b}[1ma\n"), "\u{1b}[1ma\n");
    }
}
