//! What a host holds in its hands: the engine, its calls, its incoming calls.

pub(crate) mod engine;
pub(crate) mod handle;
pub(crate) mod incoming;
pub(crate) mod listing;
pub(crate) mod pending;
