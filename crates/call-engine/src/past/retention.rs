//! Retention: which records a journal can discard.

use std::collections::HashMap;
use std::time::Duration;

use call_core::{CallId, CallState, Observation, Source, Timestamp};
use call_journal::{Journal, JournalError, Position};
use call_msgraph::{Creates, Hearing, hearings};

use crate::past::calendar::LONGEST_PAUSE;

/// Time for which a journal keeps records.
///
/// A record of several calls is kept as long as one of them needs it. The last record is always kept. A single 404 is no end: it may be
/// false, and the call may be alive.
///
/// The age of a record is the time between the records after it, and from the last one to now. A time that goes back, or that jumps ahead
/// by more than three days, may be the fault of a clock, and does not count. So a single start with a wrong clock discards nothing, and after a
/// long pause records are kept longer. [`trusts_clock`](Self::trusts_clock) turns this off.
///
/// ```
/// use std::time::Duration;
/// use call_core::{Stamp, Timestamp};
/// use call_engine::Retention;
/// use call_journal::{Journal, MemoryJournal};
/// use call_msgraph::Delivery;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), call_journal::JournalError> {
/// let journal = MemoryJournal::keeping(100);
/// for (millis, call) in [(0, "a"), (1, "b")] {
///     let stamp = Stamp::at(Timestamp::from_millis(millis));
///     let ended = format!(r#"{{"changeType": "deleted", "resource": "/app/calls/{call}"}}"#);
///     journal.append(&[Delivery::post(ended.into_bytes()).stamped(stamp).into()]).await?;
/// }
/// let retention = Retention { after_end: Duration::from_secs(60), ..Retention::default() };
/// let retained = retention.apply(&journal, Timestamp::from_millis(3_600_000)).await?;
/// assert_eq!((retained.kept, retained.discarded), (1, 1));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Time after its last record for which the records of an ended call are kept. Default: 1 day.
    pub after_end: Duration,
    /// Maximum age of any record. A call that lasts longer loses its beginning at a restart. Default: 30 days.
    pub max_age: Duration,
    /// Whether the age of a record is its distance from the clock, whatever the other records say. Default: false.
    pub trusts_clock: bool,
}

/// Outcome of a retention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Retained {
    /// Number of records that are kept.
    pub kept: usize,
    /// Number of records that were discarded.
    pub discarded: usize,
    /// Time between records, and since the last one, that does not count for their age, because it may be the fault of a clock.
    pub uncounted: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        const DAY: Duration = Duration::from_secs(24 * 3_600);
        Self { after_end: DAY, max_age: DAY * 30, trusts_clock: false }
    }
}

/// Number of records that are read or discarded at a time.
const PAGE: usize = 4_096;

impl Retention {
    /// Discards the records of a journal whose time is over.
    ///
    /// Cancel safety: a later call discards the rest.
    ///
    /// # Errors
    /// [`JournalError`]. Some records may have been discarded.
    pub async fn apply(&self, journal: &dyn Journal, now: Timestamp) -> Result<Retained, JournalError> {
        self.apply_in(journal, now, None).await
    }

    /// Discards records as [`apply`](Self::apply), in a run of an engine, whose times are right relative to each other.
    pub(crate) async fn apply_in(
        &self,
        journal: &dyn Journal,
        now: Timestamp,
        mut run: Option<Run>,
    ) -> Result<Retained, JournalError> {
        // Retention does not depend on whether a call is our own.
        let mut creates = Creates::default();
        let mut kept = Kept::default();
        let mut ages = Ages { trusts_clock: self.trusts_clock, ..Ages::default() };
        let mut after = Some(Position::default());
        while let Some(from) = after {
            let page = journal.read(from, PAGE).await?;
            for entry in page.entries {
                let hearings = hearings(&entry.record, &mut creates).hearings;
                if let Some(run) = run.take_if(|run| entry.position > run.after) {
                    ages.begin(run);
                }
                kept.note(entry.position, ages.at(entry.record.stamp().received_at), hearings);
            }
            after = page.next;
        }
        if let Some(run) = run {
            ages.begin(run);
        }
        let now = ages.at(now);
        let discarded = kept.discardable(
            |call| call.has_ended && is_older(call.heard_at, self.after_end, now),
            |at| is_older(at, self.max_age, now),
        );
        for positions in discarded.chunks(PAGE) {
            journal.discard(positions).await?;
        }
        let (all, discarded) = (kept.deliveries.len(), discarded.len());
        Ok(Retained { kept: all - discarded, discarded, uncounted: ages.uncounted })
    }
}

/// A run of an engine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    /// The last position of the journal when it began.
    pub(crate) after: Position,
    /// When it began.
    pub(crate) began_at: Timestamp,
}

/// A clock that goes on by plausible times only.
#[derive(Debug, Default)]
struct Ages {
    trusts_clock: bool,
    /// The latest time, and what this clock showed then.
    latest: Option<(Timestamp, Timestamp)>,
    /// Time that did not count.
    uncounted: Duration,
    /// Whether the times are those of one run, so that a long pause is one.
    is_one_run: bool,
}

impl Ages {
    /// Notes that all further times are those of a run.
    fn begin(&mut self, run: Run) {
        self.at(run.began_at);
        self.is_one_run = true;
    }

