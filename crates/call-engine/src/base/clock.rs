//! The clock of an engine.

use std::time::Duration;

use call_core::Timestamp;
use tokio::time::Instant;

/// A clock that starts at the machine's time and never goes back, even if the machine's clock is set back.
#[derive(Debug)]
pub(crate) struct Clock {
    began_at: Timestamp,
    began: Instant,
}

impl Clock {
    /// Returns a clock that shows the time of the machine, or that of a simulation.
    pub(crate) fn new(epoch: Option<(Timestamp, Instant)>) -> Self {
        let (began_at, began) = epoch.unwrap_or_else(|| (of_the_machine(), Instant::now()));
        Self { began_at, began }
    }

    /// Returns this clock, or one that shows `not_before`, the last plausible time that the journal contains.
    pub(crate) fn not_before(self, not_before: Timestamp) -> Self {
        if self.now() < not_before { Self { began_at: not_before, began: Instant::now() } } else { self }
    }

    /// Returns by how much the clock is ahead of the machine's clock, and by how much it is behind.
    pub(crate) fn drift(&self) -> (Duration, Duration) {
        let (own, machine) = (self.now(), of_the_machine());
        (own.saturating_since(machine), machine.saturating_since(own))
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.began_at.saturating_add(self.began.elapsed())
    }

    /// Waits until an instant, or forever if there is none.
    pub(crate) async fn sleep_until(&self, at: Option<Timestamp>) {
        match at {
            Some(at) => tokio::time::sleep_until(self.began + at.saturating_since(self.began_at)).await,
            None => std::future::pending().await,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the only place that reads the machine's clock")]
fn of_the_machine() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_nanos(0).saturating_add(since)
}
