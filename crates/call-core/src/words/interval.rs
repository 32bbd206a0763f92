//! The time span in which an observation was true.

use crate::words::time::Timestamp;

/// Time span in which an observation was true. Both ends are inclusive, and the span is never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Interval {
    earliest: Timestamp,
    latest: Timestamp,
}

impl Interval {
    /// Returns the interval between two instants, in either order.
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

    /// Returns whether this interval ends before the other begins.
    #[must_use]
    pub fn surely_precedes(self, other: Self) -> bool {
        self.latest < other.earliest
    }
}
