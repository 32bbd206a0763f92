//! The simulated service, which knows the truth of every call.

pub(crate) mod bodies;
pub(crate) mod call;
pub(crate) mod callbacks;
pub(crate) mod commands;
pub(crate) mod machine;
pub(crate) mod operating;
pub(crate) mod operations;
pub(crate) mod roster;
pub(crate) mod samples;
pub(crate) mod story;
pub(crate) mod truth;
