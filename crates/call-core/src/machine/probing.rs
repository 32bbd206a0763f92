//! When to probe: how often a question was asked, and when it is asked again.

use core::time::Duration;

use crate::machine::config::Probes;
use crate::machine::config::SHORTEST_WAIT;
use crate::words::time::Timestamp;

/// How often the open question was asked, and when it was asked last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Probing {
    asked: u32,
    /// How often it was asked since the last reply that left it open.
    unanswered: u32,
    asked_at: Option<Timestamp>,
}

impl Probing {
    /// Notes that the host was asked.
    pub(crate) const fn ask(&mut self, now: Timestamp) {
        self.asked = self.asked.saturating_add(1);
        self.unanswered = self.unanswered.saturating_add(1);
        self.asked_at = Some(now);
    }

    /// Returns when the host was asked last.
    pub(crate) const fn asked_at(&self) -> Option<Timestamp> {
        self.asked_at
    }

    /// Notes that the question was answered, or that another one is open.
    pub(crate) const fn restart(&mut self) {
        (self.asked, self.unanswered) = (0, 0);
    }

    /// Notes a reply that leaves the question open. The budget begins again, but the interval stays as long as it is.
    pub(crate) const fn hear(&mut self) {
        self.unanswered = 0;
    }

    /// Moves noted instants to `now` at the latest, after a clock that jumped back.
    pub(crate) fn clamp(&mut self, now: Timestamp) {
        self.asked_at = self.asked_at.map(|at| at.min(now));
    }

    /// Returns when to ask next. `question` is the instant since when the question is open. After the budget, `silence` is the interval.
    pub(crate) fn next(&self, question: Timestamp, probes: &Probes, silence: Option<Duration>) -> Option<Timestamp> {
        let Some(asked_at) = self.asked_at else { return Some(question) };
        let wait = if self.is_spent(probes) { silence?.max(probes.patience) } else { self.patience(probes) };
        Some(question.max(asked_at.saturating_add(wait.max(SHORTEST_WAIT))))
    }

    /// Returns when to give up: the budget is spent, and the last probe was given its time.
    pub(crate) fn gives_up_at(&self, probes: &Probes) -> Option<Timestamp> {
        let asked_at = self.asked_at.filter(|_| self.is_spent(probes))?;
        Some(asked_at.saturating_add(self.patience(probes).max(SHORTEST_WAIT)))
    }

    /// Returns when the time of a whole budget is over that began at an instant, and the last probe was given its time; `None` before
    /// the first probe, and after one whose reply left the question open.
    pub(crate) fn gives_up_by(&self, since: Timestamp, probes: &Probes) -> Option<Timestamp> {
        let asked_at = self.asked_at.filter(|_| self.unanswered > 0)?;
        let rounds = (1_u32 << probes.budget.clamp(1, 31)) - 1;
        let over_at = since.saturating_add(probes.patience.max(SHORTEST_WAIT).saturating_mul(rounds));
        Some(over_at.max(asked_at.saturating_add(probes.patience.max(SHORTEST_WAIT))))
    }

    fn is_spent(&self, probes: &Probes) -> bool {
        self.unanswered >= probes.budget.max(1)
    }

    fn patience(&self, probes: &Probes) -> Duration {
        let longest = probes.budget.saturating_sub(1).min(31);
        probes.patience.saturating_mul(1 << self.asked.saturating_sub(1).min(longest))
    }
}
