use call_core::{CallId, Claim, Observation};

use super::path::Target;
use crate::delivery::Delivery;
use crate::fault::{Fault, LONGEST_ID, Reason};
use crate::json::Node;

/// What one value of a delivery is about, and what it claimed so far.
pub(super) struct Subject<'s> {
    pub(super) call: CallId,
    pub(super) target: Target,
    /// Whether the resource was reported as deleted.
    pub(super) is_deleted: bool,
    /// Made so far; a value that cannot be read leaves none.
    pub(super) observations: Vec<(CallId, Observation)>,
    /// What was wrong with something that the rest does not depend on.
    pub(super) faults: Vec<Fault>,
    /// The place of the value in its batch.
    pub(super) index: u32,
    delivery: &'s Delivery<'s>,
}

impl<'s> Subject<'s> {
    pub(super) fn new(delivery: &'s Delivery<'s>, call: CallId, target: Target) -> Self {
        let (observations, faults) = (Vec::new(), Vec::new());
        Self { call, target, is_deleted: false, observations, faults, index: 0, delivery }
    }

    pub(super) fn claim(&mut self, claim: Claim) {
        let mut stamp = self.delivery.stamp;
        stamp.index = self.index;
        let (source, message_id) = (self.delivery.source(), self.delivery.message_id.clone());
        let delivery = self.delivery.number;
        self.observations.push((self.call.clone(), Observation { stamp, claim, source, message_id, delivery }));
    }

    /// Claims that the call exists, unless something else was claimed of it: that says so too.
    pub(super) fn claim_existence(&mut self) {
        if self.observations.is_empty() {
            self.claim(Claim::Exists);
        }
    }
}

/// Takes an id that a path or a resource names.
pub(super) fn call_id(id: &str, node: Node<'_>) -> Result<CallId, Fault> {
    if id.len() > LONGEST_ID { Err(node.fault(Reason::LongId)) } else { Ok(CallId::from(id)) }
}
