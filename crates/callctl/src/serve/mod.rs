//! `callctl serve`: the engine as a sidecar, for a bot in any language.

mod access;
pub(crate) mod api;
pub(crate) mod arguments;
pub(crate) mod body;
mod check;
mod drain;
pub(crate) mod events;
pub(crate) mod guard;
mod headers;
pub(crate) mod health;
mod hosts;
mod joins;
mod metrics;
pub(crate) mod openapi;
pub(crate) mod operations;
pub(crate) mod page;
mod parts;
pub(crate) mod problem;
mod providers;
mod query;
pub(crate) mod run;
mod secret;
pub(crate) mod settings;
pub(crate) mod shown;
pub(crate) mod sidecar;
mod upkeep;
mod wait;
