//! A budget of fetches per minute.

use std::time::Duration;

use tokio::time::Instant;

/// Allows a number of fetches per minute, evenly spread, of which some may follow each other at once.
pub(super) struct Budget {
    interval: Duration,
    /// When the budget is whole again.
    whole_at: Option<Instant>,
}

/// Number of fetches that may follow each other at once.
const AT_ONCE: u32 = 3;

impl Budget {
    pub(super) fn per_minute(fetches: u32) -> Self {
        Self { interval: Duration::from_secs(60) / fetches.max(1), whole_at: None }
    }

    /// Takes a fetch from the budget, if there is one.
    pub(super) fn take(&mut self) -> bool {
        let now = Instant::now();
        let whole_at = self.whole_at.filter(|at| *at > now).unwrap_or(now) + self.interval;
        let is_allowed = whole_at <= now + self.interval * AT_ONCE;
        if is_allowed {
            self.whole_at = Some(whole_at);
        }
        is_allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_flood_gets_the_budget_of_a_minute() {
        let mut budget = Budget::per_minute(12);
        let mut taken = Vec::new();
        for millis in (0..60_000).step_by(100) {
            taken.extend(budget.take().then_some(millis));
            tokio::time::advance(Duration::from_millis(100)).await;
        }
        assert_eq!(taken.len(), 14, "{taken:?}");
        assert_eq!(taken[..4], [0, 100, 200, 5_000]);
        tokio::time::advance(Duration::from_secs(60)).await;
        assert!((0..3).all(|_| budget.take()) && !budget.take());
    }
}
