use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anstream::{AutoStream, ColorChoice};
use call_core::Timestamp;

use super::context::Context;
use super::history::History;
use super::mask::Privacy;
use super::{json, text};
use crate::exit;
use crate::terminal::{complain, finish};

/// What to replay, and how to show it.
pub(crate) struct Replay {
    /// The standard input if there is none.
    pub(crate) file: Option<PathBuf>,
    pub(crate) format: Format,
    pub(crate) is_strict: bool,
    pub(crate) reorder_window: Duration,
    pub(crate) as_known_at: Option<Timestamp>,
    pub(crate) shows_private: bool,
    pub(crate) color: ColorChoice,
}

pub(crate) enum Format {
    Text,
    Json,
}

impl Replay {
    /// Reads everything, writes the result and returns the exit status.
    pub(crate) fn run(&self) -> u8 {
        let history = match self.read() {
            Ok(history) => history,
            Err(error) => {
                complain(&format!("error: cannot read {}: {error}\n", self.name()));
                return exit::NO_INPUT;
            }
        };
        finish(self.write(&history), || {
            if matches!(self.format, Format::Text) {
                complain(&text::complaints(&self.name(), &history, self.is_strict));
            }
            if self.is_strict && !history.rejected.is_empty() { exit::REJECTED } else { 0 }
        })
    }

    fn read(&self) -> io::Result<History> {
        match &self.file {
            Some(file) => {
                let input = BufReader::with_capacity(256 * 1024, File::open(file)?);
                History::read(input, self.reorder_window, self.as_known_at)
            }
            None => History::read(io::stdin().lock(), self.reorder_window, self.as_known_at),
        }
    }

    fn write(&self, history: &History) -> io::Result<()> {
        let privacy = if self.shows_private { Privacy::Shown } else { Privacy::Masked };
        let context = Context { receipts: &history.receipts, privacy };
        let stdout = io::stdout().lock();
        match self.format {
            Format::Json => {
                let mut out = BufWriter::new(stdout);
                json::write(&mut out, history, self.reorder_window, context)?;
                out.flush()
            }
            Format::Text => {
                let mut out = BufWriter::new(AutoStream::new(stdout, self.color));
                text::write(&mut out, history, self.reorder_window, context)?;
                out.flush()
            }
        }
    }

    fn name(&self) -> String {
        self.file.as_deref().map_or_else(|| "-".to_owned(), |file: &Path| file.display().to_string())
    }
}
