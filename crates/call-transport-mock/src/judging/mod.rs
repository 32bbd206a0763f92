//! Compares what a bot made of its deliveries with the truth.

pub(crate) mod agreement;
pub(crate) mod knowable;
