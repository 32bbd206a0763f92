//! Many calls in one table.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::hash::BuildHasher;
use core::ops::{AddAssign, Bound};

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use crate::feed::output::{Action, Event, ForgetReason, Output};
use crate::machine::call::Call;
use crate::machine::call_order::CallOrder;
use crate::machine::config::Config;
use crate::machine::deadline::Deadline;
use crate::machine::deadline_queue::DeadlineQueue;
use crate::machine::input::Input;
use crate::words::id::CallId;
use crate::words::time::Timestamp;

/// Many calls, each with its id.
///
/// Observations of foreign calls are kept too, because they may precede the response that names the call. The
/// [crate's documentation](crate#the-contract) describes the contract.
///
/// ```
/// use call_core::{CallId, CallState::*, CallTable, Config, Observation, Timestamp};
/// let mut calls = CallTable::new(Config::default());
/// let now = Timestamp::from_millis(0);
/// let id = CallId::new("57dab8b1-894c-409a-b240-bd8beae78896");
/// calls.handle(&id, Observation::notified(now, Established), now);
/// assert_eq!(calls.get(&id).unwrap().timeline().states(), [Establishing, Established]);
/// assert_eq!(calls.counts().foreign, 1);
/// ```
#[derive(Debug, Clone)]
pub struct CallTable {
    config: Arc<Config>,
    /// The calls, each under a number. A number of a removed call is used again.
    calls: Vec<Option<Box<Entry>>>,
    unused: Vec<u32>,
    /// Finds the number of a call by the hash of its id, as fast as a notification needs it.
    numbers: HashTable<u32>,
    hashing: FixedState,
    /// The same numbers in the order of the ids.
    listed: BTreeMap<CallId, u32>,
    outputs: VecDeque<(CallId, Output)>,
    /// Memory for the outputs of one call, which a call itself would allocate for each input.
    scratch: VecDeque<Output>,
    deadlines: DeadlineQueue,
    /// Calls in the order of their last observations, as in the next two fields.
    foreign: CallOrder<Timestamp>,
    ended: CallOrder<Timestamp>,
    forgotten: CallOrder<Timestamp>,
    counts: Counts,
}

/// A call with its id, and its place in the orders of the table.
#[derive(Debug, Clone)]
struct Entry {
    id: CallId,
    call: Call,
    foreign: Option<Timestamp>,
    ended: Option<Timestamp>,
}

/// Number of outputs for which memory is kept.
const MOST_SPARE: usize = 64;

/// Maximum number of calls whose deadlines are processed at once.
const PORTION: usize = 1_024;

/// Numbers of calls, and of evictions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct Counts {
    /// Number of calls.
    pub calls: usize,
    /// Number of these that are foreign and have not ended.
    pub foreign: usize,
    /// Number of these that have ended.
    pub ended: usize,
    /// Number of ids of forgotten calls.
    pub forgotten: usize,
    /// Number of evicted foreign calls, since the start.
    pub evicted_foreign: u64,
    /// Number of ended calls that were evicted before the end of their grace period, since the start.
    pub evicted_ended: u64,
    /// Number of observations of forgotten calls, since the start.
    pub too_late: u64,
    /// Number of evicted observations, since the start.
    pub evicted: u64,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        // Without `..`, so that the compiler reports a new field that is missing here.
        let Self { calls, foreign, ended, forgotten, evicted_foreign, evicted_ended, too_late, evicted } = other;
        self.calls += calls;
        self.foreign += foreign;
        self.ended += ended;
        self.forgotten += forgotten;
        self.evicted_foreign += evicted_foreign;
        self.evicted_ended += evicted_ended;
        self.too_late += too_late;
        self.evicted += evicted;
    }
}

impl CallTable {
    /// Returns an empty table.
    pub fn new(config: impl Into<Arc<Config>>) -> Self {
        Self::seeded(config, 0)
    }

    /// Returns an empty table that finds calls by hashes that depend on a number.
    ///
    /// The ids of calls come from outside. If the host draws the number, nobody can choose ids that are slow to find. It has no other
    /// effect.
    pub fn seeded(config: impl Into<Arc<Config>>, seed: u64) -> Self {
        Self {
            config: config.into(),
            calls: Vec::new(),
            unused: Vec::new(),
            numbers: HashTable::new(),
            hashing: FixedState::with_seed(seed),
            listed: BTreeMap::new(),
            outputs: VecDeque::new(),
            scratch: VecDeque::new(),
            deadlines: DeadlineQueue::default(),
            foreign: CallOrder::default(),
            ended: CallOrder::default(),
            forgotten: CallOrder::default(),
            counts: Counts::default(),
        }
    }

