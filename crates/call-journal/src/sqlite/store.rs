//! Opens a journal file: checks it, rolls back an incomplete write, and rebuilds a damaged file.

use std::path::{Path, PathBuf};

use call_msgraph::Record;
use rusqlite::{Connection, params};

use crate::journal::{Damage, Entry, JournalError, Page, Position};
use crate::sqlite::connection::{TABLE, is_damage, open, why};
use crate::sqlite::rebuild::rebuild;
use crate::sqlite::rows::{Found, LARGEST, checksum, scan};

/// The file, and the number of its last row.
pub(super) struct Store {
    path: PathBuf,
    /// `None` after an error, because the state of the connection is unknown then.
    connection: Option<Connection>,
    last: u64,
}

/// Report about the opening of a journal. Damage of single records is reported when they are read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Recovery {
    /// Whether the last process ended while it was writing. The incomplete write was rolled back. It was never acknowledged.
    pub was_interrupted: bool,
    /// New path of a file with a damaged structure. The journal was rebuilt from the rows that could be read.
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

    /// Stores lines, all or none. They are durable when this returns.
    pub(super) fn append(&mut self, lines: &[&str]) -> Result<(), JournalError> {
        match self.try_append(lines) {
            Err(error) if is_damaged(&error) => {
                self.rebuild()?;
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

    /// Reads up to `limit` entries. Damaged rows are skipped.
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
                        reason: "the checksum does not match".to_owned(),
                    }),
                }
                Ok(())
            })
        })?;
        page.next = (next <= last).then(|| Position(next - 1));
        page.last = Position(last);
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

    /// Returns the space of discarded rows to the file system.
    pub(super) fn compact(&mut self) -> Result<(), JournalError> {
        self.with(|connection| connection.execute_batch("VACUUM"))
    }

    /// Rebuilds the file, logs this, continues with the new file, and returns the new path of the damaged one.
    fn rebuild(&mut self) -> Result<PathBuf, JournalError> {
        // The lock of the old connection would block the rebuild too.
        self.connection = None;
        let damaged = rebuild(&self.path)?;
        tracing::error!(damaged = %damaged.display(), "the journal was damaged, and was rebuilt from the rows that could be read");
        self.connect()?;
        Ok(damaged)
    }

    /// Opens a new connection if the last one failed.
    fn connect(&mut self) -> Result<(), JournalError> {
        if self.connection.is_none() {
            let connection = open(&self.path)?;
            let last: rusqlite::Result<Option<i64>> =
                connection.query_row("SELECT max(number) FROM deliveries", [], |row| row.get(0));
            let last = last.map_err(|error| why(error, &self.path))?;
            // A number is never reused, even if its row was discarded.
            let last = last.map_or(0, i64::cast_unsigned);
            self.last = self.last.max(if last <= LARGEST { last } else { 0 });
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

/// Returns whether the structure of a file is intact. Writing into a damaged file could make the damage worse.
fn is_sound(connection: &Connection) -> rusqlite::Result<bool> {
    if connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0))? != "ok" {
        return Ok(false);
    }
    let schema: Vec<Option<String>> = connection
        .prepare("SELECT sql FROM sqlite_schema")?
        .query_map([], |row| Ok(row.get(0).ok()))?
        .collect::<rusqlite::Result<_>>()?;
    if schema != [Some(TABLE.to_owned())] {
        return Ok(false);
    }
    // A number that is too large would leave none for what follows.
    let outside = "SELECT EXISTS(SELECT 1 FROM deliveries WHERE number < 0 OR number > ?)";
    connection.query_row(outside, [LARGEST.cast_signed()], |row| row.get(0)).map(|is_outside: bool| !is_outside)
}

/// Returns whether the structure of the file is damaged.
fn is_damaged(error: &JournalError) -> bool {
    matches!(error, JournalError::Unavailable(error) if error.downcast_ref().is_some_and(is_damage))
}
