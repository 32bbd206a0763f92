//! The types that a host uses: the engine, call handles, incoming calls.

pub(crate) mod engine;
pub(crate) mod finished;
pub(crate) mod handle;
pub(crate) mod health;
pub(crate) mod incoming;
pub(crate) mod listing;
pub(crate) mod operations;
pub(crate) mod pending;
mod policy;
pub(crate) mod started;
pub(crate) mod tones;
