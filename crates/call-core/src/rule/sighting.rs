//! Sightings: observations of a state of the connected phase.

use crate::words::interval::Interval;
use crate::words::state::CallState;

/// The states of the phase.
pub(crate) const STATES: [CallState; WIDTH] = CallState::CONNECTED;
/// Number of states.
pub(crate) const WIDTH: usize = CallState::CONNECTED.len();

/// An observation of a state of the phase.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sighting {
    pub(crate) state: CallState,
    pub(crate) interval: Interval,
}

impl Sighting {
    /// Returns the index of the state in its phase.
    pub(crate) const fn queue(&self) -> usize {
        // The states of a phase are neighbours.
        self.state as usize - STATES[0] as usize
    }
}
