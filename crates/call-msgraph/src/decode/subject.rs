use call_core::{CallId, Claim, Id, Observation, Oddity};

use super::path::Target;
use crate::delivery::Delivery;
use crate::fault::{Fault, LONGEST_ID, Reason};
use crate::json::Node;

/// What one value of a delivery is about, and what it claimed so far.
pub(super) struct Subject<'s> {
    pub(super) call: CallId,
    pub(super) target: Target,
    /// What was reported of it; what was asked for is as it is now, like what was updated.
    pub(super) change: Change,
    /// Whether what was said is no report of a call.
    pub(super) is_aside: bool,
    /// Whether a participant asks to join.
    pub(super) is_joining: bool,
    /// Made so far; a value that cannot be read leaves none.
    pub(super) observations: Vec<(CallId, Observation)>,
    /// What was wrong with something that the rest does not depend on.
    pub(super) faults: Vec<Fault>,
    /// The place of the value in its batch.
    pub(super) index: u32,
    delivery: &'s Delivery<'s>,
}

/// The `changeType` of a notification; anything else counts as `updated`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    Created,
    Updated,
    Deleted,
}

impl Change {
    /// Reads a word in any case.
    pub(super) fn from_word(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "created" => Self::Created,
            "deleted" => Self::Deleted,
            _ => Self::Updated,
        }
    }
}

impl<'s> Subject<'s> {
    /// Returns whether the resource was reported as deleted.
    pub(super) fn is_deleted(&self) -> bool {
        self.change == Change::Deleted
    }

    pub(super) fn new(delivery: &'s Delivery<'s>, call: CallId, target: Target) -> Self {
        // Most calls are reported with several fields.
        let (observations, faults) = (Vec::with_capacity(8), Vec::new());
        let (change, is_aside, is_joining) = (Change::Updated, false, false);
        Self { call, target, change, is_aside, is_joining, observations, faults, index: 0, delivery }
    }

    pub(super) fn claim(&mut self, claim: Claim) {
        let mut stamp = self.delivery.stamp;
        stamp.index = self.index;
        let (source, message_id) = (self.delivery.source(), self.delivery.message_id.clone());
        let delivery = self.delivery.number;
        self.observations.push((self.call.clone(), Observation { stamp, claim, source, message_id, delivery }));
    }

    /// Returns the id of a part of the call. The path names it; another id inside is reported, not followed.
    pub(super) fn own_id(&mut self, inside: Option<Id>) -> Option<Id> {
        let Some(named) = self.target.id().filter(|id| id.len() <= LONGEST_ID).map(Id::new) else { return inside };
        if let Some(other) = inside.filter(|inside| *inside != named) {
            self.claim(Claim::Oddity(Oddity::IdMismatch(other.to_string().into())));
        }
        Some(named)
    }
}

/// Takes an id that a path or a resource names.
pub(super) fn call_id(id: &str, node: Node<'_>) -> Result<CallId, Fault> {
    match id {
        _ if id.len() > LONGEST_ID => Err(node.fault(Reason::LongId)),
        "" | "." | ".." => Err(node.fault(Reason::NotAnId)),
        _ => Ok(CallId::from(id)),
    }
}
