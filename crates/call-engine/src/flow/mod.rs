//! Deliveries in, requests out, and the shards between them.

pub(crate) mod courier;
pub(crate) mod inlet;
pub(crate) mod log;
pub(crate) mod pace;
pub(crate) mod pages;
pub(crate) mod shard;
