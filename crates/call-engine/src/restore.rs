//! What was known before the engine was started, made of what the journal kept.

use std::collections::HashMap;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

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
            heard: HashMap::new(),
            node,
        };
        let mut together = 0;
        let mut page = journal.read(Position::default(), PAGE).await?;
        loop {
            // Begun before this page is looked at, so that a journal with a thread of its own reads meanwhile.
            let mut reading = page.next.map(|from| journal.read(from, PAGE));
            let mut begun = None;
            if let Some(reading) = &mut reading {
                begun = poll_fn(|context| Poll::Ready(Some(reading.as_mut().poll(context)))).await;
            }
            together += page.entries.len();
            restoring.restored.deliveries += page.entries.len() as u64;
            restoring.restored.damage.extend(page.damage);
            page.entries.into_iter().for_each(|entry| restoring.take(&entry.record));
            if together >= TOGETHER || reading.is_none() {
                restoring.work_out();
                together = 0;
            }
            page = match (begun, reading) {
                (Some(Poll::Ready(read)), _) => read?,
                (_, Some(reading)) => reading.await?,
                (_, None) => break,
            };
        }
        restoring.restored.calls = restoring.tables.iter().map(|table| table.counts().calls).sum();
        restoring.restored.creations = restoring.creations.len();
        Ok(restoring)
    }

    /// Takes note of what a record says.
    fn take(&mut self, record: &Record) {
        if record.stamp.node == self.node {
            self.next_sequence = self.next_sequence.max(record.stamp.sequence.saturating_add(1));
            self.received_at = self.received_at.max(record.stamp.received_at);
        }
        if let (DeliveryKind::CreateRequest, Some(token)) = (record.kind, &record.token) {
            self.creations.insert(token.clone(), record.stamp.received_at);
        }
        let mut observations = read(record).observations;
        while let Some((call, _)) = observations.first() {
            let count = observations.iter().take_while(|(other, _)| other == call).count();
            let heard = self.hear(call.clone(), record);
            if heard.observations.is_empty() {
                // More will follow, and moving them whenever they double costs more than the room.
                heard.observations.reserve_exact(OF_A_CALL);
            }
            heard.observations.extend(observations.drain(..count).map(|(_, observation)| observation));
        }
        if let (DeliveryKind::CreateResponse, Some(call)) = (record.kind, &record.call) {
            // However little of the reply can be read, its call is one of ours.
            self.hear(call.clone(), record);
        }
    }

    /// Notes that a record is about a call, and returns what is known of that so far.
    fn hear(&mut self, call: CallId, record: &Record) -> &mut Heard {
        let heard = self.heard.entry(call).or_default();
        heard.at = heard.at.max(Some(record.stamp.received_at));
        heard.is_ours |= record.token.as_ref().is_some_and(|token| self.creations.remove(token).is_some());
        heard
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
            if is_ours {
                hand(table, TableInput::Call(call.clone(), Input::Adopted), at);
            }
            if !observations.is_empty() {
                hand(table, TableInput::Call(call, Input::ObservedAll(observations)), at);
            }
        }
    }
}

/// Hands a table something of the past. What follows from it was told, and done, when it happened.
fn hand(table: &mut CallTable, input: TableInput, at: Timestamp) {
    table.handle(input, at);
    while table.poll_output().is_some() {}
}
