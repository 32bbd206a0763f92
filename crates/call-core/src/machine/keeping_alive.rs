//! When to keep a call alive, and when to warn the host.

use crate::machine::config::KeepAlive;
use crate::machine::config::SHORTEST_WAIT;
use crate::words::command::Command;
use crate::words::observation::{Observation, Source};
use crate::words::time::Timestamp;

/// When the call was kept alive last, and when the host was asked last.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeepingAlive {
    first_heard_at: Option<Timestamp>,
    kept_at: Option<Timestamp>,
    asked_at: Option<Timestamp>,
    warned: bool,
}

impl KeepingAlive {
    /// Notes an observation of the call.
    pub(crate) fn observe(&mut self, observation: &Observation, now: Timestamp) {
        // The service may count from the instant at which the request was sent, so the earlier instant is used.
        let at = observation.sent_at().unwrap_or(observation.stamp.received_at).min(now);
        if matches!(observation.source, Source::Accepted { command: Command::KeepAlive, .. }) {
            if self.kept_at < Some(at) {
                (self.kept_at, self.warned) = (Some(at), false);
            }
        } else {
            self.first_heard_at = self.first_heard_at.into_iter().chain([at]).min();
        }
    }

    /// Returns the instant from which the service counts.
    fn alive_at(&self) -> Option<Timestamp> {
        self.kept_at.or(self.first_heard_at)
    }

    /// Notes that the host was asked.
    pub(crate) const fn ask(&mut self, now: Timestamp) {
        self.asked_at = Some(now);
    }

    /// Notes that the host was warned.
    pub(crate) const fn warn(&mut self) {
        self.warned = true;
    }

    /// Moves noted instants to `now` at the latest, after a clock that jumped back.
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
