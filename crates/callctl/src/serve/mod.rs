//! `callctl serve`: the engine as a sidecar, for a bot in any language.

mod access;
pub(crate) mod api;
pub(crate) mod arguments;
pub(crate) mod body;
pub(crate) mod events;
pub(crate) mod guard;
pub(crate) mod health;
mod hosts;
mod joins;
pub(crate) mod openapi;
pub(crate) mod operations;
pub(crate) mod page;
pub(crate) mod problem;
pub(crate) mod run;
mod secret;
pub(crate) mod settings;
pub(crate) mod shown;
pub(crate) mod sidecar;
mod wait;
