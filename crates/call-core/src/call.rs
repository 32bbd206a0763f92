use alloc::vec::Vec;
use core::time::Duration;

use crate::{CallState, Claim, DEFAULT_REORDER_WINDOW, Observation, Source, Stamp, Timeline, Timestamp, reconcile};

/// What was observed of one call.
///
/// It may be fed in any order and as often as it comes: only the set of observations counts (G1).
///
/// ```
/// use call_core::{Call, CallState::*};
/// let mut call = Call::from_states([Terminated, Establishing]);
/// call.merge(&Call::from_states([Terminated, Establishing]));
/// assert_eq!(call.timeline().states(), [Establishing, Terminated]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Call {
    observations: Vec<Observation>,
}

impl Call {
    /// Makes a call of which notifications named these states, received a minute after each other.
    pub fn from_states(states: impl IntoIterator<Item = CallState>) -> Self {
        let minutes = (0..).map(|minute: i64| Stamp::at(Timestamp::from_millis(minute.saturating_mul(60_000))));
        let observation = |(stamp, state)| Observation::new(stamp, Source::Notification, Claim::state(state));
        Self { observations: minutes.zip(states).map(observation).collect() }
    }

    /// Takes in one observation. An observation that makes no sense becomes an anomaly of the timeline.
    pub fn observe(&mut self, observation: Observation) {
        if self.observations.len() == self.observations.capacity() {
            // Most calls hold few observations and there may be a million of them: doubling would be most of the memory.
            self.observations.reserve_exact(1 + self.observations.len() / 4);
        }
        self.observations.push(observation);
    }

    /// Takes in all that another replica observed of the same call.
    pub fn merge(&mut self, other: &Self) {
        self.observations.extend_from_slice(&other.observations);
    }

    /// Returns the timeline for the usual reorder window.
    #[must_use]
    pub fn timeline(&self) -> Timeline {
        self.timeline_within(DEFAULT_REORDER_WINDOW)
    }

    /// Returns the timeline, where notifications may have been on their way for `reorder_window`.
    #[must_use]
    pub fn timeline_within(&self, reorder_window: Duration) -> Timeline {
        reconcile(&self.observations, reorder_window)
    }
}
