//! Where deliveries are kept before they are acknowledged.
//!
//! A [`Journal`] keeps them as they came, not what was made of them: what is known of a call follows from them, whoever reads
//! them again, and in whatever order. `SqliteJournal` (feature `sqlite`) keeps them in a file of this machine and survives a crash
//! and a loss of power; [`MemoryJournal`] survives nothing. A journal holds everything that was received, names and phone
//! numbers too; for how long, its host decides (`call_engine::Retention`).
//!
//! ```
//! use call_core::{Stamp, Timestamp};
//! use call_journal::{Journal, MemoryJournal, Position};
//! use call_msgraph::{Delivery, DeliveryKind};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), call_journal::JournalError> {
//! let journal = MemoryJournal::keeping(1);
//! for second in 1..=2 {
//!     let stamp = Stamp::at(Timestamp::from_millis(second * 1_000));
//!     journal.append(&[Delivery::new(stamp, DeliveryKind::Notification).into()]).await?;
//! }
//! let page = journal.read(Position::default(), 100).await?;
//! assert_eq!((page.entries.len(), page.entries[0].position), (1, Position(2)));
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "conformance")]
pub mod conformance;
mod journal;
mod memory;
#[cfg(feature = "sqlite")]
mod sqlite;

pub use journal::{Damage, Entry, Journal, JournalError, Page, Position};
pub use memory::MemoryJournal;
#[cfg(feature = "sqlite")]
pub use sqlite::journal::SqliteJournal;
#[cfg(feature = "sqlite")]
pub use sqlite::store::Recovery;
