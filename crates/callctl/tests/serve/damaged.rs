//! A journal whose structure is damaged.

use call_core::{Stamp, Timestamp};
use call_journal::{Journal as _, SqliteJournal};
use call_msgraph::{Delivery, DeliveryKind, Record};

use crate::running::{Running, callctl, serving};

#[tokio::test]
async fn a_rebuilt_journal_is_logged_with_the_damaged_file() {
    let directory = tempfile::tempdir().unwrap();
    let (journal, _) = SqliteJournal::open(directory.path()).unwrap();
    let record = |sequence| {
        let stamp = Stamp { sequence, ..Stamp::at(Timestamp::from_millis(1_700_000_000_000)) };
        let body = format!(r#"{{"id": "c{sequence}", "state": "established", "filler": "{}"}}"#, "x".repeat(1_000));
        Record::from(Delivery::new(stamp, DeliveryKind::Snapshot).with_body(body.into_bytes()))
    };
    journal.append(&(0..100).map(record).collect::<Vec<_>>()).await.unwrap();
    drop(journal);
    let path = directory.path().join("journal.sqlite");
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(file.metadata().unwrap().len() / 2).unwrap();
    drop(file);

    let log = tempfile::NamedTempFile::new().unwrap();
    let sidecar = callctl(&serving("http://127.0.0.1:9", "http://127.0.0.1:9", directory.path()));
    let sidecar = Running::start_logging(sidecar, log.reopen().unwrap().into());
    assert_eq!(sidecar.terminate(), Some(0));
    let log = std::fs::read_to_string(log.path()).unwrap();
    let lines: Vec<_> = log.lines().filter(|line| line.contains("the journal was damaged")).collect();
    assert_eq!(lines.len(), 1, "{log}");
    assert!(lines[0].contains("ERROR") && lines[0].contains("journal.damaged-"), "{log}");
}
