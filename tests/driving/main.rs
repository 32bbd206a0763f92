//! Drives calls as a host does, and checks which actions they request, and when.

mod calls;
mod end;
mod keep_alive;
mod outcomes;
mod probes;
mod rosters;

use call_core::{CallState, Observation, Timestamp};

fn at(second: i64) -> Timestamp {
    Timestamp::from_millis(second * 1_000)
}

fn notified(second: i64, state: CallState) -> Observation {
    Observation::notified(at(second), state)
}
