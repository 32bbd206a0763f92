//! Shells that run the service: in the process of the bot, and over HTTP.

#[cfg(feature = "http")]
pub(crate) mod http;
pub(crate) mod in_process;
pub(crate) mod running;
pub(crate) mod simulated;
