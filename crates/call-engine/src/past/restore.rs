//! Restores the calls of an engine from its journal.

use std::collections::HashMap;
use std::sync::Arc;

use call_core::{CallId, CallTable, Timestamp};
use call_journal::{Damage, Journal, JournalError, Page, Position};
use call_msgraph::{Creates, Hearing, Record, hearings};

use crate::base::mail::shard_of;
use crate::base::random::seed;
use crate::base::references::References;
use crate::base::settings::EngineSettings;
use crate::past::calendar::{Calendar, ClockState};

/// What an engine restored from its journal when it started.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Restored {
    /// Number of records read: deliveries, and requests that were about to be sent.
    pub records: u64,
    /// Damaged parts of the journal. The engine uses all other records.
    pub damage: Vec<Damage>,
    /// Number of calls.
    pub calls: usize,
    /// How the clock of this machine compares with the newest record.
    pub clock: ClockState,
    /// Number of creates in flight. The engine adopts their calls when it receives their first notifications.
    pub creations: usize,
}

/// The state of an engine, while it is being restored.
pub(crate) struct Restoring {
    pub(crate) restored: Restored,
    /// The calls of each shard.
    pub(crate) tables: Vec<CallTable>,
    /// The creates in flight.
    pub(crate) creates: Creates,
    /// The host's own names of calls.
    pub(crate) references: References,
    /// The times of the records of this node.
    pub(crate) calendar: Calendar,
    /// The last position of the journal.
    pub(crate) last: Position,
    /// Hearings that were read and are not yet in a table.
    heard: HashMap<CallId, Heard>,
}

/// What a part of the journal says about one call.
struct Heard {
    hearing: Hearing,
    /// When the last of it was received.
    at: Timestamp,
}

/// Number of records that are read at a time.
const PAGE: usize = 1_024;
/// Initial capacity for the observations of a call. Most calls need no more.
const OF_A_CALL: usize = 40;
/// Number of records after which the collected hearings are passed to the tables. The timeline of a call is then computed once
/// for all of its records, and not once for each.
const TOGETHER: usize = 65_536;

impl Restoring {
    /// Reads a journal to its end, for an engine with a number of shards.
    pub(crate) async fn read(
        journal: &dyn Journal,
        settings: &EngineSettings,
        shards: usize,
        now: Timestamp,
    ) -> Result<Self, JournalError> {
        let config = Arc::new(settings.calls.clone());
        let mut restoring = Self {
            restored: Restored::default(),
            tables: (0..shards).map(|_| CallTable::seeded(Arc::clone(&config), seed())).collect(),
            creates: Creates::new(settings.adopt_within),
            references: References::default(),
            calendar: Calendar::new(settings.node, now),
            last: Position::default(),
            heard: HashMap::new(),
        };
        let mut together = 0;
        let mut page = journal.read(Position::default(), PAGE).await?;
        loop {
            let next = page.next;
            together += page.entries.len();
            let work = async {
                settings.progress.note(&page);
                restoring.take_page(page);
                if together >= TOGETHER || next.is_none() {
                    restoring.work_out();
                    together = 0;
                }
            };
            let Some(from) = next else {
                work.await;
                break;
            };
            // The journal can read the next page on its own thread while this page is processed.
            let (read, ()) = tokio::join!(biased; journal.read(from, PAGE), work);
            page = read?;
        }
        restoring.restored.clock = restoring.calendar.state();
        if let ClockState::Ahead(_) = restoring.restored.clock {
            // Perhaps no time has passed at all.
            restoring.creates.follow_until(now.saturating_add(settings.adopt_within));
        }
        restoring.restored.calls = restoring.tables.iter().map(|table| table.counts().calls).sum();
        Ok(restoring)
    }

    fn take_page(&mut self, page: Page) {
        self.restored.damage.extend(page.damage);
        self.restored.records += page.entries.len() as u64;
        for entry in page.entries {
            self.last = self.last.max(entry.position);
            self.take(&entry.record);
        }
    }

    /// Collects the hearings of a record.
    fn take(&mut self, record: &Record) {
        let stamp = self.calendar.plausible(*record.stamp());
        let restamped = (stamp != *record.stamp()).then(|| record.clone().stamped(stamp));
        let record = restamped.as_ref().unwrap_or(record);
        let at = stamp.received_at;
        let decoded = hearings(record, &mut self.creates);
        self.references.note(record, &decoded);
        for mut hearing in decoded.hearings {
            let empty = || Heard { hearing: Hearing::new(hearing.call.clone()), at };
            let heard = self.heard.entry(hearing.call.clone()).or_insert_with(empty);
            heard.at = heard.at.max(at);
            heard.hearing.is_ours |= hearing.is_ours;
            heard.hearing.inputs.append(&mut hearing.inputs);
            let observations = &mut heard.hearing.observations;
            if observations.is_empty() {
                // More will follow. Moving them whenever the vector doubles costs more than the room.
                observations.reserve_exact(OF_A_CALL);
            }
            observations.append(&mut hearing.observations);
        }
    }

    /// Passes the collected hearings to the tables.
    fn work_out(&mut self) {
        let mut heard: Vec<_> = self.heard.drain().map(|(_, heard)| heard).collect();
        // In the order of their last receipts, so that the limits evict the same calls on every machine.
        heard.sort_unstable_by(|one, next| (one.at, &one.hearing.call).cmp(&(next.at, &next.hearing.call)));
        if let Some(Heard { at: since, .. }) = heard.first() {
            // Everything that was due before was done before the restart.
            for table in &mut self.tables {
                while table.next_deadline().is_some_and(|deadline| deadline.at <= *since) {
                    table.expire(*since);
                    discard_outputs(table);
                }
            }
        }
        for Heard { hearing, at } in heard {
            let shard = shard_of(&hearing.call, self.tables.len());
            let table = &mut self.tables[shard];
            hearing.apply_to(table, at);
            discard_outputs(table);
        }
    }
}

/// Discards outputs about the past: the engine published and carried them out before the restart.
fn discard_outputs(table: &mut CallTable) {
    while table.poll_output().is_some() {}
}
