//! One value of a delivery while it is decoded: its call, its target, and its claims so far.

use call_core::{CallId, Claim, Id, Observation, Oddity, Stamp};

use crate::decode::path::Target;
use crate::delivery::Delivery;
use crate::fault::{Fault, Unreadable};
use crate::json::node::Node;
use crate::segment::{is_id, read_id};

/// One value of a delivery that is being decoded: its call, and its claims so far.
pub(super) struct Subject<'s> {
    pub(super) call: CallId,
    pub(super) target: Target,
    /// Change that was reported. A response counts as `updated`.
    pub(super) change: Change,
    /// Whether the value does not report its call.
    pub(super) is_aside: bool,
    /// Whether a participant asks to join.
    pub(super) is_joining: bool,
    /// Whether a list is only one page of several.
    pub(super) is_page: bool,
    /// Observations so far. They are dropped if the value cannot be read.
    pub(super) observations: Vec<Observation>,
    /// Faults of optional members.
    pub(super) faults: Vec<Fault>,
    /// Index of the value in its delivery, from 0.
    pub(super) index: u32,
    delivery: &'s Delivery,
}

/// The `changeType` of a notification; anything else counts as `updated`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Created,
    Updated,
    Deleted,
}

impl Change {
    /// Reads a word in upper or lower case.
    pub(super) fn from_word(word: &str) -> Self {
        match word {
            _ if word.eq_ignore_ascii_case("created") => Self::Created,
            _ if word.eq_ignore_ascii_case("deleted") => Self::Deleted,
            _ => Self::Updated,
        }
    }
}

impl<'s> Subject<'s> {
    /// Returns the client context of the request that the delivery replies to.
    pub(super) fn client_context(&self) -> Option<&'s str> {
        self.delivery.client_context.as_deref()
    }

    /// Returns whether the resource was reported as deleted.
    pub(super) fn is_deleted(&self) -> bool {
        self.change == Change::Deleted
    }

    pub(super) fn new(delivery: &'s Delivery, call: CallId, target: Target) -> Self {
        // Most reports of a call contain several fields.
        let (observations, faults) = (Vec::with_capacity(8), Vec::new());
        Self {
            call,
            target,
            change: Change::Updated,
            is_aside: false,
            is_joining: false,
            is_page: false,
            observations,
            faults,
            index: 0,
            delivery,
        }
    }

    /// Notes whether the value is one of several in its delivery.
    pub(super) fn in_batch(mut self, is_one_of_several: bool) -> Self {
        self.observations.iter_mut().for_each(|observation| observation.in_batch = is_one_of_several);
        self
    }

    pub(super) fn claim(&mut self, claim: Claim) {
        let (stamp, source) = (Stamp { index: self.index, ..self.delivery.stamp }, self.delivery.source());
        let mut observation = Observation::new(stamp, source, claim);
        observation.message_id = self.delivery.message_id.clone();
        self.observations.push(observation);
    }

    /// Returns the id of a part of the call. The path contains it. Another id in the resource becomes an oddity.
    pub(super) fn own_id(&mut self, inside: Option<Id>) -> Option<Id> {
        let Some(named) = self.target.id().filter(|id| is_id(id)).map(Id::new) else { return inside };
        if let Some(other) = inside.filter(|inside| *inside != named) {
            self.claim(Claim::Oddity(Box::new(Oddity::IdMismatch(other.to_string().into()))));
        }
        Some(named)
    }
}

/// Reads a call id.
pub(super) fn call_id(id: &str, node: Node<'_>) -> Result<CallId, Fault> {
    if id.is_empty() { Err(node.fault(Unreadable::NotAnId)) } else { read_id(id, node).map(CallId::from) }
}
