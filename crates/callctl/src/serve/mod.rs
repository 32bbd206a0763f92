//! `callctl serve`: the engine as a sidecar, for a bot in any language.

mod api;
mod arguments;
mod events;
mod guard;
mod health;
mod page;
mod problem;
mod run;
mod settings;
mod shown;

pub(crate) use arguments::ServeArguments;
pub(crate) use run::Serve;
