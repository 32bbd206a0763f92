//! Reads the rows of a file, some of which may be damaged.

use std::ops::RangeInclusive;

use rusqlite::{Connection, Row, params};

use crate::sqlite::connection::is_damage;

/// The largest number of a row. No journal reaches it: a larger or negative number is damage.
pub(super) const LARGEST: u64 = u64::MAX >> 2;

/// A part of a file.
pub(super) enum Found<'l> {
    /// An intact line with its number.
    Line(u64, &'l str),
    /// Numbers of damaged rows.
    Damaged(RangeInclusive<u64>),
}

/// Reads up to `limit` rows between two numbers, and returns the number to continue from.
pub(super) fn scan(
    connection: &Connection,
    numbers: RangeInclusive<u64>,
    most: usize,
    mut take: impl FnMut(Found<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<u64> {
    let (mut from, last) = numbers.into_inner();
    let mut left = most.max(1);
    while from <= last && left > 0 {
        let outcome = rows(connection, from, left, |row| {
            left -= 1;
            match whole_line(row) {
                // A damaged row can have any number. Reading never goes back.
                Some((number, line)) if number >= from => {
                    from = number + 1;
                    take(Found::Line(number, line))
                }
                _ => {
                    let place = from..=from;
                    from += 1;
                    take(Found::Damaged(place))
                }
            }
        });
        match outcome {
            Ok(()) if left > 0 => from = last + 1,
            Ok(()) => {}
            Err(error) if is_damage(&error) => {
                let next = after_damage(connection, from)?.unwrap_or(u64::MAX).min(last + 1);
                take(Found::Damaged(from..=next - 1))?;
                from = next;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(from)
}

/// Returns the checksum of a line with its number.
pub(super) fn checksum(number: u64, line: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&number.to_le_bytes());
    hasher.update(line);
    hasher.finalize()
}

/// Reads up to `limit` rows from a number on.
pub(super) fn rows(
    connection: &Connection,
    from: u64,
    most: usize,
    mut take: impl FnMut(&Row<'_>) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let mut select = connection
        .prepare_cached("SELECT number, line, checksum FROM deliveries WHERE number >= ? ORDER BY number LIMIT ?")?;
    let mut rows = select.query(params![from.cast_signed(), most])?;
    while let Some(row) = rows.next()? {
        take(row)?;
    }
    Ok(())
}

/// Returns the first number after `broken` from which rows can be read again; `None` if there is none.
pub(super) fn after_damage(connection: &Connection, at: u64) -> rusqlite::Result<Option<u64>> {
    let is_readable = |number| match rows(connection, number, 1, |_| Ok(())) {
        Ok(()) => Ok(true),
        Err(error) if is_damage(&error) => Ok(false),
        Err(error) => Err(error),
    };
    // Damaged rows are adjacent. Steps that double lead out of the damage, and a binary search finds its end.
    let (mut damaged, mut step) = (at, 1);
    let mut readable = loop {
        let next = damaged + step;
        if next > i64::MAX.cast_unsigned() {
            return Ok(None);
        }
        if is_readable(next)? {
            break next;
        }
        (damaged, step) = (next, step * 2);
    };
    while readable - damaged > 1 {
        let middle = damaged.midpoint(readable);
        if is_readable(middle)? { readable = middle } else { damaged = middle }
    }
    Ok(Some(readable))
}

/// Returns the line of a row with its number; `None` if the checksum does not match.
pub(super) fn whole_line<'r>(row: &'r Row<'_>) -> Option<(u64, &'r str)> {
    let number = row.get(0).map(i64::cast_unsigned).ok().filter(|number| *number <= LARGEST)?;
    let line = row.get_ref(1).ok()?.as_str().ok()?;
    (row.get::<_, u32>(2).ok()? == checksum(number, line.as_bytes())).then_some((number, line))
}
