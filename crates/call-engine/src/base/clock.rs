//! The clock of an engine.

use call_core::Timestamp;
use tokio::time::Instant;

/// A clock that starts at the machine's time and never goes back, even if the machine's clock is set back.
#[derive(Debug)]
pub(crate) struct Clock {
    began_at: Timestamp,
    began: Instant,
}

impl Clock {
    /// Returns a clock that shows at least `not_before`, the last instant that the journal contains.
    pub(crate) fn new(epoch: Option<(Timestamp, Instant)>, not_before: Timestamp) -> Self {
        let now = Instant::now();
        let (began_at, began) = epoch.unwrap_or_else(|| (of_the_machine(), now));
        let clock = Self { began_at, began };
        if clock.now() < not_before { Self { began_at: not_before, began: now } } else { clock }
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
