//! The journal in a file of this machine. Why it is SQLite with a rollback journal: `docs/decisions/journal-store.md`.

pub(crate) mod connection;
pub(crate) mod journal;
pub(crate) mod rebuild;
pub(crate) mod rows;
pub(crate) mod store;
pub(crate) mod writer;
