//! Rebuilds a file whose structure is damaged, from the rows that can be read.

use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::{fs, io};

use rusqlite::{Connection, OpenFlags, params};

use crate::journal::JournalError;
use crate::sqlite::connection::{APPLICATION, TABLE, is_damage, open, why};
use crate::sqlite::rows::{after_damage, checksum, rows, whole_line};

/// Rebuilds the file, and returns the new path of the damaged one. It can be interrupted at any time.
pub(super) fn rebuild(path: &Path) -> Result<PathBuf, JournalError> {
    let unavailable = |error: io::Error| JournalError::Unavailable(error.into());
    if !is_of_this_application(path).map_err(unavailable)? {
        let source = "the file belongs to another application".into();
        return Err(JournalError::NotAJournal { path: path.display().to_string(), source });
    }
    let new_file = path.with_extension("new");
    if new_file.exists() {
        fs::remove_file(&new_file).map_err(unavailable)?;
    }
    let repaired = path.with_extension("repaired");
    fs::copy(path, &repaired).map_err(unavailable)?;
    let mut to = open(&new_file)?;
    let of = open_damaged(&repaired, &new_file).map_err(|error| why(error, path))?;
    copy(&of, &mut to).map_err(|error| why(error, path))?;
    drop((of, to));
    fs::remove_file(&repaired).map_err(unavailable)?;
    let damaged = unused(path);
    fs::hard_link(path, &damaged).or_else(|_| fs::copy(path, &damaged).map(drop)).map_err(unavailable)?;
    fs::rename(&new_file, path).map_err(unavailable)?;
    sync_directory(path).map_err(unavailable)?;
    Ok(damaged)
}

/// Returns whether the header of a file names this application. The file of another one must not be rebuilt.
fn is_of_this_application(path: &Path) -> io::Result<bool> {
    // The field "application id" (file format of SQLite, section 1.3).
    let mut file = fs::File::open(path)?;
    file.seek(io::SeekFrom::Start(68))?;
    let mut application = [0; 4];
    file.read_exact(&mut application)?;
    Ok(i32::from_be_bytes(application) == APPLICATION)
}

/// Opens a copy of a damaged file. If its first page does not describe the table, that of a new journal takes its place.
fn open_damaged(copy: &Path, new: &Path) -> rusqlite::Result<Connection> {
    const IS_RIGHT: &str =
        "SELECT EXISTS(SELECT 1 FROM sqlite_schema WHERE rootpage = 2 AND name = 'deliveries' AND sql = ?)";
    let open = || {
        let connection = Connection::open_with_flags(copy, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        // Without this, SQLite does not read a file that is shorter than its header says.
        connection.pragma_update(None, "writable_schema", true)?;
        Ok(connection)
    };
    let connection = open()?;
    if connection.query_row(IS_RIGHT, [TABLE], |row| row.get(0)).unwrap_or(false) {
        return Ok(connection);
    }
    drop(connection);
    if let Err(error) = replace_first_page(copy, new) {
        tracing::warn!(%error, "the first page of the journal is damaged, and could not be replaced");
    }
    open()
}

/// Size of a page, which is the default of SQLite.
const PAGE: usize = 4_096;
/// A byte of the field "version-valid-for" (file format of SQLite, section 1.3). If it does not match, the size of the file counts.
const VALID_FOR: usize = 95;

fn replace_first_page(of: &Path, with: &Path) -> io::Result<()> {
    let mut page = [0; PAGE];
    fs::File::open(with)?.read_exact(&mut page)?;
    page[VALID_FOR] ^= 1;
    fs::OpenOptions::new().write(true).open(of)?.write_all(&page)
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
