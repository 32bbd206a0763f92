//! The trait `Journal`: records that are stored in order and survive a crash.

use async_trait::async_trait;
use call_msgraph::Record;

/// Stores records durably: deliveries as they were received, and the intents to send requests.
///
/// `call_journal::conformance::check` (feature `conformance`) tests the promises of an implementation.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Stores records, all or none, and returns after they are durable.
    ///
    /// Cancel safety: if the future is dropped, the records may have been stored. That is harmless.
    ///
    /// # Errors
    /// [`JournalError`]. The deliveries must not be acknowledged, and the requests not be sent. The records may have been stored.
    async fn append(&self, records: &[Record]) -> Result<(), JournalError>;

    /// Returns whether the journal can still work. If it cannot, every operation fails until the process is restarted.
    fn is_alive(&self) -> bool {
        true
    }

    /// Returns up to `limit` entries after a position, in order. A limit of 0 counts as 1.
    ///
    /// # Errors
    /// [`JournalError`]. Damage is not an error: the page contains it.
    async fn read(&self, after: Position, most: usize) -> Result<Page, JournalError>;

    /// Discards the records at some positions. A position without a record is not an error.
    ///
    /// # Errors
    /// [`JournalError`]. Some records may have been discarded.
    async fn discard(&self, positions: &[Position]) -> Result<(), JournalError>;
}

/// Position of a record in a journal. Later records have larger positions, and a position never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position(pub u64);

/// A page of a journal.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Page {
    /// Entries that could be read.
    pub entries: Vec<Entry>,
    /// Damaged parts of the journal.
    pub damage: Vec<Damage>,
    /// Position after which the next page begins; `None` at the end.
    pub next: Option<Position>,
    /// Last position of the journal, as far as it is known; 0 otherwise.
    pub last: Position,
}

/// A record at its position.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Position of the record.
    pub position: Position,
    /// The record.
    pub record: Record,
}

impl Entry {
    /// Returns a record at a position.
    #[must_use]
    pub const fn new(position: Position, record: Record) -> Self {
        Self { position, record }
    }
}

/// A damaged part of a journal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}", places(.first, .last))]
#[non_exhaustive]
pub struct Damage {
    /// First damaged position.
    pub first: Position,
    /// Last damaged position. There may have been positions without a record.
    pub last: Position,
    /// Description of the damage.
    pub reason: String,
}

impl Damage {
    /// Returns damage from one position to another, both inclusive.
    #[must_use]
    pub const fn new(first: Position, last: Position, reason: String) -> Self {
        Self { first, last, reason }
    }
}

/// Reason why a journal cannot be used. A retry is safe: storing a record twice is harmless.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// The storage of the journal failed.
    #[error("the storage of the journal failed; nothing is acknowledged until it works again")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The disk is full.
    #[error("the disk of the journal is full; nothing is acknowledged until there is free space")]
    Full(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Another process uses the journal.
    #[error("the journal in {0} is in use by another process; stop that process or choose another directory")]
    InUse(String),
    /// The file is not a journal, or cannot be opened.
    #[error("cannot open {path} as a journal; move the file away or choose another directory")]
    NotAJournal {
        /// Path of the file.
        path: String,
        /// Cause of the error.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Another version of this program wrote the journal. Nothing was changed.
    #[error(
        "the journal {path} has format version {found}, but this program supports version {supported} only; open it with the \
         version of the program that wrote it, or choose another directory"
    )]
    OtherVersion {
        /// Path of the journal.
        path: String,
        /// Format version of the journal.
        found: i32,
        /// Format version that this program supports.
        supported: i32,
    },
    /// The journal is closed.
    #[error("the journal is closed")]
    Closed,
}

fn places(first: &Position, last: &Position) -> String {
    if first == last { format!("delivery {}", first.0) } else { format!("deliveries {} to {}", first.0, last.0) }
}
