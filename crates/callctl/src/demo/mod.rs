//! `callctl demo`: a bot, the engine and the simulated service, to watch.

pub(crate) mod bot;
pub(crate) mod report;
pub(crate) mod rows;
pub(crate) mod run;
pub(crate) mod stage;
