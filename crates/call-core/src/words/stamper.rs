//! Assigns stamps on one node.

use crate::words::stamp::{NodeId, Stamp};
use crate::words::time::Timestamp;

/// Assigns the stamps of a node: `received_at` never decreases, and `sequence` never repeats.
///
/// A node that restarts resumes after the last stamp that it assigned before.
///
/// ```
/// use call_core::{NodeId, Stamper, Timestamp};
/// let noon = Timestamp::from_millis(1_700_000_000_000);
/// let mut stamper = Stamper::new(NodeId(3));
/// let last = stamper.stamp(noon);
///
/// let mut restarted = Stamper::resume(NodeId(3), last);
/// let next = restarted.stamp(Timestamp::from_millis(0)); // the clock was set back
/// assert_eq!((next.received_at, next.sequence), (noon, 1));
/// ```
#[derive(Debug, Clone)]
pub struct Stamper {
    node: NodeId,
    sequence: u64,
    not_before: Timestamp,
}

impl Stamper {
    /// Returns the stamper of a node that has assigned no stamp yet.
    #[must_use]
    pub const fn new(node: NodeId) -> Self {
        Self { node, sequence: 0, not_before: Timestamp::MIN }
    }

    /// Returns the stamper of a node whose last stamp was `last`.
    #[must_use]
    pub const fn resume(node: NodeId, last: Stamp) -> Self {
        Self { node, sequence: last.sequence.saturating_add(1), not_before: last.received_at }
    }

    /// Returns the stamp of something that is received now.
    pub fn stamp(&mut self, now: Timestamp) -> Stamp {
        self.not_before = self.not_before.max(now);
        let stamp = Stamp { node: self.node, sequence: self.sequence, ..Stamp::at(self.not_before) };
        self.sequence = self.sequence.saturating_add(1);
        stamp
    }
}
