//! The journal in a file of this machine. Why it is SQLite with a rollback journal: `docs/decisions/journal-store.md`.

mod connection;
mod journal;
mod rebuild;
mod rows;
mod store;
mod writer;

pub use journal::SqliteJournal;
pub use store::Recovery;
