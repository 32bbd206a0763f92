//! A process that writes to a journal and prints what was acknowledged. It is this test program, started again.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use call_journal::{Journal, SqliteJournal};

use crate::record;

/// Makes a command that writes `deliveries` deliveries to the journal in `directory`.
pub(crate) fn start(directory: &Path, deliveries: u64, environment: &[(&str, &str)]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "writer::writes_the_requested_deliveries", "--ignored", "--nocapture"]);
    command.env("JOURNAL", directory).env("DELIVERIES", deliveries.to_string());
    command.envs(environment.iter().copied()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Returns the numbers that a writer reported as acknowledged.
pub(crate) fn acknowledged(output: &str) -> impl Iterator<Item = u64> {
    output.lines().filter_map(|line| line.strip_prefix("kept ")?.parse().ok())
}

#[test]
#[ignore = "it is the process that the other tests start"]
fn writes_the_requested_deliveries() {
    let directory = std::env::var_os("JOURNAL").unwrap();
    let deliveries: u64 = std::env::var("DELIVERIES").unwrap().parse().unwrap();
    let mut opened = SqliteJournal::open(Path::new(&directory));
    // The supervisor of a bot starts it again after a crash.
    for _ in 0..2 {
        if let Err(error) = &opened {
            say(&format!("refused: {error}"));
            opened = SqliteJournal::open(Path::new(&directory));
        }
    }
    let Ok((journal, _)) = opened else { return };
    let journal = Arc::new(journal);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        for group in 0..deliveries.div_ceil(4) {
            let written: Vec<_> = (group * 4..deliveries.min(group * 4 + 4))
                .map(|number| {
                    let journal = Arc::clone(&journal);
                    tokio::spawn(async move {
                        match journal.append(&[record(number)]).await {
                            Ok(()) => say(&format!("kept {number}")),
                            Err(error) => say(&format!("not kept {number}: {error}")),
                        }
                    })
                })
                .collect();
            for written in written {
                written.await.unwrap();
            }
        }
    });
}

fn say(line: &str) {
    // A single write, so that the reader never sees a partial line.
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes()).and_then(|()| out.flush()).unwrap();
}
