//! `callctl demo`: shows the engine following calls over a faulty network.

pub(crate) mod bot;
pub(crate) mod page;
pub(crate) mod report;
pub(crate) mod rows;
pub(crate) mod run;
pub(crate) mod stage;
