//! `callctl demo`: a bot, the engine and the simulated service, to watch.

mod bot;
mod report;
mod rows;
mod run;
mod stage;

pub(crate) use run::Demo;

type AnyError = Box<dyn std::error::Error + Send + Sync>;
