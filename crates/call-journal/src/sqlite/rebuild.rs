//! Rebuilds a file whose structure is damaged, from the rows that can be read.

use std::path::{Path, PathBuf};
use std::{fs, io};

use rusqlite::{Connection, OpenFlags, params};

use crate::journal::JournalError;
use crate::sqlite::connection::{is_damage, open, why};
use crate::sqlite::rows::{after_damage, checksum, rows, whole_line};

/// Rebuilds the file, and returns the new path of the damaged one. It can be interrupted at any time.
pub(super) fn rebuild(path: &Path) -> Result<PathBuf, JournalError> {
    let unavailable = |error: io::Error| JournalError::Unavailable(error.into());
    let new_file = path.with_extension("new");
    if new_file.exists() {
        fs::remove_file(&new_file).map_err(unavailable)?;
    }
    let of = open_damaged(path).map_err(|error| why(error, path))?;
    let mut to = open(&new_file)?;
    copy(&of, &mut to).map_err(|error| why(error, path))?;
    drop((of, to));
    let damaged = unused(path);
    fs::hard_link(path, &damaged).or_else(|_| fs::copy(path, &damaged).map(drop)).map_err(unavailable)?;
    fs::rename(&new_file, path).map_err(unavailable)?;
    sync_directory(path).map_err(unavailable)?;
    Ok(damaged)
}

fn open_damaged(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Without this, SQLite does not read a file that is shorter than its header says.
    connection.pragma_update(None, "writable_schema", true)?;
    Ok(connection)
}

fn copy(of: &Connection, to: &mut Connection) -> rusqlite::Result<()> {
    let transaction = to.transaction()?;
    {
        let mut insert = transaction.prepare("INSERT OR IGNORE INTO deliveries VALUES (?, ?, ?)")?;
        let mut from = 0;
        // From a damaged file, rows may be read in any order, and twice.
        while let Err(error) = rows(of, from, usize::MAX, |row| {
            let Some((number, line)) = whole_line(row) else { return Ok(()) };
            from = from.max(number + 1);
            insert.execute(params![number.cast_signed(), line, checksum(number, line.as_bytes())]).map(drop)
        }) {
            if !is_damage(&error) {
                return Err(error);
            }
            let Some(next) = after_damage(of, from)? else { break };
            from = next;
        }
    }
    transaction.commit()
}

/// Returns the first free name for the damaged file.
fn unused(path: &Path) -> PathBuf {
    let mut number = 1_u32;
    loop {
        let damaged = path.with_extension(format!("damaged-{number}"));
        if !damaged.exists() {
            return damaged;
        }
        number += 1;
    }
}

#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |directory| fs::File::open(directory)?.sync_all())
}

#[cfg(not(unix))]
fn sync_directory(_: &Path) -> io::Result<()> {
    Ok(())
}
