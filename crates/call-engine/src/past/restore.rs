//! What was known before the engine was started, made of what the journal kept.

use std::collections::HashMap;
use std::sync::Arc;

use call_core::{CallId, CallTable, NodeId, Stamp, Timestamp};
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
    /// The last stamp that this node assigned.
    pub(crate) last_stamp: Option<Stamp>,
    /// What was read and not worked out yet.
    heard: HashMap<CallId, Heard>,
    node: NodeId,
}

/// What a part of the journal says about one call.
struct Heard {
    hearing: Hearing,
    /// When the last of it was received.
    at: Timestamp,
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
            last_stamp: None,
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
            // A journal may have been put together from several, so the last record need not have the last number.
            let last = self.last_stamp.get_or_insert(*stamp);
            last.sequence = last.sequence.max(stamp.sequence);
            last.received_at = last.received_at.max(stamp.received_at);
        }
        let at = stamp.received_at;
        for mut hearing in hearings(record, &mut self.creates).hearings {
            let empty = || Heard { hearing: Hearing::new(hearing.call.clone()), at };
            let heard = self.heard.entry(hearing.call.clone()).or_insert_with(empty);
            heard.at = heard.at.max(at);
            heard.hearing.is_ours |= hearing.is_ours;
            let observations = &mut heard.hearing.observations;
            if observations.is_empty() {
                // More will follow. Moving them whenever the vector doubles costs more than the room.
                observations.reserve_exact(OF_A_CALL);
            }
            observations.append(&mut hearing.observations);
        }
    }

    /// Works out what became of the calls that were heard of.
    fn work_out(&mut self) {
        let mut heard: Vec<_> = self.heard.drain().map(|(_, heard)| heard).collect();
        // In the order of their last receipts, so that the limits evict the same calls on every machine.
        heard.sort_unstable_by(|one, next| (one.at, &one.hearing.call).cmp(&(next.at, &next.hearing.call)));
        if let Some(Heard { at: since, .. }) = heard.first() {
            // What was due by then was done.
            for table in &mut self.tables {
                table.expire(*since);
                discard_outputs(table);
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

/// Discards what a table says about the past: it was published, and carried out, when it happened.
fn discard_outputs(table: &mut CallTable) {
    while table.poll_output().is_some() {}
}
