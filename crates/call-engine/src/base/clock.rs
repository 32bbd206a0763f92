use call_core::Timestamp;
use tokio::time::Instant;

/// The engine's time: it begins with the machine's, and from then on never goes back, whatever is done to the machine's clock.
#[derive(Debug)]
pub(crate) struct Clock {
    began_at: Timestamp,
    began: Instant,
}

impl Clock {
    /// Makes a clock that shows nothing before an instant that was seen already, though the machine's be set back.
    pub(crate) fn new(epoch: Option<(Timestamp, Instant)>, seen: Timestamp) -> Self {
        let now = Instant::now();
        let (began_at, began) = epoch.unwrap_or_else(|| (of_the_machine(), now));
        let clock = Self { began_at, began };
        if clock.now() < seen { Self { began_at: seen, began: now } } else { clock }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.began_at.saturating_add(self.began.elapsed())
    }

    /// Waits until an instant; for ever if there is none.
    pub(crate) async fn sleep_until(&self, at: Option<Timestamp>) {
        match at {
            Some(at) => tokio::time::sleep_until(self.began + at.saturating_since(self.began_at)).await,
            None => std::future::pending().await,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "somebody has to read the clock that the core is handed")]
fn of_the_machine() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_nanos(0).saturating_add(since)
}
