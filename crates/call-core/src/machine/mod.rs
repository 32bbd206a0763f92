//! The machine around the rule: one call, many calls, deadlines, limits.

pub(crate) mod call;
pub(crate) mod config;
pub(crate) mod deadline;
pub(crate) mod input;
pub(crate) mod keeping_alive;
pub(crate) mod observations;
pub(crate) mod probing;
pub(crate) mod queue;
pub(crate) mod table;
