//! What comes out: how one timeline differs from the one before, as events and actions.

pub(crate) mod change;
pub(crate) mod changes;
pub(crate) mod output;
pub(crate) mod sorted_list;
pub(crate) mod step_diff;
pub(crate) mod step_trace;
