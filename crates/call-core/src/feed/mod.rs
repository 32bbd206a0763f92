//! The outputs: the changes between two timelines as events, and the actions that the host is asked for.

pub(crate) mod change;
pub(crate) mod changes;
pub(crate) mod output;
pub(crate) mod sorted_list;
pub(crate) mod step_diff;
pub(crate) mod step_trace;
