//! Many calls in one table.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::ops::{AddAssign, Bound};

use crate::feed::output::{Action, Event, ForgetReason, Output};
use crate::machine::call::Call;
use crate::machine::call_order::CallOrder;
use crate::machine::config::Config;
use crate::machine::deadline::Deadline;
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
    calls: BTreeMap<CallId, Call>,
    outputs: VecDeque<(CallId, Output)>,
    deadlines: CallOrder<Deadline>,
    /// Calls in the order of their last observations, as in the next two fields.
    foreign: CallOrder<Timestamp>,
    ended: CallOrder<Timestamp>,
    forgotten: CallOrder<Timestamp>,
    counts: Counts,
}

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
        Self {
            config: config.into(),
            calls: BTreeMap::new(),
            outputs: VecDeque::new(),
            deadlines: CallOrder::default(),
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
        if self.forgotten.contains(id) {
            self.refuse(id, &input);
        } else if is_about_a_call || self.calls.contains_key(id) {
            self.with(id, now, |call| call.handle(input, now));
        }
    }

    /// Processes all deadlines that have been reached. An early, late or repeated call of this function is harmless.
    pub fn expire(&mut self, now: Timestamp) {
        let due = self.deadlines.iter().take_while(|(deadline, _)| deadline.at <= now);
        for id in due.map(|(_, id)| id.clone()).collect::<Vec<_>>() {
            self.handle(&id, Input::DeadlineReached, now);
        }
    }

    /// Merges the calls of another replica, except for those that this table has forgotten.
    pub fn merge(&mut self, other: &Self, now: Timestamp) {
        for (id, call) in &other.calls {
            if !self.forgotten.contains(id) {
                self.with(id, now, |known| known.merge(call, now));
            }
        }
    }

    /// Returns the next output with its call; `None` when all outputs are drained.
    #[must_use]
    pub fn poll_output(&mut self) -> Option<(CallId, Output)> {
        self.outputs.pop_front()
    }

    /// Returns when, and why, to call [`expire`](Self::expire).
    #[must_use]
    pub fn next_deadline(&self) -> Option<Deadline> {
        self.deadlines.first().map(|(deadline, _)| *deadline)
    }

    /// Returns a call; `None` if the table does not hold it.
    #[must_use]
    pub fn get(&self, id: &CallId) -> Option<&Call> {
        self.calls.get(id)
    }

    /// Returns all calls in order of id.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&CallId, &Call)> {
        self.calls.iter()
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
        self.calls.range::<CallId, _>((from, Bound::Unbounded))
    }

    /// Returns the numbers of calls and of evictions.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            calls: self.calls.len(),
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

    /// Passes something to a call, collects its outputs, and updates the orders that the call belongs to.
    fn with(&mut self, id: &CallId, now: Timestamp, act: impl FnOnce(&mut Call)) {
        let config = &self.config;
        let call = self.calls.entry(id.clone()).or_insert_with(|| Call::new(Arc::clone(config)));
        let evicted = call.evicted();
        act(call);
        self.counts.evicted = self.counts.evicted.saturating_add(call.evicted().saturating_sub(evicted));
        let mut is_over = false;
        while let Some(output) = call.poll_output() {
            is_over |= matches!(output, Output::Action(Action::Forget(_)));
            self.outputs.push_back((id.clone(), output));
        }
        if is_over {
            self.remember_forgotten(id, now);
            return;
        }
        let heard_at = Some(call.heard_at().unwrap_or(now));
        self.deadlines.set(id, call.next_deadline());
        self.foreign.set(id, heard_at.filter(|_| !call.is_ours() && !call.has_ended()));
        self.ended.set(id, heard_at.filter(|_| call.has_ended()));
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
        self.calls.remove(id);
        self.deadlines.set(id, None);
        self.foreign.set(id, None);
        self.ended.set(id, None);
    }
}
