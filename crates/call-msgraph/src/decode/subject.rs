//! One value of a delivery while it is decoded: its call, its target, and its claims so far.

use call_core::{CallId, Claim, Id, Observation, Oddity, Stamp};

use crate::decode::path::Target;
use crate::delivery::Delivery;
use crate::fault::{Fault, Unreadable};
use crate::json::node::Node;
use crate::segment::{is_id, read_id};

/// Number of claims in most reports of a call.
const USUAL: usize = 4;

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
    /// Claims so far. They are dropped if the value cannot be read.
    pub(super) claims: Claims<'s>,
    /// Faults of optional members.
    pub(super) faults: Vec<Fault>,
}

/// The claims of one value, as observations.
pub(super) struct Claims<'s> {
    delivery: &'s Delivery,
    /// Index of the value in its delivery, from 0.
    index: u32,
    pub(super) observations: Vec<Observation>,
}

impl Claims<'_> {
    pub(super) fn push(&mut self, claim: Claim) {
        let stamp = Stamp { index: self.index, ..self.delivery.stamp };
        let mut observation = Observation::new(stamp, self.delivery.source(), claim);
        observation.message_id = self.delivery.message_id.clone();
        self.observations.push(observation);
    }
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
        self.claims.delivery.client_context.as_deref()
    }

    /// Returns whether the resource was reported as deleted.
    pub(super) fn is_deleted(&self) -> bool {
        self.change == Change::Deleted
    }

    pub(super) fn new(delivery: &'s Delivery, index: u32, call: CallId, target: Target) -> Self {
        Self {
            call,
            target,
            change: Change::Updated,
            is_aside: false,
            is_joining: false,
            is_page: false,
            claims: Claims { delivery, index, observations: Vec::with_capacity(USUAL) },
            faults: Vec::new(),
        }
    }

    /// Notes that the value is one of several in its delivery.
    pub(super) fn be_one_of_several(&mut self) {
        self.claims.observations.iter_mut().for_each(|observation| observation.in_batch = true);
    }

    pub(super) fn claim(&mut self, claim: Claim) {
        self.claims.push(claim);
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
#[inline]
pub(super) fn call_id(id: &str, node: Node<'_>) -> Result<CallId, Fault> {
    if id.is_empty() { Err(node.fault(Unreadable::NotAnId)) } else { read_id(id, node).map(CallId::from) }
}
