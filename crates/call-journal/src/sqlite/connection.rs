//! Opens the file.

use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::journal::JournalError;

/// The table of the records. It is the only one, so its first page is the second page of the file.
pub(super) const TABLE: &str =
    "CREATE TABLE deliveries (number INTEGER PRIMARY KEY, line TEXT NOT NULL, checksum INTEGER NOT NULL) STRICT";

/// Application id and format version in the header of the file.
pub(super) const APPLICATION: i32 = 0x6361_6c6c;
const VERSION: i32 = 2;

/// Opens a file exclusively, and initializes it if it is empty.
pub(super) fn open(path: &Path) -> Result<Connection, JournalError> {
    create_private(path).map_err(|error| JournalError::NotAJournal { path: shown(path), source: error.into() })?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(path, flags).and_then(|connection| {
        set_up(&connection)?;
        Ok(connection)
    });
    let connection = opened.map_err(|error| why(error, path))?;
    let version = connection.pragma_query_value(None, "user_version", |row| row.get::<_, i32>(0));
    match version.map_err(|error| why(error, path))? {
        VERSION => Ok(connection),
        found => Err(JournalError::OtherVersion { path: shown(path), found, supported: VERSION }),
    }
}

/// Returns the journal error of a database error.
pub(super) fn why(error: rusqlite::Error, path: &Path) -> JournalError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => JournalError::InUse(shown(path)),
        Some(ErrorCode::DiskFull) => JournalError::Full(error.into()),
        Some(ErrorCode::NotADatabase | ErrorCode::CannotOpen) => {
            JournalError::NotAJournal { path: shown(path), source: error.into() }
        }
        _ => JournalError::Unavailable(error.into()),
    }
}

/// Returns whether the structure of the file is damaged.
pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    // The statements are constant, so one that does not fit the table shows that the description of the table is damaged.
    let is_unfit = matches!(error, rusqlite::Error::SqlInputError { .. })
        || error.sqlite_error().is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_ERROR);
    is_unfit || error.sqlite_error_code() == Some(ErrorCode::DatabaseCorrupt)
}

fn set_up(connection: &Connection) -> rusqlite::Result<()> {
    // A file that is in use is an error at once, without waiting.
    connection.busy_timeout(Duration::ZERO)?;
    connection.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
    connection.pragma_update(None, "synchronous", "EXTRA")?;
    // Some systems need this to really sync (macOS, `F_FULLFSYNC`).
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "journal_mode", "TRUNCATE")?;
    // An exclusive transaction, so that the lock is taken now.
    connection.execute_batch("BEGIN EXCLUSIVE")?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if tables == 0 {
        connection.execute_batch(TABLE)?;
        connection.pragma_update(None, "application_id", APPLICATION)?;
        connection.pragma_update(None, "user_version", VERSION)?;
    }
    connection.execute_batch("COMMIT")
}

/// Creates a file and its directories with access for the owner only, because it will contain personal data.
fn create_private(path: &Path) -> io::Result<()> {
    let (mut directories, mut file) = (DirBuilder::new(), OpenOptions::new());
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        directories.mode(0o700);
        file.mode(0o600);
    }
    if let Some(directory) = path.parent() {
        directories.recursive(true).create(directory)?;
    }
    file.append(true).create(true).open(path).map(drop)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