    /// Processes an input of a call. Never fails: an observation that makes no sense becomes an anomaly of the timeline.
    pub fn handle(&mut self, id: &CallId, input: impl Into<Input>, now: Timestamp) {
        let input = input.into();
        let is_about_a_call = match &input {
            Input::Observed(observations) => !observations.is_empty(),
            Input::Adopted | Input::Referenced(_) | Input::Requested(_) => true,
            Input::Refused(_) | Input::EndSuspected | Input::DeadlineReached => false,
        };
        match self.number(id) {
            Some(number) => self.with(number, now, |call| call.handle(input, now)),
            None if self.forgotten.contains(id) => self.refuse(id, &input),
            None if is_about_a_call => {
                let number = self.add(id);
                self.with(number, now, |call| call.handle(input, now));
            }
            None => {}
        }
    }

    /// Processes deadlines that have been reached. An early, late or repeated call of this function is harmless.
    ///
    /// If more than 1,024 calls are due, the others stay due, so that a host can send on what it has to before it comes back.
    pub fn expire(&mut self, now: Timestamp) {
        let mut due = self.deadlines.take_due(now, PORTION);
        // The numbers depend on what came before, the ids do not.
        due.sort_by(|(a, first), (b, second)| (a, self.id(*first)).cmp(&(b, self.id(*second))));
        for (_, number) in due {
            self.with(number, now, |call| call.handle(Input::DeadlineReached, now));
        }
    }

    /// Merges the calls of another replica, except for those that this table has forgotten.
    pub fn merge(&mut self, other: &Self, now: Timestamp) {
        for (id, call) in other.iter() {
            if !self.forgotten.contains(id) {
                let number = self.number(id).unwrap_or_else(|| self.add(id));
                self.with(number, now, |known| known.merge(call, now));
            }
        }
    }

    /// Returns the next output with its call; `None` when all outputs are drained.
    #[must_use]
    pub fn poll_output(&mut self) -> Option<(CallId, Output)> {
        let output = self.outputs.pop_front();
        if output.is_none() {
            // A large roster has many outputs, once.
            self.outputs.shrink_to(MOST_SPARE);
            self.scratch.shrink_to(MOST_SPARE);
        }
        output
    }

    /// Returns when, and why, to call [`expire`](Self::expire).
    #[must_use]
    pub fn next_deadline(&self) -> Option<Deadline> {
        self.deadlines.first().map(|(deadline, _)| deadline)
    }

    /// Returns a call; `None` if the table does not hold it.
    #[must_use]
    pub fn get(&self, id: &CallId) -> Option<&Call> {
        Some(&self.entry(self.number(id)?)?.call)
    }

    /// Returns all calls in order of id.
    pub fn iter(&self) -> impl Iterator<Item = (&CallId, &Call)> {
        self.after(None)
    }

    /// Returns the calls after `after` in order of id; all calls if it is `None`.
    ///
    /// A call with the id `after` need not exist. The first call is found in logarithmic time.
    ///
    /// ```
    /// # use call_core::{CallId, CallTable, Config, Input, Timestamp};
    /// let mut calls = CallTable::new(Config::default());
    /// for id in ["a", "b", "d"] {
    ///     calls.handle(&id.into(), Input::Adopted, Timestamp::from_millis(0));
    /// }
    /// let ids = |after: Option<&CallId>| calls.after(after).map(|(id, _)| id.to_string()).collect::<Vec<_>>();
    /// assert_eq!(ids(None), ["a", "b", "d"]);
    /// assert_eq!(ids(Some(&"b".into())), ["d"]);
    /// assert_eq!(ids(Some(&"c".into())), ["d"]);
    /// ```
    pub fn after(&self, after: Option<&CallId>) -> impl Iterator<Item = (&CallId, &Call)> {
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let listed = self.listed.range::<CallId, _>((from, Bound::Unbounded));
        listed.filter_map(|(id, number)| Some((id, &self.entry(*number)?.call)))
    }

