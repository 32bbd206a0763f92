//! `callctl journal`, on journals that no process has open.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;
use std::process::Command;

use call_core::{Stamp, Timestamp};
use call_journal::{Journal, SqliteJournal};
use call_msgraph::{Delivery, DeliveryKind, Intent, Record};

/// Makes a journal with a call that ended in 2023, and a call that may continue.
fn journal(directory: &Path) {
    let (journal, _) = SqliteJournal::open(directory).unwrap();
    let established = r#"{"id": "%", "state": "established"}"#;
    let record = |sequence, call: &str, kind, body: &str| {
        let stamp = Stamp { sequence, ..Stamp::at(Timestamp::from_millis(1_700_000_000_000 + sequence.cast_signed())) };
        let body = body.replace('%', call).into_bytes();
        Record::from(Delivery::new(stamp, kind).with_call(call).with_body(body))
    };
    let records = [
        record(0, "over", DeliveryKind::Snapshot, established),
        record(1, "goes on", DeliveryKind::Snapshot, established),
        record(2, "over", DeliveryKind::Snapshot, r#"{"id": "%", "state": "terminated"}"#),
        record(3, "goes on", DeliveryKind::Snapshot, established),
    ];
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(journal.append(&records)).unwrap();
}

/// Runs `callctl journal`, and returns its exit status and output.
fn run(what: &str, directory: &Path, more: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callctl"));
    let output = command.args(["journal", what]).arg(directory).args(more).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn each_stored_record_becomes_one_line() {
    let directory = tempfile::tempdir().unwrap();
    journal(directory.path());
    let (status, lines, errors) = run("export", directory.path(), &[]);
    assert_eq!((status, errors.as_str()), (0, ""));
    let first = r#"{"receivedAt":"2023-11-14T22:13:20Z","node":0,"seq":0,"id":"0.0","kind":"snapshot","callId":"over","body":{"id": "over", "state": "established"}}"#;
    assert_eq!(lines.lines().next(), Some(first));
    assert_eq!(lines.lines().count(), 4);
    let verified =
        (0, "4 deliveries, received 2023-11-14T22:13:20.000Z to 2023-11-14T22:13:20.003Z\n".to_owned(), String::new());
    assert_eq!(run("verify", directory.path(), &[]), verified);
}

#[test]
fn intents_are_exported_and_counted() {
    let directory = tempfile::tempdir().unwrap();
    journal(directory.path());
    let (open, _) = SqliteJournal::open(directory.path()).unwrap();
    let intent = Intent::Command("goes on".into(), call_core::Command::Answer);
    let stamp = Stamp { sequence: 4, ..Stamp::at(Timestamp::from_millis(1_700_000_000_004)) };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(open.append(&[Record::Intended { stamp, intent }])).unwrap();
    drop(open);
    let (_, lines, _) = run("export", directory.path(), &[]);
    let last = r#"{"receivedAt":"2023-11-14T22:13:20.004Z","node":0,"seq":4,"id":"0.4","kind":"intended","command":"answer","callId":"goes on"}"#;
    assert_eq!(lines.lines().last(), Some(last));
    let verified = "4 deliveries and 1 intent, received 2023-11-14T22:13:20.000Z to 2023-11-14T22:13:20.004Z\n";
    assert_eq!(run("verify", directory.path(), &[]).1, verified);
}

#[test]
fn compact_deletes_expired_records() {
    let directory = tempfile::tempdir().unwrap();
    journal(directory.path());
    // The records are years old, and a clock could be wrong by years.
    let ages = ["--retain-ended", "1h", "--retain", "36500d"];
    let (status, said, hint) = run("compact", directory.path(), &ages);
    assert_eq!((status, said.as_str()), (0, "4 deliveries kept, 0 discarded\n"));
    assert!(hint.contains("did not count") && hint.contains("--trust-clock counts them"), "{hint}");
    let ages = ["--trust-clock", "--retain-ended", "1h", "--retain", "36500d"];
    assert_eq!(
        run("compact", directory.path(), &ages),
        (0, "2 deliveries kept, 2 discarded\n".to_owned(), String::new())
    );
    let (_, lines, _) = run("export", directory.path(), &[]);
    assert!(lines.lines().count() == 2 && lines.lines().all(|line| line.contains("goes on")), "{lines}");
    // The last record always stays.
    assert_eq!(run("compact", directory.path(), &["--trust-clock"]).1, "1 deliveries kept, 1 discarded\n");
}

#[test]
fn damaged_records_are_named_the_rest_exported() {
    let directory = tempfile::tempdir().unwrap();
    journal(directory.path());
    let file = directory.path().join("journal.sqlite");
    let mut bytes = std::fs::read(&file).unwrap();
    let at = bytes.windows(7).position(|part| part == b"\"seq\":2").unwrap();
    bytes[at + 6] = b'7';
    std::fs::write(&file, bytes).unwrap();
    for (what, lines) in [("export", 3), ("verify", 1)] {
        let (status, written, errors) = run(what, directory.path(), &[]);
        assert_eq!((status, errors.as_str()), (1, "damaged: delivery 3: the checksum does not match\n"), "{what}");
        assert_eq!(written.lines().count(), lines, "{what}: {written}");
    }
}

#[test]
fn a_missing_journal_is_not_created() {
    let directory = tempfile::tempdir().unwrap();
    let (status, _, errors) = run("export", directory.path(), &[]);
    assert_eq!(status, 66);
    assert!(errors.contains("there is no journal in "), "{errors}");
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 0);
}
