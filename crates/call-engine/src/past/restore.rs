//! What was known before the engine was started, made of what the journal kept.

use std::collections::HashMap;
use std::sync::Arc;

use call_core::{CallId, CallTable, NodeId, Observation, TableInput, Timestamp};
use call_journal::{Damage, Journal, JournalError, Page, Position};
use call_msgraph::{Creates, Hearing, Record, hearings};

use crate::base::mail::shard_of;
use crate::base::settings::EngineSettings;

/// What an engine found in its journal when it was started.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Restored {
    /// Number of records read: deliveries, and requests that were about to be sent.
    pub records: u64,
    /// What was kept and cannot be read any more. Whatever else there is counts.
    pub damage: Vec<Damage>,
    /// How many calls are known of them.
    pub calls: usize,
    /// Number of creates whose calls have not turned up yet. The engine adopts these calls when they do.
    pub creations: usize,
}

/// What is made of a journal.
pub(crate) struct Restoring {
    pub(crate) restored: Restored,
    /// The calls of each shard.
    pub(crate) tables: Vec<CallTable>,
    /// The creates whose calls have not turned up yet.
    pub(crate) creates: Creates,
    /// The next number for what is received.
    pub(crate) next_sequence: u64,
    /// When something was received last.
    pub(crate) received_at: Timestamp,
    /// What was read and not worked out yet.
    heard: HashMap<CallId, Heard>,
    node: NodeId,
}

/// What a part of the journal says of one call.
#[derive(Default)]
struct Heard {
    observations: Vec<Observation>,
    is_ours: bool,
    at: Option<Timestamp>,
}

/// How much is read at a time.
const PAGE: usize = 1_024;
/// So many observations are made of most calls.
const OF_A_CALL: usize = 40;
/// From how many deliveries on it is worked out what they say: of each call once.
const TOGETHER: usize = 65_536;

impl Restoring {
    /// Reads a journal to its end, for an engine with so many shards.
    pub(crate) async fn read(
        journal: &dyn Journal,
        settings: &EngineSettings,
        shards: usize,
    ) -> Result<Self, JournalError> {
        let config = Arc::new(settings.calls.clone());
        let mut restoring = Self {
            restored: Restored::default(),
            tables: (0..shards).map(|_| CallTable::new(Arc::clone(&config))).collect(),
            creates: Creates::new(settings.adopt_within),
            next_sequence: 0,
            received_at: Timestamp::MIN,
            heard: HashMap::new(),
            node: settings.node,
        };
        let mut together = 0;
        let mut page = journal.read(Position::default(), PAGE).await?;
        loop {
            let next = page.next;
            together += page.entries.len();
            let work = async {
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
            // The journal reads the next page, on a thread of its own if it has one, while this page is taken.
            let (read, ()) = tokio::join!(biased; journal.read(from, PAGE), work);
            page = read?;
        }
        restoring.restored.calls = restoring.tables.iter().map(|table| table.counts().calls).sum();
        Ok(restoring)
    }

    fn take_page(&mut self, page: Page) {
        self.restored.damage.extend(page.damage);
        self.restored.records += page.entries.len() as u64;
        for entry in page.entries {
            self.take(&entry.record);
        }
    }

    /// Takes note of what a record says.
    fn take(&mut self, record: &Record) {
        let stamp = record.stamp();
        if stamp.node == self.node {
            self.next_sequence = self.next_sequence.max(stamp.sequence.saturating_add(1));
            self.received_at = self.received_at.max(stamp.received_at);
        }
        for Hearing { call, mut observations, is_ours } in hearings(record, &mut self.creates).hearings {
            let heard = self.heard.entry(call).or_default();
            heard.at = heard.at.max(Some(stamp.received_at));
            heard.is_ours |= is_ours;
            if heard.observations.is_empty() {
                // More will follow, and moving them whenever they double costs more than the room.
                heard.observations.reserve_exact(OF_A_CALL);
            }
            heard.observations.append(&mut observations);
        }
    }

    /// Works out what became of the calls that were heard of.
    fn work_out(&mut self) {
        let heard = self.heard.drain().filter_map(|(call, heard)| Some((heard.at?, call, heard)));
        let mut heard: Vec<_> = heard.collect();
        // As they were heard of last, so that the limits let go of the same calls on every machine.
        heard.sort_unstable_by(|one, next| (one.0, &one.1).cmp(&(next.0, &next.1)));
        if let Some((since, ..)) = heard.first() {
            // What was due by then was done.
            self.tables.iter_mut().for_each(|table| hand(table, TableInput::DeadlineReached, *since));
        }
        for (at, call, Heard { observations, is_ours, .. }) in heard {
            let shard = shard_of(&call, self.tables.len());
            let table = &mut self.tables[shard];
            for input in (Hearing { call, observations, is_ours }).inputs() {
                hand(table, input, at);
            }
        }
    }
}

/// Hands a table something of the past. What follows from it was told, and done, when it happened.
fn hand(table: &mut CallTable, input: TableInput, at: Timestamp) {
    table.handle(input, at);
    while table.poll_output().is_some() {}
}
