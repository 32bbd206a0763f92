//! `callctl demo`: a bot, the engine and the simulated service, to watch.

mod bot;
mod report;
mod rows;
mod run;
mod stage;

pub(crate) use run::Demo;
