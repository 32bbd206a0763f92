//! Recognizes times that a wrong clock has stamped, and what to use instead.
//!
//! A machine can start with a wrong clock: its battery is empty, or its time has not been synchronized yet. The records of that run have
//! wrong times, and the records of the next run seem to be older than they are. The sequence of the stamps still says what was received
//! after what.

use std::time::Duration;

use call_core::{NodeId, Stamp, Timestamp};

/// Maximum time that stamps may be ahead of the machine's clock. Smaller differences are usual corrections of a clock.
pub(crate) const LONGEST_LEAD: Duration = Duration::from_secs(600);

/// Maximum plausible time between two records, or between the last record and now. A longer one may be a long pause, or the fault of
/// a clock. Three days let a weekend pass.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(3 * 24 * 3_600);

/// How the clock of this machine compares with the newest record of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ClockState {
    /// The clock is plausible, or the journal is empty.
    #[default]
    Plausible,
    /// The clock is more than ten minutes behind the newest record: this run or the last one has a wrong clock. New records get
    /// the time of this clock, those of the last run count as received before, and every call is probed.
    Behind(Duration),
    /// The clock is more than three days ahead of the newest record: there was a long pause, or this run or the last one has a
    /// wrong clock. The pause does not count for the age of records, and creates in flight are followed as if they were new.
    Ahead(Duration),
}

/// The plausible times of the records of one node, in the order in which they are read.
#[derive(Debug)]
pub(crate) struct Calendar {
    node: NodeId,
    now: Timestamp,
    /// Stamp with the latest plausible time.
    front: Option<Stamp>,
    /// Stamp with the highest sequence number.
    newest: Option<Stamp>,
}

impl Calendar {
    /// Returns the calendar of a node whose clock shows `now`.
    pub(crate) const fn new(node: NodeId, now: Timestamp) -> Self {
        Self { node, now, front: None, newest: None }
    }

    /// Notes that the clock shows `now`.
    pub(crate) fn advance(&mut self, now: Timestamp) {
        self.now = now;
    }

    /// Returns a stamp with a plausible time: not ahead of the clock, and not before the records that precede it.
    pub(crate) fn plausible(&mut self, stamp: Stamp) -> Stamp {
        if stamp.node != self.node {
            return stamp;
        }
        if self.newest.is_none_or(|newest| newest.sequence <= stamp.sequence) {
            self.newest = Some(stamp);
        }
        let front = self.front.map(|front| front.received_at);
        if stamp.received_at > self.now.saturating_add(LONGEST_LEAD) {
            return Stamp { received_at: front.unwrap_or(self.now), ..stamp };
        }
        // A journal may have been put together from several, so a record may also have been stamped before the one that it follows.
        let follows = self.front.filter(|front| front.sequence < stamp.sequence);
        if let Some(front) = follows.filter(|front| stamp.received_at.saturating_add(LONGEST_LEAD) < front.received_at)
        {
            let lifted = Stamp { received_at: front.received_at, ..stamp };
            self.front = Some(lifted);
            return lifted;
        }
        if self.front.is_none_or(|front| front.received_at <= stamp.received_at) {
            self.front = Some(stamp);
        }
        stamp
    }

    /// Returns the stamp after which the node continues: the highest sequence number, and the latest plausible time.
    pub(crate) fn last(&self) -> Option<Stamp> {
        let newest = self.newest?;
        Some(Stamp { received_at: self.front.map_or(self.now, |front| front.received_at), ..newest })
    }

    /// Compares the clock with the newest record.
    pub(crate) fn state(&self) -> ClockState {
        let Some(newest) = self.newest else { return ClockState::Plausible };
        let behind = newest.received_at.saturating_since(self.now);
        let ahead = self.now.saturating_since(newest.received_at);
        if behind > LONGEST_LEAD {
            ClockState::Behind(behind)
        } else if ahead > LONGEST_PAUSE {
            ClockState::Ahead(ahead)
        } else {
            ClockState::Plausible
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    /// Returns the plausible times of records that were stamped one after another, in milliseconds.
    fn plausible(now: i64, times: &[i64]) -> (Vec<i64>, Calendar) {
        let mut calendar = Calendar::new(NodeId(1), Timestamp::from_millis(now));
        let stamps = times.iter().zip(0..).map(|(&at, sequence)| Stamp {
            node: NodeId(1),
            sequence,
            ..Stamp::at(Timestamp::from_millis(at))
        });
        let times = stamps.map(|stamp| calendar.plausible(stamp).received_at.as_millis()).collect();
        (times, calendar)
    }

    #[test]
    fn times_of_a_wrong_clock_are_replaced() {
        let noon = 1_000 * DAY;
        let (year, back) = (noon + 366 * DAY, noon - 40 * DAY);
        for (now, stamped, expected) in [
            // Usual corrections change nothing.
            (noon + 9, [noon, noon - 60_000, noon + 9], [noon, noon - 60_000, noon + 9]),
            // A year ahead, then right again.
            (noon + 9, [noon, year, year + 5], [noon, noon, noon]),
            (noon + 9, [noon, year, noon + 9], [noon, noon, noon + 9]),
            // Behind, then right again.
            (noon + 9, [noon, back, back + 5], [noon, noon, noon]),
            (noon + 9, [noon, back, noon + 9], [noon, noon, noon + 9]),
            // The present clock is behind, and cannot know it.
            (back, [noon, noon + 5, back], [back, back, back]),
            // Back and forth.
            (noon + 9, [year, back, noon], [noon + 9, back, noon]),
        ] {
            assert_eq!(plausible(now, &stamped).0, expected, "{stamped:?} at {now}");
        }
    }

    #[test]
    fn stamps_continue_at_a_plausible_time() {
        let noon = 1_000 * DAY;
        for (now, stamped, continued, state) in [
            (noon + 5, [noon, noon + 60_000], noon + 60_000, ClockState::Plausible),
            (noon + 2 * DAY, [noon, noon + 1], noon + 1, ClockState::Plausible),
            (noon, [noon - 1, noon + DAY], noon - 1, ClockState::Behind(Duration::from_secs(86_400))),
            (noon, [noon + DAY, noon + DAY], noon, ClockState::Behind(Duration::from_secs(86_400))),
            (noon + 4 * DAY, [noon - 1, noon], noon, ClockState::Ahead(Duration::from_secs(4 * 86_400))),
        ] {
            let (_, calendar) = plausible(now, &stamped);
            let last = calendar.last().expect("stamps");
            assert_eq!(
                (last.sequence, last.received_at.as_millis(), calendar.state()),
                (1, continued, state),
                "{stamped:?}"
            );
        }
    }
}
