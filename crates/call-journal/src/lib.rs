//! Where deliveries are kept before they are acknowledged.
//!
//! A [`Journal`] keeps them as they came, not what was made of them: what is known of a call follows from them, whoever reads
//! them again, and in whatever order.
//!
//! ```
//! use call_core::{Stamp, Timestamp};
//! use call_journal::{Journal, MemoryJournal};
//! use call_msgraph::{DeliveryKind, Record};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), call_journal::JournalError> {
//! let journal = MemoryJournal::keeping(1);
//! for second in 1..=2 {
//!     let stamp = Stamp::at(Timestamp::from_millis(second * 1_000));
//!     journal.append(&Record::new(stamp, DeliveryKind::Notification)).await?;
//! }
//! assert_eq!(journal.read().await?[0].stamp, Stamp::at(Timestamp::from_millis(2_000)));
//! # Ok(())
//! # }
//! ```

mod journal;
mod memory;

pub use journal::{Journal, JournalError};
pub use memory::MemoryJournal;
