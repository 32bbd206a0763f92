//! `callctl journal`: export, verify and compact a journal.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use call_core::Timestamp;
use call_engine::Retention;
use call_journal::{Damage, Entry, Journal, JournalError, Position, Recovery, SqliteJournal};

use crate::exit;
use crate::terminal::{chain, complain, finish, printable};

/// The command `journal`.
pub(crate) struct JournalTask {
    pub(crate) directory: PathBuf,
    pub(crate) what: What,
}

pub(crate) enum What {
    Export,
    Verify,
    Compact(Retention),
}

/// Reason why the command failed.
enum Failure {
    Missing,
    Journal(JournalError),
    Output(io::Error),
}

impl JournalTask {
    /// Runs the command, and returns the exit status.
    pub(crate) fn run(&self) -> u8 {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let done = runtime.map_err(Failure::Output).and_then(|runtime| runtime.block_on(self.done()));
        let shown = self.directory.display();
        match done {
            Ok(status) => status,
            Err(Failure::Missing) => {
                complain(&format!("error: there is no journal in {shown}; check the directory\n"));
                exit::NO_INPUT
            }
            Err(Failure::Journal(error)) => {
                complain(&format!("error: {}\n", chain(&error)));
                exit::IO
            }
            Err(Failure::Output(error)) => finish(Err(error), || 0),
        }
    }

    async fn done(&self) -> Result<u8, Failure> {
        if !self.directory.join("journal.sqlite").exists() {
            return Err(Failure::Missing);
        }
        let (journal, recovery) = SqliteJournal::open(&self.directory)?;
        complain(&recovery_notes(&recovery));
        match &self.what {
            What::Export => {
                let out = &mut BufWriter::new(io::stdout().lock());
                let damage = each(&journal, |entry| writeln!(out, "{}", entry.record)).await?;
                out.flush()?;
                Ok(report(&damage))
            }
            What::Verify => {
                let (mut deliveries, mut intents, mut first, mut last) = (0_u64, 0_u64, None, None);
                let damage = each(&journal, |entry| {
                    match entry.record.delivery() {
                        Some(_) => deliveries += 1,
                        None => intents += 1,
                    }
                    let at = format!("{:.3}", entry.record.stamp().received_at);
                    first.get_or_insert_with(|| at.clone());
                    last = Some(at);
                    Ok(())
                })
                .await?;
                let span = first.zip(last).map(|(first, last)| format!(", received {first} to {last}"));
                let intents = match intents {
                    0 => String::new(),
                    1 => " and 1 intent".to_owned(),
                    several => format!(" and {several} intents"),
                };
                writeln!(io::stdout(), "{deliveries} deliveries{intents}{}", span.unwrap_or_default())?;
                Ok(report(&damage))
            }
            What::Compact(retention) => {
                let retained = retention.apply(&journal, now()).await?;
                journal.compact().await?;
                writeln!(io::stdout(), "{} deliveries kept, {} discarded", retained.kept, retained.discarded)?;
                if !retained.uncounted.is_zero() {
                    let days = retained.uncounted.as_secs() / (24 * 3_600);
                    complain(&format!(
                        "pauses of {days} days in total did not count for the age of records, because they may be the fault of a clock; \
                         --trust-clock counts them\n"
                    ));
                }
                Ok(0)
            }
        }
    }
}

/// Calls a function for each record, and returns the damage.
async fn each(journal: &SqliteJournal, mut act: impl FnMut(Entry) -> io::Result<()>) -> Result<Vec<Damage>, Failure> {
    let mut damage = Vec::new();
    let mut after = Some(Position::default());
    while let Some(from) = after {
        let page = journal.read(from, 4_096).await?;
        damage.extend(page.damage);
        page.entries.into_iter().try_for_each(&mut act)?;
        after = page.next;
    }
    Ok(damage)
}

/// Reports damage, and returns the exit status.
fn report(damage: &[Damage]) -> u8 {
    damage.iter().for_each(|damage| complain(&format!("damaged: {}\n", printable(&damage.to_string()))));
    if damage.is_empty() { 0 } else { exit::DIFFERS }
}

/// Warning about a journal that was not closed.
pub(crate) const INTERRUPTED: &str = "the last process ended while it was writing to the journal; the incomplete write, which was never acknowledged, was rolled back";

/// Returns the warnings about the opening of a journal, one for each line.
fn recovery_notes(recovery: &Recovery) -> String {
    let mut notes = String::new();
    if recovery.was_interrupted {
        notes += &format!("{INTERRUPTED}\n");
    }
    if let Some(damaged) = &recovery.damaged {
        let damaged = damaged.display();
        notes += &format!(
            "the journal was damaged and was rebuilt from the records that could be read; the damaged file is now {damaged}\n"
        );
    }
    notes
}

/// Returns the current time.
#[expect(clippy::disallowed_methods, reason = "the age of a record depends on the clock")]
fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_nanos(0).saturating_add(since)
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        Self::Journal(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}
