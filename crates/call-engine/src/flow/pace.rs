//! A limit on the number of requests per second.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Spreads requests over time, so that their number per second stays below a limit.
#[derive(Debug)]
pub(crate) struct Pace {
    step: Duration,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    pub(crate) fn new(per_second: u32) -> Self {
        Self { step: Duration::from_secs(1) / per_second.max(1), next: Mutex::new(None) }
    }

    /// Waits for the next free slot. Cancel safety: a slot that is not waited for is lost.
    pub(crate) async fn wait(&self) {
        let turn = self.take_turn(Instant::now());
        tokio::time::sleep_until(turn).await;
    }

    fn take_turn(&self, now: Instant) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = next.map_or(now, |next| next.max(now));
        *next = Some(turn + self.step);
        turn
    }
}
