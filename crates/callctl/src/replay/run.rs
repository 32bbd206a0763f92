//! The command `callctl replay`.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use call_core::Timestamp;
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressStyle};

use crate::exit;
use crate::page::report;
use crate::replay::history::History;
use crate::replay::{json, mermaid, svg, text};
use crate::terminal::{complain, finish};
use crate::view::context::Context;
use crate::view::mask::Privacy;

/// The command `replay`.
pub(crate) struct Replay {
    /// Log file; `None` for the standard input.
    pub(crate) file: Option<PathBuf>,
    pub(crate) format: Format,
    pub(crate) is_strict: bool,
    pub(crate) reorder_window: Duration,
    pub(crate) as_known_at: Option<Timestamp>,
    /// Id of the only call that is shown, or the beginning of its id.
    pub(crate) call: Option<String>,
    pub(crate) shows_private: bool,
    pub(crate) color: ColorChoice,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text for operators
    Text,
    /// JSON for scripts
    Json,
    /// Flowchart for viewers of Mermaid
    Mermaid,
    /// Page for a browser, with everything in one file: `> report.html`
    Html,
    /// Picture of one call; needs `--call`
    Svg,
}

impl Replay {
    /// Reads everything, writes the result and returns the exit status.
    pub(crate) fn run(&self) -> u8 {
        let mut history = match self.read() {
            Ok(history) => history,
            Err(error) => {
                complain(&format!("error: cannot read {}: {error}\n", self.name()));
                return exit::NO_INPUT;
            }
        };
        if let Some(id) = &self.call
            && let Err(reason) = history.keep_only(id)
        {
            complain(&format!("error: {}: {reason}\n", self.name()));
            return exit::USAGE;
        }
        finish(self.write(&history), || {
            if self.format != Format::Json {
                complain(&text::complaints(&self.name(), &history, self.is_strict));
            }
            if self.is_strict && !history.rejected.is_empty() { exit::REJECTED } else { 0 }
        })
    }

    fn read(&self) -> io::Result<History> {
        match &self.file {
            Some(file) => {
                let file = File::open(file)?;
                let progress = progress(file.metadata()?.len());
                let input = BufReader::with_capacity(256 * 1024, progress.wrap_read(file));
                let history = self.history().read(input);
                progress.finish_and_clear();
                history
            }
            None => self.history().read(io::stdin().lock()),
        }
    }

    fn history(&self) -> History {
        History::new(self.reorder_window, self.as_known_at, self.format == Format::Html)
    }

    fn write(&self, history: &History) -> io::Result<()> {
        let privacy = if self.shows_private { Privacy::Shown } else { Privacy::Masked };
        let context = Context { receipts: &history.receipts, privacy, tracked: None };
        // Only text has colors.
        let color = if self.format == Format::Text { self.color } else { ColorChoice::AlwaysAnsi };
        let out = &mut BufWriter::new(AutoStream::new(io::stdout().lock(), color));
        match self.format {
            Format::Json => json::write(out, history, context)?,
            Format::Mermaid => mermaid::write(out, history, context)?,
            Format::Html => report::write(out, history, context)?,
            Format::Svg => {
                // One call was chosen.
                history.calls().try_for_each(|call| svg::write(out, &call, context))?;
            }
            Format::Text => text::write(out, history, context)?,
        }
        out.flush()
    }

    fn name(&self) -> String {
        self.file.as_deref().map_or_else(|| "-".to_owned(), |file: &Path| file.display().to_string())
    }
}

/// Minimum size of a file that shows a progress bar, in bytes.
const LARGE: u64 = 16 << 20;

/// Returns a progress bar for a large file on a terminal.
fn progress(bytes: u64) -> ProgressBar {
    if bytes < LARGE {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(bytes);
    match ProgressStyle::with_template("reading {bar:40} {bytes}/{total_bytes}, {eta} left") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
