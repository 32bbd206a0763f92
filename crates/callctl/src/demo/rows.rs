//! The live display: a row for each call, or a progress bar for many calls.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// Maximum number of rows.
const MOST_ROWS: usize = 33;

/// The rows of all calls. Hidden if the standard error is not a terminal.
pub(super) struct Rows {
    rows: Vec<ProgressBar>,
    ended: ProgressBar,
    _all: MultiProgress,
}

impl Rows {
    /// Returns a row for each call.
    pub(super) fn new(names: &[&'static str]) -> Self {
        let all = MultiProgress::new();
        let style =
            |template: &str| ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let row = |name: &&'static str| {
            let row = all.add(ProgressBar::new_spinner().with_style(style("{spinner} {prefix:34} {wide_msg}")));
            row.set_prefix(*name);
            row.enable_steady_tick(Duration::from_millis(80));
            row
        };
        let rows = if names.len() > MOST_ROWS { Vec::new() } else { names.iter().map(row).collect() };
        let ended = ProgressBar::new(names.len() as u64).with_style(style("{bar:34} {pos} of {len} calls are over"));
        Self { rows, ended: all.add(ended), _all: all }
    }

    /// Updates the row of a call.
    pub(super) fn show(&self, number: usize, text: impl FnOnce() -> String) {
        if let Some(row) = self.rows.get(number).filter(|row| !row.is_hidden()) {
            row.set_message(text());
        }
    }

    /// Marks a call as finished.
    pub(super) fn finish(&self, number: usize) {
        if let Some(row) = self.rows.get(number) {
            row.finish();
        }
        self.ended.inc(1);
    }

    /// Removes all rows.
    pub(super) fn clear(&self) {
        self.rows.iter().for_each(ProgressBar::finish_and_clear);
        self.ended.finish_and_clear();
    }
}
