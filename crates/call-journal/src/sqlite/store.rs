use std::path::{Path, PathBuf};

use call_msgraph::Record;
use rusqlite::{Connection, params};

use crate::journal::{Damage, Entry, JournalError, Page, Position};
use crate::sqlite::connection::{is_damage, open, why};
use crate::sqlite::rebuild::rebuild;
use crate::sqlite::rows::{Found, checksum, scan};

/// The file, and the number of the last delivery in it.
pub(super) struct Store {
    path: PathBuf,
    /// None after it failed: what state it is in then nobody knows.
    connection: Option<Connection>,
    last: u64,
}

/// What was found when a journal was opened. What single deliveries suffered is told when they are read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Recovery {
    /// Whether the process that had it last ended while it was writing. What that had not acknowledged was cut off.
    pub was_interrupted: bool,
    /// Where the file was put that was damaged; a new one was made of what can be read of it.
    pub damaged: Option<PathBuf>,
}

impl Store {
    pub(super) fn open(directory: &Path) -> Result<(Self, Recovery), JournalError> {
        let path = directory.join("journal.sqlite");
        let undone = directory.join("journal.sqlite-journal");
        let was_interrupted = undone.metadata().is_ok_and(|undone| undone.len() > 0);
        let mut store = Self { path, connection: None, last: 0 };
        let damaged = match store.with(|connection| is_sound(connection)) {
            Ok(true) => None,
            Ok(false) => Some(store.rebuild()?),
            Err(error) if is_damaged(&error) => Some(store.rebuild()?),
            Err(error) => return Err(error),
        };
        Ok((store, Recovery { was_interrupted, damaged }))
    }

    /// Keeps lines, all of them or none; they are durable when this returns.
    pub(super) fn append(&mut self, lines: &[&str]) -> Result<(), JournalError> {
        match self.try_append(lines) {
            Err(error) if is_damaged(&error) => {
                let damaged = self.rebuild()?;
                tracing::error!(damaged = %damaged.display(), "the journal was damaged, and was made anew of what can be read of it");
                self.try_append(lines)
            }
            outcome => outcome,
        }
    }

    fn try_append(&mut self, lines: &[&str]) -> Result<(), JournalError> {
        self.connect()?;
        let mut number = self.last;
        self.with(|connection| {
            let transaction = connection.transaction()?;
            {
                let mut insert = transaction.prepare_cached("INSERT INTO deliveries VALUES (?, ?, ?)")?;
                for line in lines {
                    number += 1;
                    insert.execute(params![number.cast_signed(), line, checksum(number, line.as_bytes())])?;
                }
            }
            transaction.commit()
        })?;
        self.last = number;
        Ok(())
    }

    /// Reads so many entries at the most. What cannot be read is stepped over.
    pub(super) fn read(&mut self, after: Position, most: usize) -> Result<Page, JournalError> {
        self.connect()?;
        let last = self.last;
        let mut page = Page::default();
        let next = self.with(|connection| {
            scan(connection, after.0.saturating_add(1)..=last, most, |found| {
                match found {
                    Found::Line(number, line) => page.take(Position(number), line),
                    Found::Damaged(numbers) => page.damage.push(Damage {
                        first: Position(*numbers.start()),
                        last: Position(*numbers.end()),
                        reason: "it is not what was written".to_owned(),
                    }),
                }
                Ok(())
            })
        })?;
        page.next = (next <= last).then(|| Position(next - 1));
        Ok(page)
    }

    pub(super) fn discard(&mut self, positions: &[Position]) -> Result<(), JournalError> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            {
                let mut delete = transaction.prepare_cached("DELETE FROM deliveries WHERE number = ?")?;
                for position in positions {
                    delete.execute([position.0.cast_signed()])?;
                }
            }
            transaction.commit()
        })
    }

    /// Gives back the room of what was discarded.
    pub(super) fn compact(&mut self) -> Result<(), JournalError> {
        self.with(|connection| connection.execute_batch("VACUUM"))
    }

    /// Makes a new file of what can be read, goes on with that, and returns where the old one lies.
    fn rebuild(&mut self) -> Result<PathBuf, JournalError> {
        // Its lock would keep us out as well.
        self.connection = None;
        let damaged = rebuild(&self.path)?;
        self.connect()?;
        Ok(damaged)
    }

    /// Sees to it that there is a connection: a new one if the last one failed.
    fn connect(&mut self) -> Result<(), JournalError> {
        if self.connection.is_none() {
            let connection = open(&self.path)?;
            let last: rusqlite::Result<Option<i64>> =
                connection.query_row("SELECT max(number) FROM deliveries", [], |row| row.get(0));
            let last = last.map_err(|error| why(error, &self.path))?;
            // A number that was given is not given again, though what had it may be gone.
            self.last = self.last.max(last.map_or(0, i64::cast_unsigned));
            self.connection = Some(connection);
        }
        Ok(())
    }

    fn with<T>(&mut self, act: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Result<T, JournalError> {
        self.connect()?;
        let outcome = self.connection.as_mut().map(act).ok_or(JournalError::Closed)?;
        outcome.map_err(|error| {
            self.connection = None;
            why(error, &self.path)
        })
    }
}

impl Page {
    fn take(&mut self, position: Position, line: &str) {
        match Record::read(line) {
            Ok(record) => self.entries.push(Entry { position, record }),
            Err(why) => self.damage.push(Damage { first: position, last: position, reason: why.to_string() }),
        }
    }
}

/// Tells whether the pages of a file hang together. What is written into one where they do not could make it worse.
fn is_sound(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0)).map(|found| found == "ok")
}

/// Tells whether the structure of the file is damaged.
fn is_damaged(error: &JournalError) -> bool {
    matches!(error, JournalError::Unavailable(error) if error.downcast_ref().is_some_and(is_damage))
}
