//! What was known before the engine was started, made of what the journal kept.

use std::collections::HashMap;
use std::sync::Arc;

use call_core::{CallId, CallTable, Config, Input, NodeId, Observation, TableInput, Timestamp};
use call_journal::{Damage, Journal, JournalError, Position};
use call_msgraph::{DeliveryKind, Record, Token};

use crate::evidence::read;
use crate::shared::shard_of;

/// What an engine found in its journal when it was started.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Restored {
    /// How many deliveries were read.
    pub deliveries: u64,
    /// What was kept and cannot be read any more. Whatever else there is counts.
    pub damage: Vec<Damage>,
    /// How many calls are known of them.
    pub calls: usize,
    /// How many creations had been asked for of which nothing was heard yet. Their calls are adopted should they turn up.
    pub creations: usize,
}

/// What is made of a journal.
pub(crate) struct Restoring {
    pub(crate) restored: Restored,
    /// The calls of each shard.
    pub(crate) tables: Vec<CallTable>,
    /// What was asked for, and when, and has not turned up yet.
    pub(crate) creations: HashMap<Token, Timestamp>,
    /// The next number for what is received.
    pub(crate) next_sequence: u64,
    /// When something was received last.
    pub(crate) received_at: Timestamp,
    node: NodeId,
}

/// What a page of the journal says of one call.
#[derive(Default)]
struct Heard {
    observations: Vec<Observation>,
    is_ours: bool,
    at: Option<Timestamp>,
}

/// How much is read at a time: what it says of one call is worked out once.
const PAGE: usize = 32_768;

impl Restoring {
    /// Reads a journal to its end.
    pub(crate) async fn read(
        journal: &dyn Journal,
        config: &Arc<Config>,
        node: NodeId,
        shards: usize,
    ) -> Result<Self, JournalError> {
        let mut restoring = Self {
            restored: Restored::default(),
            tables: (0..shards).map(|_| CallTable::new(Arc::clone(config))).collect(),
            creations: HashMap::new(),
            next_sequence: 0,
            received_at: Timestamp::MIN,
            node,
        };
        let mut after = Some(Position::default());
        while let Some(from) = after {
            let page = journal.read(from, PAGE).await?;
            restoring.restored.deliveries += page.entries.len() as u64;
            restoring.restored.damage.extend(page.damage);
            restoring.take(page.entries.into_iter().map(|entry| entry.record));
            after = page.next;
        }
        restoring.restored.calls = restoring.tables.iter().map(|table| table.counts().calls).sum();
        restoring.restored.creations = restoring.creations.len();
        Ok(restoring)
    }

    fn take(&mut self, records: impl Iterator<Item = Record>) {
        let mut heard = HashMap::<CallId, Heard>::new();
        for record in records {
            if record.stamp.node == self.node {
                self.next_sequence = self.next_sequence.max(record.stamp.sequence + 1);
                self.received_at = self.received_at.max(record.stamp.received_at);
            }
            if let (DeliveryKind::CreateRequest, Some(token)) = (record.kind, &record.token) {
                self.creations.insert(token.clone(), record.stamp.received_at);
            }
            self.take_record(&record, &mut heard);
        }
        for (call, Heard { observations, is_ours, at }) in heard {
            let Some(at) = at else { continue };
            let shard = shard_of(&call, self.tables.len());
            let table = &mut self.tables[shard];
            if is_ours {
                table.handle(TableInput::Call(call.clone(), Input::Adopted), at);
            }
            table.handle(TableInput::Call(call, Input::ObservedAll(observations)), at);
            // It was told, and done, when it happened.
            while table.poll_output().is_some() {}
        }
    }

    fn take_record(&mut self, record: &Record, heard: &mut HashMap<CallId, Heard>) {
        let mut observations = read(record).observations;
        while let Some((call, _)) = observations.first() {
            let count = observations.iter().take_while(|(other, _)| other == call).count();
            let heard = self.heard(call.clone(), record, heard);
            if heard.observations.is_empty() {
                // More of the kind will follow, and moving them as often as they double costs more than the room.
                heard.observations.reserve_exact(8 * count);
            }
            heard.observations.extend(observations.drain(..count).map(|(_, observation)| observation));
        }
        if let (DeliveryKind::CreateResponse, Some(call)) = (record.kind, &record.call) {
            // However little of the reply can be read, its call is one of ours.
            self.heard(call.clone(), record, heard);
        }
    }

    /// Notes that a record is about a call, and returns what is known of that so far.
    fn heard<'h>(&mut self, call: CallId, record: &Record, heard: &'h mut HashMap<CallId, Heard>) -> &'h mut Heard {
        let heard = heard.entry(call).or_default();
        heard.at = heard.at.max(Some(record.stamp.received_at));
        heard.is_ours |= record.token.as_ref().is_some_and(|token| self.creations.remove(token).is_some());
        heard
    }
}
