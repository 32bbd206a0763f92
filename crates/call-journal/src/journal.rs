use async_trait::async_trait;
use call_msgraph::Record;

/// Keeps deliveries as they came.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Keeps a delivery, and returns once it would survive what the journal promises to survive.
    ///
    /// Cancel safety: a delivery whose future is dropped may have been kept, which does no harm.
    ///
    /// # Errors
    /// [`JournalError`]: the delivery must not be acknowledged.
    async fn append(&self, record: &Record) -> Result<(), JournalError>;

    /// Returns what is kept, in the order in which it was.
    ///
    /// # Errors
    /// [`JournalError`]
    async fn read(&self) -> Result<Vec<Record>, JournalError>;
}

/// Why nothing can be kept or read. Trying again is safe, for the same delivery twice is one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// What the journal writes to, or reads from, fails.
    #[error("the journal cannot be used; nothing is acknowledged until it can")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}
