//! The result of decoding: hearings of calls, and what was rejected.

use std::collections::HashMap;

use call_core::{CallId, CallTable, Input, Observation, Source, Timestamp};

use crate::decode::subject::Subject;
use crate::fault::{Fault, ReadError, Unreadable};
use crate::json::node::Node;
use crate::json::place::paths_to;

/// Everything that a record says about one call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hearing {
    /// The call.
    pub call: CallId,
    /// Observations of the call, in the order of the delivery. May be empty if the record only shows that the call is our own.
    pub observations: Vec<Observation>,
    /// Whether the record shows that the call is our own: created, answered, rejected or redirected by this bot.
    pub is_ours: bool,
    /// Operations that the host requested, and those that were refused.
    pub inputs: Vec<Input>,
}

impl Hearing {
    /// Returns a hearing without observations.
    #[must_use]
    pub const fn new(call: CallId) -> Self {
        Self { call, observations: Vec::new(), is_ours: false, inputs: Vec::new() }
    }

    /// Passes the hearing to a table: that the call is our own, the operations, then the observations.
    pub fn apply_to(self, calls: &mut CallTable, now: Timestamp) {
        let Self { call, observations, is_ours, inputs } = self;
        if is_ours {
            calls.handle(&call, Input::Adopted, now);
        }
        for input in inputs {
            calls.handle(&call, input, now);
        }
        if !observations.is_empty() {
            calls.handle(&call, observations, now);
        }
    }

    /// Gives all observations the host's number of the delivery, which evidence then contains.
    pub fn set_delivery(&mut self, number: u64) {
        self.observations.iter_mut().for_each(|observation| observation.delivery = number);
    }
}

/// Content of a record, and the parts that cannot be read.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Decoded {
    /// One hearing for each call, in the order in which the delivery mentions the calls.
    pub hearings: Vec<Hearing>,
    /// Parts that cannot be read. All other parts count.
    pub rejected: Vec<ReadError>,
    /// Whether a participant asks to join, and the service waits for a [`JoinResponse`](crate::JoinResponse).
    pub wants_join_response: bool,
    /// Call that a participant asks to join, if a path names it.
    pub joining: Option<CallId>,
    /// Faults by the path to their value. Their places are computed at the end.
    pub(super) faults: Vec<(String, Fault)>,
    /// Index of each call in `hearings`, once there are many.
    places: Option<HashMap<CallId, usize>>,
}

impl Decoded {
    /// Adds the content of one value, or its fault. `index` is its index in a batch.
    pub(super) fn add(
        &mut self,
        read: Result<(), Fault>,
        subject: Option<Subject<'_>>,
        value: Node<'_>,
        index: Option<u32>,
    ) {
        if let Err(fault) = read {
            return self.fail(vec![fault], value, index);
        }
        let Some(subject) = subject else { return };
        if subject.is_joining {
            self.wants_join_response = true;
            self.joining.get_or_insert_with(|| subject.call.clone());
        }
        self.hear(subject.call, subject.claims.observations);
        if !subject.faults.is_empty() {
            self.fail(subject.faults, value, index);
        }
    }

    /// Adds the faults of one value.
    #[cold]
    fn fail(&mut self, faults: Vec<Fault>, value: Node<'_>, index: Option<u32>) {
        let faults = capped(faults);
        let places: Vec<_> = faults.iter().map(|fault| fault.at).collect();
        for (inside, fault) in paths_to(value, &places).into_iter().zip(faults) {
            let path = match index {
                None => inside,
                Some(index) if inside.is_empty() => format!("value[{index}]"),
                Some(index) => format!("value[{index}].{inside}"),
            };
            self.faults.push((path, fault));
        }
    }

    /// Notes that a call is our own, even if there is no observation of it.
    pub(super) fn own(&mut self, call: &CallId) {
        match self.hearings.iter_mut().find(|hearing| hearing.call == *call) {
            Some(hearing) => hearing.is_ours = true,
            None => self.hearings.push(Hearing { is_ours: true, ..Hearing::new(call.clone()) }),
        }
    }

    /// Adds observations of a call.
    pub(super) fn hear(&mut self, call: CallId, mut observations: Vec<Observation>) {
        let Some(first) = observations.first() else { return };
        let is_ours = matches!(first.source, Source::CreateResponse { .. });
        let known = match self.hearings.len() {
            // It is faster to look at some calls than to hash one.
            0..FEW => self.hearings.iter().rposition(|hearing| hearing.call == call),
            _ => self.places.as_ref().and_then(|places| places.get(&call).copied()),
        };
        match known.and_then(|place| self.hearings.get_mut(place)) {
            Some(hearing) => {
                hearing.observations.append(&mut observations);
                hearing.is_ours |= is_ours;
            }
            None => {
                self.hearings.push(Hearing { observations, is_ours, ..Hearing::new(call) });
                if self.hearings.len() >= FEW {
                    let places = self.places.get_or_insert_default();
                    let new = self.hearings.iter().enumerate().skip(places.len());
                    places.extend(new.map(|(place, hearing)| (hearing.call.clone(), place)));
                }
            }
        }
    }
}

/// Number of calls in a delivery from which on they have a map.
const FEW: usize = 64;

/// Maximum number of faults that are listed for one value, so that one body cannot fill a log.
const MOST_FAULTS: usize = 32;

fn capped(mut faults: Vec<Fault>) -> Vec<Fault> {
    faults.sort_by_key(|fault| fault.at);
    let more = faults.len().saturating_sub(MOST_FAULTS);
    faults.truncate(MOST_FAULTS + 1);
    if let Some(last) = faults.get_mut(MOST_FAULTS) {
        *last.reason = Unreadable::More(more);
    }
    faults
}
