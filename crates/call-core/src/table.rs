use alloc::collections::BTreeMap;

use crate::{Call, CallId, Observation};

/// Many calls, each under its id.
///
/// ```
/// use call_core::{CallId, CallState::*, CallTable, Claim, Observation, Source, Stamp, Timestamp};
/// let mut calls = CallTable::default();
/// let stamp = Stamp::at(Timestamp::from_millis(0));
/// let id = CallId::from("57DAB8B1894C409AB240BD8BEAE78896");
/// calls.observe(id, Observation::new(stamp, Source::Notification, Claim::state(Established)));
/// let id = CallId::from("57dab8b1-894c-409a-b240-bd8beae78896");
/// assert_eq!(calls.get(&id).unwrap().timeline().states(), [Establishing, Established]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct CallTable {
    calls: BTreeMap<CallId, Call>,
}

impl CallTable {
    /// Takes in what was observed of a call, known or not: a notification may precede the response that names the call.
    pub fn observe(&mut self, call: CallId, observation: Observation) {
        self.calls.entry(call).or_default().observe(observation);
    }

    /// Takes in all that another replica observed.
    pub fn merge(&mut self, other: &Self) {
        for (id, call) in &other.calls {
            self.calls.entry(id.clone()).or_default().merge(call);
        }
    }

    /// Returns a call.
    #[must_use]
    pub fn get(&self, id: &CallId) -> Option<&Call> {
        self.calls.get(id)
    }

    /// Returns all calls in the order of their ids.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&CallId, &Call)> {
        self.calls.iter()
    }
}