    /// Returns what the clock shows at a time that follows the last one.
    fn at(&mut self, time: Timestamp) -> Timestamp {
        if self.trusts_clock {
            return time;
        }
        let (latest, shown) = self.latest.unwrap_or((time, time));
        let (passed, back) = (time.saturating_since(latest), latest.saturating_since(time));
        if back > Duration::ZERO && back <= LONGEST_PAUSE {
            // It counts when the latest time has been reached again.
            return shown;
        }
        let is_plausible = self.is_one_run || passed <= LONGEST_PAUSE;
        if !is_plausible {
            self.uncounted = self.uncounted.saturating_add(passed);
        }
        let shows = if is_plausible { shown.saturating_add(passed) } else { shown };
        self.latest = Some((time, shows));
        shows
    }
}

fn is_older(at: Timestamp, age: Duration, now: Timestamp) -> bool {
    at.saturating_add(age) <= now
}

/// All records, and the calls that they concern.
#[derive(Debug, Default)]
struct Kept {
    deliveries: Vec<(Position, Timestamp, Concerns)>,
    calls: Vec<Heard>,
    numbers: HashMap<CallId, u32>,
}

/// The calls that a record concerns, by number. There may be millions of records, and nearly all concern one call.
#[derive(Debug)]
enum Concerns {
    Nothing,
    One(u32),
    Several(Box<[u32]>),
}

#[derive(Debug)]
struct Heard {
    heard_at: Timestamp,
    has_ended: bool,
    was_gone: bool,
}

impl Kept {
    fn note(&mut self, position: Position, at: Timestamp, hearings: Vec<Hearing>) {
        let mut concerned = Vec::new();
        for Hearing { call, observations, .. } in hearings {
            let mut ends = observations.iter().filter(|seen| seen.claim.as_state() == Some(CallState::Terminated));
            let is_gone = |seen: &Observation| matches!(seen.source, Source::Gone { .. });
            let (gone, over) = (ends.clone().any(is_gone), ends.any(|seen| !is_gone(seen)));
            let next = u32::try_from(self.calls.len()).unwrap_or(u32::MAX);
            let number = *self.numbers.entry(call).or_insert(next);
            if number == next {
                self.calls.push(Heard { heard_at: at, has_ended: false, was_gone: false });
            }
            if let Some(call) = self.calls.get_mut(number as usize) {
                call.heard_at = call.heard_at.max(at);
                // The first 404 only makes the end likely.
                call.has_ended |= over || (gone && call.was_gone);
                call.was_gone |= gone;
            }
            concerned.push(number);
        }
        let concerns = match concerned[..] {
            [] => Concerns::Nothing,
            [one] => Concerns::One(one),
            _ => Concerns::Several(concerned.into()),
        };
        self.deliveries.push((position, at, concerns));
    }

    fn discardable(&self, is_over: impl Fn(&Heard) -> bool, is_old: impl Fn(Timestamp) -> bool) -> Vec<Position> {
        let is_over = |number: &u32| self.calls.get(*number as usize).is_some_and(&is_over);
        let last = self.deliveries.len().saturating_sub(1);
        let earlier = self.deliveries.iter().take(last);
        let discardable = earlier.filter(|(_, at, concerns)| {
            is_old(*at)
                || match concerns {
                    Concerns::Nothing => false,
                    Concerns::One(call) => is_over(call),
                    Concerns::Several(calls) => calls.iter().all(is_over),
                }
        });
        discardable.map(|(position, ..)| *position).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plausible_times_pass() {
        const HOUR: i64 = 3_600_000;
        const DAY: i64 = 24 * HOUR;
        let passed = |trusts_clock: bool, times: &[i64]| {
            let mut ages = Ages { trusts_clock, ..Ages::default() };
            let shown: Vec<_> = times.iter().map(|&at| ages.at(Timestamp::from_millis(at)).as_millis()).collect();
            (shown.last().expect("times") - shown[0]) / HOUR
        };
        for (times, hours) in [
            (&[0, HOUR, 3 * HOUR][..], 3),
            (&[0, 2 * DAY], 48),
            (&[0, 366 * DAY], 0),
            (&[0, 366 * DAY, 366 * DAY + HOUR, 2 * HOUR, 3 * HOUR], 2),
            (&[100 * DAY, 60 * DAY, 60 * DAY + HOUR, 100 * DAY, 100 * DAY + HOUR], 2),
            (&[0, 366 * DAY, 0, 366 * DAY, 0, 366 * DAY], 0),
            (&[0, 2 * DAY, 0, 2 * DAY, 0, 2 * DAY], 48),
        ] {
            assert_eq!(passed(false, times), hours, "{times:?}");
        }
        assert_eq!(passed(true, &[0, 366 * DAY]), 366 * 24);
        // Within a run, a long pause is one.
        let mut ages = Ages::default();
        let before = ages.at(Timestamp::from_millis(0));
        ages.begin(Run { after: Position::default(), began_at: Timestamp::from_millis(50 * DAY) });
        let shown = ages.at(Timestamp::from_millis(57 * DAY));
        assert_eq!(shown.saturating_since(before), Duration::from_secs(7 * 24 * 3_600));
        assert_eq!(ages.uncounted, Duration::from_secs(50 * 24 * 3_600));
    }
}
