use crate::words::time::Timestamp;

/// The span in which an observation was true; both ends inclusive, never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Interval {
    earliest: Timestamp,
    latest: Timestamp,
}

impl Interval {
    /// Orders the two instants, so that no argument makes an empty interval.
    #[must_use]
    pub fn between(a: Timestamp, b: Timestamp) -> Self {
        Self { earliest: a.min(b), latest: a.max(b) }
    }

    /// Returns the first instant.
    #[must_use]
    pub const fn earliest(self) -> Timestamp {
        self.earliest
    }

    /// Returns the last instant.
    #[must_use]
    pub const fn latest(self) -> Timestamp {
        self.latest
    }

    /// Returns whether everything here lies before everything there.
    #[must_use]
    pub fn surely_precedes(self, other: Self) -> bool {
        self.latest < other.earliest
    }
}
