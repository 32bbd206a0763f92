//! The state of a call at an instant.

use std::sync::Arc;

use call_core::{Call, CallState, Present, Timeline, Timestamp, TrackedOperation};
use call_msgraph::KnownCall;

/// What the engine knows about a call at an instant.
#[derive(Debug, Clone, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CallView {
    /// Timeline of the call.
    pub timeline: Arc<Timeline>,
    /// Instant from which notifications that are still to come are later in the timeline; `None` while that is unknown.
    pub settles_at: Option<Timestamp>,
    /// Instant of the last report of the call; `None` if there was none.
    pub heard_at: Option<Timestamp>,
    /// Operations that the host requested, in the order of their requests, as far as they are remembered.
    pub operations: Arc<[TrackedOperation]>,
    /// The host's own name of the call.
    pub reference: Option<Arc<str>>,
    has_ended: bool,
}

impl CallView {
    pub(crate) fn of(call: Option<&Call>) -> Self {
        call.map_or_else(Self::default, |call| Self {
            timeline: Arc::new(call.timeline().into_owned()),
            settles_at: call.settles_at(),
            heard_at: call.heard_at(),
            operations: call.operations().cloned().collect(),
            reference: call.reference().map(Arc::from),
            has_ended: call.has_ended(),
        })
    }

    /// Returns the present state, or the most likely one if it is ambiguous; `None` if no state was observed.
    #[must_use]
    pub fn state(&self) -> Option<CallState> {
        self.timeline.present.as_ref().map(|present| present.likely())
    }

    /// Returns what the check of an operation must know: what is certain.
    pub(crate) fn known_call(&self) -> KnownCall {
        let mut known = KnownCall::default();
        if let Some(Present::Certain(state)) = self.timeline.present {
            known.state = Some(state);
        }
        known.media = self.timeline.fields.media;
        known
    }

    /// Returns whether the timeline contains a state.
    #[must_use]
    pub fn has_entered(&self, state: CallState) -> bool {
        self.timeline.steps.iter().any(|step| step.state == state)
    }

    /// Returns whether the call has ended. A single 404 makes the end likely: the state is `terminated` then, but the call has not ended.
    #[must_use]
    pub const fn has_ended(&self) -> bool {
        self.has_ended
    }
}
