//! Whether what a bot made of its deliveries agrees with the truth, as far as they could tell it.

pub(crate) mod agreement;
pub(crate) mod knowable;
