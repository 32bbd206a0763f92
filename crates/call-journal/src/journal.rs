use async_trait::async_trait;
use call_msgraph::Record;

/// Stores records: deliveries as they came, and requests that are about to be sent. It decides nothing: its user says what it
/// discards.
///
/// What every implementation promises is checked by `call_journal::conformance::check` (feature `conformance`).
#[async_trait]
pub trait Journal: Send + Sync {
    /// Stores records, all or none of them, and returns once they would survive what the journal promises to survive.
    ///
    /// Cancel safety: records whose future is dropped may have been stored, which does no harm.
    ///
    /// # Errors
    /// [`JournalError`]: the deliveries must not be acknowledged, and the intents not carried out. Some of the records may have been
    /// stored all the same.
    async fn append(&self, records: &[Record]) -> Result<(), JournalError>;

    /// Returns what is kept after a position, in the order in which it was kept, at most so many entries (one at the least).
    ///
    /// # Errors
    /// [`JournalError`]; what is damaged is no error, but told with the page.
    async fn read(&self, after: Position, most: usize) -> Result<Page, JournalError>;

    /// Discards what is at these positions. A position at which nothing is, is no error.
    ///
    /// # Errors
    /// [`JournalError`]: some of them may be gone.
    async fn discard(&self, positions: &[Position]) -> Result<(), JournalError>;
}

/// A place in a journal. Later records have larger ones, and nothing ever moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position(pub u64);

/// A part of a journal.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Page {
    /// What could be read.
    pub entries: Vec<Entry>,
    /// What could not.
    pub damage: Vec<Damage>,
    /// After which position to go on; `None` at the end.
    pub next: Option<Position>,
}

/// A record at its position.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// Where it stands.
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

/// What was kept and cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}", places(.first, .last))]
#[non_exhaustive]
pub struct Damage {
    /// The first position that it concerns.
    pub first: Position,
    /// The last one; there need not have been a delivery at each.
    pub last: Position,
    /// What is wrong.
    pub reason: String,
}

impl Damage {
    /// Returns damage from one position to another, both inclusive.
    #[must_use]
    pub const fn new(first: Position, last: Position, reason: String) -> Self {
        Self { first, last, reason }
    }
}

/// Why nothing can be kept or read. Trying again is safe, for the same delivery twice is one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// What the journal writes to, or reads from, fails.
    #[error("the journal cannot be used; nothing is acknowledged until it can")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// There is no room left.
    #[error("there is no room left for the journal; nothing is acknowledged until there is")]
    Full(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Another process has it open.
    #[error("another process uses the journal in {0}: stop that first, or give each its own")]
    InUse(String),
    /// What lies where the journal should is none, or one that cannot be opened.
    #[error("{path} is no journal that can be opened: move it away, or name another directory")]
    NotAJournal {
        /// Where it lies.
        path: String,
        /// What is wrong.
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
    /// The journal was closed.
    #[error("the journal was closed")]
    Closed,
}

fn places(first: &Position, last: &Position) -> String {
    if first == last { format!("delivery {}", first.0) } else { format!("deliveries {} to {}", first.0, last.0) }
}
