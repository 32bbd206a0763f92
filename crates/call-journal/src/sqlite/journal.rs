//! The journal in a SQLite file: passes each request to the thread that owns the file.

use std::io;
use std::path::Path;
use std::thread::JoinHandle;

use async_trait::async_trait;
use call_msgraph::Record;
use tokio::sync::{mpsc, oneshot};

use crate::journal::{Journal, JournalError, Page, Position};
use crate::sqlite::store::{Recovery, Store};
use crate::sqlite::writer::{Answer, Job, run};

/// A journal in a directory of this machine. Only one process can use it at a time.
///
/// Stored records survive a crash of the process and of the machine, if the disk honours syncs. Concurrent appends share a sync. If the
/// disk is full or fails, the append returns an error, and the next append tries again.
///
/// ```
/// use call_core::{Stamp, Timestamp};
/// use call_journal::{Journal, Position, SqliteJournal};
/// use call_msgraph::{Delivery, DeliveryKind, Record};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let directory = tempfile::tempdir()?;
/// let record = Record::from(Delivery::new(Stamp::at(Timestamp::from_millis(7)), DeliveryKind::Notification));
/// let (journal, _) = SqliteJournal::open(directory.path())?;
/// journal.append(&[record.clone()]).await?;
/// assert!(SqliteJournal::open(directory.path()).is_err(), "it is in use");
/// drop(journal);
/// let (journal, recovery) = SqliteJournal::open(directory.path())?;
/// assert!(!recovery.was_interrupted);
/// assert_eq!(journal.read(Position::default(), 10).await?.entries[0].record, record);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct SqliteJournal {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

/// Capacity of the queue to the writer thread. When it is full, callers wait.
const WAITING: usize = 4_096;

impl SqliteJournal {
    /// Opens the journal in a directory, and creates both if they do not exist. Blocks the thread, for long only if the file is
    /// damaged.
    ///
    /// # Errors
    /// [`JournalError`] if another process uses it, if it is not a journal, or if it cannot be written.
    pub fn open(directory: &Path) -> Result<(Self, Recovery), JournalError> {
        let (store, recovery) = Store::open(directory)?;
        let (sender, receiver) = mpsc::channel(WAITING);
        let named = std::thread::Builder::new().name("journal".to_owned());
        let started = named.spawn(move || run(store, receiver));
        let thread = started.map_err(|error: io::Error| JournalError::Unavailable(error.into()))?;
        Ok((Self { jobs: Some(sender), thread: Some(thread) }, recovery))
    }

    /// Returns the space of discarded records to the file system. It temporarily needs free space of the size of the remaining records.
    ///
    /// # Errors
    /// [`JournalError`]. No record is lost.
    pub async fn compact(&self) -> Result<(), JournalError> {
        self.ask(Job::Compact).await
    }

    async fn ask<T>(&self, job: impl FnOnce(Answer<T>) -> Job) -> Result<T, JournalError> {
        let (answer, asked) = oneshot::channel();
        let jobs = self.jobs.as_ref().ok_or(JournalError::Closed)?;
        jobs.send(job(answer)).await.map_err(|_| JournalError::Closed)?;
        asked.await.map_err(|_| JournalError::Closed)?
    }
}

#[async_trait]
impl Journal for SqliteJournal {
    async fn append(&self, records: &[Record]) -> Result<(), JournalError> {
        let lines = records.iter().map(ToString::to_string).collect();
        self.ask(|answer| Job::Append(lines, answer)).await
    }

    fn is_alive(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    async fn read(&self, after: Position, most: usize) -> Result<Page, JournalError> {
        self.ask(|answer| Job::Read(after, most, answer)).await
    }

    async fn discard(&self, positions: &[Position]) -> Result<(), JournalError> {
        let positions = positions.to_vec();
        self.ask(|answer| Job::Discard(positions, answer)).await
    }
}

impl Drop for SqliteJournal {
    /// Finishes the queued work and closes the file.
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was reported when it happened.
            drop(thread.join());
        }
    }
}