    /// Returns the numbers of calls and of evictions.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            calls: self.listed.len(),
            foreign: self.foreign.len(),
            ended: self.ended.len(),
            forgotten: self.forgotten.len(),
            ..self.counts
        }
    }

    fn refuse(&mut self, id: &CallId, input: &Input) {
        let Input::Observed(observations) = input else { return };
        for observation in observations {
            self.counts.too_late = self.counts.too_late.saturating_add(1);
            self.outputs.push_back((id.clone(), Output::Event(Event::TooLate(observation.receipt()))));
        }
    }

    /// Returns the number of a call, if the table holds it.
    fn number(&self, id: &CallId) -> Option<u32> {
        let is_it = |number: &u32| self.entry(*number).is_some_and(|entry| entry.id == *id);
        self.numbers.find(self.hashing.hash_one(id), is_it).copied()
    }

    fn id(&self, number: u32) -> Option<&CallId> {
        self.entry(number).map(|entry| &entry.id)
    }

    fn entry(&self, number: u32) -> Option<&Entry> {
        self.calls.get(number as usize)?.as_deref()
    }

    /// Adds a call of which nothing is known, and returns its number.
    fn add(&mut self, id: &CallId) -> u32 {
        let call = Call::new(Arc::clone(&self.config));
        let entry = Some(Box::new(Entry { id: id.clone(), call, foreign: None, ended: None }));
        let number = self.unused.pop().unwrap_or(self.calls.len() as u32);
        match self.calls.get_mut(number as usize) {
            Some(unused) => *unused = entry,
            None => self.calls.push(entry),
        }
        let (calls, hashing) = (&self.calls, &self.hashing);
        let hash = |number: &u32| {
            let entry = calls.get(*number as usize).and_then(Option::as_deref);
            entry.map_or(0, |entry| hashing.hash_one(&entry.id))
        };
        self.numbers.insert_unique(hashing.hash_one(id), number, hash);
        self.listed.insert(id.clone(), number);
        number
    }

    /// Passes something to a call, collects its outputs, and updates the orders that the call belongs to.
    fn with(&mut self, number: u32, now: Timestamp, act: impl FnOnce(&mut Call)) {
        let Some(Entry { id, call, foreign, ended }) = self.calls[number as usize].as_deref_mut() else { return };
        let evicted = call.evicted();
        call.exchange_outputs(&mut self.scratch);
        act(call);
        call.exchange_outputs(&mut self.scratch);
        self.counts.evicted = self.counts.evicted.saturating_add(call.evicted().saturating_sub(evicted));
        let mut is_over = false;
        for output in self.scratch.drain(..) {
            is_over |= matches!(output, Output::Action(Action::Forget(_)));
            self.outputs.push_back((id.clone(), output));
        }
        if is_over {
            let id = id.clone();
            self.remember_forgotten(&id, now);
            return;
        }
        self.deadlines.set(number, call.next_deadline());
        let heard_at = Some(call.heard_at().unwrap_or(now));
        let now_foreign = heard_at.filter(|_| !call.is_ours() && !call.has_ended());
        let now_ended = heard_at.filter(|_| call.has_ended());
        if now_foreign != *foreign {
            *foreign = now_foreign;
            self.foreign.set(id, now_foreign);
        }
        if now_ended != *ended {
            *ended = now_ended;
            self.ended.set(id, now_ended);
        }
        self.keep_within_limits(now);
    }

    fn keep_within_limits(&mut self, now: Timestamp) {
        while self.foreign.len() > self.config.limits.foreign_calls {
            let Some((_, id)) = self.foreign.first().cloned() else { break };
            self.counts.evicted_foreign = self.counts.evicted_foreign.saturating_add(1);
            self.remove(&id);
            self.outputs.push_back((id, Output::Action(Action::Forget(ForgetReason::TooManyForeign))));
        }
        while self.ended.len() > self.config.limits.ended_calls {
            let Some((_, id)) = self.ended.first().cloned() else { break };
            self.counts.evicted_ended = self.counts.evicted_ended.saturating_add(1);
            self.remember_forgotten(&id, now);
            self.outputs.push_back((id, Output::Action(Action::Forget(ForgetReason::TooManyEnded))));
        }
    }

    /// Replaces an ended call by its id.
    fn remember_forgotten(&mut self, id: &CallId, now: Timestamp) {
        self.remove(id);
        self.forgotten.set(id, Some(now));
        while self.forgotten.len() > self.config.limits.forgotten_calls {
            let Some((_, oldest)) = self.forgotten.first().cloned() else { break };
            self.forgotten.set(&oldest, None);
        }
    }

    fn remove(&mut self, id: &CallId) {
        let Some(number) = self.listed.remove(id) else { return };
        if let Ok(found) = self.numbers.find_entry(self.hashing.hash_one(id), |known| *known == number) {
            found.remove();
        }
        self.calls[number as usize] = None;
        self.unused.push(number);
        self.deadlines.set(number, None);
        self.foreign.set(id, None);
        self.ended.set(id, None);
    }
}
