//! What the journal in a file survives: kills, failing disks, damage, and a second process.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod damage;
#[cfg(target_os = "linux")]
mod faults;
mod killed;
mod writer;

use std::collections::BTreeSet;
use std::path::Path;

use call_core::{Stamp, Timestamp};
use call_journal::{Damage, Journal, JournalError, Position, Recovery, SqliteJournal};
use call_msgraph::{Delivery, Record};

/// Makes a delivery that its number identifies.
fn record(sequence: u64) -> Record {
    let stamp = Stamp { sequence, ..Stamp::at(Timestamp::from_millis(1_700_000_000_000)) };
    let body = format!(
        "{{\"value\":[{{\"resourceUrl\":\"/communications/calls/{sequence}\"}}],\"filler\":\"{:0300}\"}}",
        sequence
    );
    Delivery::post(body.as_bytes()).stamped(stamp).into()
}

/// The content of a journal: the numbers of the intact deliveries, and the reported damage.
struct Found {
    numbers: BTreeSet<u64>,
    damage: Vec<Damage>,
    recovery: Recovery,
}

/// Opens a journal, reads it, and checks that it still accepts deliveries.
async fn look(directory: &Path) -> Result<Found, JournalError> {
    let (journal, recovery) = SqliteJournal::open(directory)?;
    let mut found = Found { numbers: BTreeSet::new(), damage: Vec::new(), recovery };
    let mut after = Some(Position::default());
    while let Some(from) = after {
        let page = journal.read(from, 50).await?;
        for entry in page.entries {
            let sequence = entry.record.stamp().sequence;
            assert_eq!(entry.record, record(sequence), "what is read is what was written");
            assert!(found.numbers.insert(sequence), "nothing is read twice");
        }
        found.damage.extend(page.damage);
        after = page.next;
    }
    const NEW: u64 = 1 << 40;
    journal.append(&[record(NEW)]).await?;
    let all = journal.read(Position::default(), usize::MAX).await?;
    assert_eq!(all.entries.last().map(|entry| entry.record.stamp().sequence), Some(NEW), "it goes on");
    Ok(found)
}

#[tokio::test]
async fn another_format_version_is_refused_and_left_unchanged() {
    let directory = tempfile::tempdir().unwrap();
    drop(SqliteJournal::open(directory.path()).unwrap());
    let file = directory.path().join("journal.sqlite");
    for version in [0, 1, 3] {
        rusqlite::Connection::open(&file).unwrap().pragma_update(None, "user_version", version).unwrap();
        let before = std::fs::read(&file).unwrap();
        let error = SqliteJournal::open(directory.path()).expect_err("it is of another version");
        assert!(matches!(error, JournalError::OtherVersion { found, supported: 2, .. } if found == version), "{error}");
        assert_eq!(std::fs::read(&file).unwrap(), before);
    }
}

#[tokio::test]
async fn a_second_process_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let (first, _) = SqliteJournal::open(directory.path()).unwrap();
    let refusal = writer::start(directory.path(), 1, &[]).output().unwrap();
    let printed = String::from_utf8_lossy(&refusal.stdout).into_owned();
    assert!(printed.contains("refused: the journal in "), "{printed}");
    first.append(&[record(1)]).await.unwrap();
    drop(first);
    assert_eq!(look(directory.path()).await.unwrap().numbers, BTreeSet::from([1]));
}

#[tokio::test]
async fn a_file_of_another_kind_is_left_unchanged() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("journal.sqlite");
    let text = "a letter, not a journal. ".repeat(100);
    std::fs::write(&path, &text).unwrap();
    let error = SqliteJournal::open(directory.path()).unwrap_err();
    assert!(matches!(&error, JournalError::NotAJournal { .. }), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    // A database of another application, which by chance has the same version.
    std::fs::remove_file(&path).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE letters (text TEXT); PRAGMA user_version = 2").unwrap();
    drop(other);
    let bytes = std::fs::read(&path).unwrap();
    let error = SqliteJournal::open(directory.path()).unwrap_err();
    assert!(matches!(&error, JournalError::NotAJournal { .. }), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("journal");
    let journal = SqliteJournal::open(&directory).unwrap();
    for (path, mode) in [(directory.clone(), 0o700), (directory.join("journal.sqlite"), 0o600)] {
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
    }
    drop(journal);
}
