//! What the journal has of one call, also after the engine has forgotten the call.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use call_core::{Call, CallId, Config, Input, NodeId, Stamp, Timestamp};
use call_journal::{Entry, Journal, JournalError, Position};
use call_msgraph::{Creates, Intent, Record, Token, hearings};

use crate::calls::view::CallView;
use crate::past::calendar::Calendar;

/// An index of the records of each call. It is made when it is needed first, and then only extended.
#[derive(Debug)]
pub(crate) struct Archive {
    by_call: HashMap<CallId, Vec<Position>>,
    /// Records of creates whose calls are not known yet.
    creates: BTreeMap<Token, Position>,
    /// The last position that was read.
    last: Position,
    calendar: Calendar,
    /// Plausible times of the records that a wrong clock has stamped.
    times: HashMap<Position, Timestamp>,
}

/// Number of records that are read at a time.
const PAGE: usize = 1_024;

impl Archive {
    /// Returns an empty index for a node whose clock shows `now`.
    pub(crate) fn new(node: NodeId, now: Timestamp) -> Self {
        Self {
            by_call: HashMap::new(),
            creates: BTreeMap::new(),
            last: Position::default(),
            calendar: Calendar::new(node, now),
            times: HashMap::new(),
        }
    }

    /// Returns all records of a call as [`records`](Self::records), with plausible times.
    pub(crate) async fn plausible_records(
        &mut self,
        journal: &dyn Journal,
        call: &CallId,
        now: Timestamp,
    ) -> Result<Vec<Record>, JournalError> {
        let entries = self.entries(journal, call, now).await?.into_iter();
        let plausible = entries.map(|Entry { position, record, .. }| match self.times.get(&position) {
            Some(&received_at) => {
                let stamp = Stamp { received_at, ..*record.stamp() };
                record.stamped(stamp)
            }
            None => record,
        });
        Ok(plausible.collect())
    }

    /// Returns all records of a call that the journal has, in order, as they were stored.
    ///
    /// The first call of this function reads the whole journal, and later ones what was added since.
    pub(crate) async fn records(
        &mut self,
        journal: &dyn Journal,
        call: &CallId,
        now: Timestamp,
    ) -> Result<Vec<Record>, JournalError> {
        Ok(self.entries(journal, call, now).await?.into_iter().map(|entry| entry.record).collect())
    }

    async fn entries(
        &mut self,
        journal: &dyn Journal,
        call: &CallId,
        now: Timestamp,
    ) -> Result<Vec<Entry>, JournalError> {
        self.calendar.advance(now);
        self.extend(journal).await?;
        let mut entries = Vec::new();
        let positions = self.by_call.get(call).cloned().unwrap_or_default();
        for position in &positions {
            let before = Position(position.0.saturating_sub(1));
            let found = journal.read(before, 1).await?.entries.into_iter().next();
            entries.extend(found.filter(|entry| entry.position == *position));
        }
        if entries.is_empty() {
            // The retention has discarded them.
            self.by_call.remove(call);
        }
        Ok(entries)
    }

    async fn extend(&mut self, journal: &dyn Journal) -> Result<(), JournalError> {
        loop {
            let page = journal.read(self.last, PAGE).await?;
            for entry in page.entries {
                self.note(entry.position, &entry.record);
            }
            let Some(next) = page.next else { return Ok(()) };
            self.last = self.last.max(next);
        }
    }

    fn note(&mut self, position: Position, record: &Record) {
        self.last = self.last.max(position);
        let plausible = self.calendar.plausible(*record.stamp());
        if plausible != *record.stamp() {
            self.times.insert(position, plausible.received_at);
        }
        if let Record::Intended { intent: Intent::Create { token, .. }, .. } = record {
            self.creates.insert(token.clone(), position);
            return;
        }
        let token = record.delivery().and_then(|delivery| delivery.token.as_ref());
        for (place, hearing) in hearings(record, &mut Creates::default()).hearings.into_iter().enumerate() {
            let positions = self.by_call.entry(hearing.call).or_default();
            // The first call of a delivery with a token is the created one.
            positions.extend(token.filter(|_| place == 0).and_then(|token| self.creates.remove(token)));
            positions.push(position);
        }
    }
}

/// Returns a call as its records show it at an instant; `None` if there are none.
pub(crate) fn view_of(
    records: &[Record],
    call: &CallId,
    config: &Config,
    adopt_within: Duration,
    now: Timestamp,
) -> Option<CallView> {
    let last = records.last()?.stamp().received_at;
    // It is not probed, kept alive or forgotten.
    let config = Config { probes: None, keep_alive: None, grace: Duration::MAX, ..config.clone() };
    let mut known = Call::new(config);
    let mut creates = Creates::new(adopt_within);
    let (mut inputs, mut observations) = (Vec::new(), Vec::new());
    for record in records {
        for mut hearing in hearings(record, &mut creates).hearings {
            if hearing.call == *call {
                inputs.extend(hearing.is_ours.then_some(Input::Adopted));
                inputs.append(&mut hearing.inputs);
                observations.append(&mut hearing.observations);
            }
        }
    }
    inputs.push(Input::Observed(observations));
    inputs.into_iter().for_each(|input| known.handle(input, last));
    known.handle(Input::DeadlineReached, now.max(last));
    Some(CallView::of(Some(&known)))
}
