//! The machine around the rule: one call, many calls, deadlines, limits.

pub(crate) mod call;
pub(crate) mod call_order;
pub(crate) mod config;
pub(crate) mod deadline;
pub(crate) mod deadline_queue;
pub(crate) mod in_order;
pub(crate) mod input;
pub(crate) mod keeping_alive;
pub(crate) mod kept;
pub(crate) mod operating;
pub(crate) mod outline;
pub(crate) mod probing;
pub(crate) mod table;
