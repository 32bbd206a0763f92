//! The simulated service over HTTP.

pub(crate) mod app;
pub(crate) mod poster;
pub(crate) mod signing_key;
