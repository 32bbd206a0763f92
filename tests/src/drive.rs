//! Drives machines by hand.

use std::sync::Arc;

use call_core::{Call, CallId, CallTable, Config, Observation, Output, Timestamp};

/// Passes inputs to a call, all at one instant.
#[must_use]
pub fn call(config: &Arc<Config>, observations: impl IntoIterator<Item = Observation>) -> Call {
    let mut call = Call::new(Arc::clone(config));
    for observation in observations {
        call.handle(observation, Timestamp::from_millis(0));
    }
    call
}

/// Passes inputs to a table of calls, all at one instant.
#[must_use]
pub fn table(config: &Arc<Config>, observations: impl IntoIterator<Item = (CallId, Observation)>) -> CallTable {
    let mut table = CallTable::new(Arc::clone(config));
    for (call, observation) in observations {
        table.handle(&call, observation, Timestamp::from_millis(0));
    }
    table
}

/// Takes all outputs of a call.
pub fn drain(call: &mut Call) -> Vec<Output> {
    std::iter::from_fn(|| call.poll_output()).collect()
}
