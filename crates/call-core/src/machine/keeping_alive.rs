//! When a call should be kept alive, and when the host is warned that it was not.

use crate::machine::config::KeepAlive;
use crate::machine::config::SHORTEST_WAIT;
use crate::words::command::Command;
use crate::words::observation::{Observation, Source};
use crate::words::time::Timestamp;

/// When the call was kept alive last, and when that was asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeepingAlive {
    first_heard_at: Option<Timestamp>,
    kept_at: Option<Timestamp>,
    asked_at: Option<Timestamp>,
    warned: bool,
}

impl KeepingAlive {
    /// Takes in an observation of the call.
    pub(crate) fn observe(&mut self, observation: &Observation, now: Timestamp) {
        // By when it was sent, if that is known: the service may have counted from then on.
        let at = observation.sent_at().unwrap_or(observation.stamp.received_at).min(now);
        if matches!(observation.source, Source::Accepted { command: Command::KeepAlive, .. }) {
            if self.kept_at < Some(at) {
                (self.kept_at, self.warned) = (Some(at), false);
            }
        } else {
            self.first_heard_at = self.first_heard_at.into_iter().chain([at]).min();
        }
    }

    /// Returns since when the service counts the time.
    fn alive_at(&self) -> Option<Timestamp> {
        self.kept_at.or(self.first_heard_at)
    }

    /// Takes note that the host was asked.
    pub(crate) const fn ask(&mut self, now: Timestamp) {
        self.asked_at = Some(now);
    }

    /// Takes note that the host was warned.
    pub(crate) const fn warn(&mut self) {
        self.warned = true;
    }

    /// Lets nothing lie in the future, should the clock have jumped back.
    pub(crate) fn clamp(&mut self, now: Timestamp) {
        self.first_heard_at = self.first_heard_at.map(|at| at.min(now));
        self.kept_at = self.kept_at.map(|at| at.min(now));
        self.asked_at = self.asked_at.map(|at| at.min(now));
    }

    /// Returns when to ask next.
    pub(crate) fn next(&self, config: &KeepAlive) -> Option<Timestamp> {
        let due = self.alive_at()?.saturating_add(config.every);
        let again = self.asked_at.map(|at| at.saturating_add(config.retry.max(SHORTEST_WAIT)));
        Some(again.map_or(due, |again| due.max(again)))
    }

    /// Returns when to warn.
    pub(crate) fn next_warning(&self, config: &KeepAlive) -> Option<Timestamp> {
        let before = config.ends_after.saturating_sub(config.warn_before);
        (!self.warned).then_some(self.alive_at()?.saturating_add(before))
    }

    /// Returns when the service ends the call.
    pub(crate) fn ends_at(&self, config: &KeepAlive) -> Option<Timestamp> {
        Some(self.alive_at()?.saturating_add(config.ends_after))
    }
}
