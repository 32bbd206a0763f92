//! The journal in a SQLite file. `docs/decisions/journal-store.md` explains the choice of SQLite with a rollback journal.

pub(crate) mod connection;
pub(crate) mod journal;
pub(crate) mod rebuild;
pub(crate) mod rows;
pub(crate) mod store;
pub(crate) mod writer;
