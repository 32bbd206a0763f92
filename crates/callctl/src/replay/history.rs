//! The content of a log, and its rejected values.

use std::collections::BTreeMap;
use std::io::{self, BufRead};
use std::time::Duration;

use call_core::{CallId, Observation, Stamp, Timeline, Timestamp, reconcile};
use call_msgraph::{Creates, Hearing, Line, ReadError, hearings};

use crate::replay::kept::Kept;
use crate::replay::receipts::{Label, Receipts};
use crate::replay::values::{Value, Values};
use crate::terminal::printable;

/// The content of a log.
#[derive(Debug)]
pub(crate) struct History {
    /// All observations by call, without a limit.
    pub(crate) observations: BTreeMap<CallId, Vec<Observation>>,
    pub(crate) receipts: Receipts,
    pub(crate) rejected: Vec<RejectedValue>,
    /// Number of values, including rejected ones.
    pub(crate) values: u64,
    creates: Creates,
    reorder_window: Duration,
    until: Option<Timestamp>,
    /// The values themselves, for a report.
    pub(crate) kept: Kept,
}

/// One call at the end of a log.
pub(crate) struct Replayed<'h> {
    pub(crate) id: &'h CallId,
    pub(crate) observations: &'h [Observation],
    pub(crate) timeline: Timeline,
}

/// A rejected value, or a rejected part of one.
#[derive(Debug, serde::Serialize)]
pub(crate) struct RejectedValue {
    /// Line of the value.
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) reason: String,
}

impl History {
    /// Returns an empty history. Deliveries after `until` are ignored. `keeps_values` keeps the values themselves.
    pub(crate) fn new(reorder_window: Duration, until: Option<Timestamp>, keeps_values: bool) -> Self {
        Self {
            observations: BTreeMap::new(),
            receipts: Receipts::default(),
            rejected: Vec::new(),
            values: 0,
            creates: Creates::default(),
            reorder_window,
            until,
            kept: Kept::new(keeps_values),
        }
    }

    /// Reads a log to its end.
    ///
    /// A delivery without a time is stamped a little more than `reorder_window` after the one before it, so that their order is
    /// kept.
    pub(crate) fn read(mut self, input: impl BufRead) -> io::Result<Self> {
        let pause = self.reorder_window.saturating_add(Duration::from_millis(1));
        let mut next_at = Timestamp::from_millis(0);
        let mut values = Values::new(input);
        loop {
            if let Some(value) = values.guess()?
                && let Ok(line) = value.text.clone().and_then(Line::read)
            {
                next_at = self.take(&value, &line, next_at).saturating_add(pause);
                values.accept();
                continue;
            }
            let Some(value) = values.next()? else { return Ok(self) };
            match value.text.clone().and_then(Line::read) {
                Ok(line) => next_at = self.take(&value, &line, next_at).saturating_add(pause),
                Err(rejected) => {
                    self.values += 1;
                    self.reject(&value, &rejected);
                }
            }
        }
    }

    /// Returns each call with its timeline, in order of id. Timelines are computed lazily, because a log may have a million calls.
    pub(crate) fn calls(&self) -> impl ExactSizeIterator<Item = Replayed<'_>> {
        self.observations.iter().map(|(id, observations)| {
            let timeline = reconcile(observations, self.reorder_window);
            Replayed { id, observations, timeline }
        })
    }

    /// Forgets all calls but the one with an id, or the only one whose id begins so.
    pub(crate) fn keep_only(&mut self, id: &str) -> Result<(), String> {
        let exact = CallId::from(id);
        let chosen = if self.observations.contains_key(&exact) {
            exact
        } else {
            let lower = id.to_ascii_lowercase();
            let mut begin =
                self.observations.keys().filter(|known| known.spelling().to_ascii_lowercase().starts_with(&lower));
            match (begin.next(), begin.count()) {
                (Some(only), 0) => only.clone(),
                (None, _) => return Err(format!("there is no call {}", printable(id))),
                (Some(_), more) => {
                    return Err(format!("{} calls begin with {}; give more of the id", more + 1, printable(id)));
                }
            }
        };
        self.observations.retain(|known, _| *known == chosen);
        Ok(())
    }

    /// Adds a value, and returns the time of its receipt.
    fn take(&mut self, value: &Value<'_>, line: &Line<'_>, next_at: Timestamp) -> Timestamp {
        self.values += 1;
        let place = value.element.unwrap_or(value.line as u64);
        let record = line.stamped(Stamp { sequence: place, ..Stamp::at(next_at) });
        let received_at = record.stamp().received_at;
        if self.until.is_some_and(|until| received_at > until) {
            return received_at;
        }
        let number = self.values;
        let decoded = hearings(&record, &mut self.creates);
        let label = Label {
            id: line.id.as_deref().map_or_else(|| format!("L{place}").into(), Into::into),
            is_untimed: line.record.stamp().received_at.is_none(),
        };
        self.receipts.note(number, label);
        if let Ok(text) = &value.text {
            self.kept.keep(number, text);
        }
        for mut hearing in decoded.hearings.into_iter().filter(says_something) {
            hearing.set_delivery(number);
            let Hearing { call, mut observations, .. } = hearing;
            let known = self.observations.entry(call).or_default();
            if known.len() + observations.len() > known.capacity() {
                // Most calls have few observations, and a log may have a million calls. Doubling would waste most of the memory.
                known.reserve_exact(observations.len() + known.len() / 4);
            }
            known.append(&mut observations);
        }
        for rejected in decoded.rejected {
            self.reject(value, &line.locate(rejected));
        }
        received_at
    }

    /// Adds a rejected value. The place of the error counts from the beginning of the value.
    fn reject(&mut self, value: &Value<'_>, rejected: &ReadError) {
        let (line, reason) = (value.line, rejected.to_string());
        self.rejected.push(match rejected.line {
            1 => RejectedValue { line, column: value.column + rejected.column - 1, reason },
            _ => {
                let place = format!(" (at line {}, column {})", line + rejected.line - 1, rejected.column);
                RejectedValue { line, column: value.column, reason: reason + &place }
            }
        });
    }
}

/// Returns whether a hearing has observations. A call is shown only if something was received about it.
fn says_something(hearing: &Hearing) -> bool {
    !hearing.observations.is_empty()
}
