//! Journals: store deliveries durably before they are acknowledged.
//!
//! A [`Journal`] stores deliveries as they were received. The timelines follow from them, on any machine. `SqliteJournal` (feature
//! `sqlite`) stores them in a file, and survives a crash and a loss of power. [`MemoryJournal`] does not survive the process. A
//! journal contains personal data such as names and phone numbers. `call_engine::Retention` limits how long it keeps them.
//!
//! # Features
//!
//! | feature | default | effect |
//! | --- | --- | --- |
//! | `sqlite` | no | Adds `SqliteJournal`. Needs a C compiler. |
//! | `conformance` | no | Adds the module `conformance`, a test suite for journals. |
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
