//! A disk on which the n-th write, sync or truncation fails, for every n.

use std::path::Path;
use std::process::Command;

use crate::{look, writer};

/// A fault: once or permanent, and its kind.
const FAULTS: [(&str, &[(&str, &str)]); 4] = [
    ("the disk fails", &[("FAULT_WITH", "error")]),
    ("the disk is full", &[("FAULT_WITH", "full")]),
    ("the disk is full from then on", &[("FAULT_WITH", "full"), ("FAULT_LASTS", "1")]),
    ("the process ends in the middle of it", &[("FAULT_WITH", "exit")]),
];

#[tokio::test]
async fn a_failed_write_loses_nothing_acknowledged() {
    let tools = tempfile::tempdir().unwrap();
    let library = tools.path().join("faults.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sqlite/faults.c");
    let compiled = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).status();
    assert!(compiled.unwrap().success(), "a C compiler is needed, as for the journal itself");
    for (what, fault) in FAULTS {
        let mut at = 0;
        loop {
            at += 1;
            let directory = tempfile::tempdir().unwrap();
            let mark = directory.path().join("mark");
            let (at_text, library, marked) = (at.to_string(), library.to_str().unwrap(), mark.to_str().unwrap());
            let mut environment = vec![("LD_PRELOAD", library), ("FAULT_AT", &at_text), ("FAULT_MARK", marked)];
            environment.extend(fault);
            let journal = directory.path().join("journal");
            let output = writer::start(&journal, 12, &environment).output().unwrap();
            let printed = String::from_utf8_lossy(&output.stdout).into_owned();
            let found = look(&journal).await.unwrap_or_else(|error| panic!("{what} at {at}: {error}\n{printed}"));
            for number in writer::acknowledged(&printed) {
                assert!(found.numbers.contains(&number), "{what} at {at}: {number} is lost\n{printed}");
            }
            assert!(
                found.damage.is_empty() && found.recovery.damaged.is_none(),
                "{what} at {at}: {:?}\n{printed}",
                found.damage
            );
            if !mark.exists() {
                assert_eq!(writer::acknowledged(&printed).count(), 12, "without a fault all is kept: {printed}");
                break;
            }
            let once = !fault.contains(&("FAULT_LASTS", "1")) && !fault.contains(&("FAULT_WITH", "exit"));
            assert!(
                !once || writer::acknowledged(&printed).count() >= 4,
                "{what} at {at}: it did not recover\n{printed}"
            );
        }
        assert!(at > 30, "{what}: only {at} writes and syncs were seen");
    }
}
