use std::sync::Arc;

use call_core::{Call, CallState, Timeline, Timestamp};

/// What is known of a call at some instant.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct CallView {
    /// What it went through.
    pub timeline: Arc<Timeline>,
    /// From when on whatever is still notified comes last; `None` while that cannot be said.
    pub settles_at: Option<Timestamp>,
}

impl CallView {
    pub(crate) fn of(call: Option<&Call>) -> Self {
        call.map_or_else(Self::default, |call| Self {
            timeline: Arc::new(call.timeline().clone()),
            settles_at: call.settles_at(),
        })
    }

    /// Returns the state that the call is in, the likeliest if there is doubt; `None` if nothing is known.
    #[must_use]
    pub fn state(&self) -> Option<CallState> {
        self.timeline.present.as_ref().map(|present| present.likely())
    }

    /// Returns whether the call was in a state, as far as is known.
    #[must_use]
    pub fn has_entered(&self, state: CallState) -> bool {
        self.timeline.steps.iter().any(|step| step.state == state)
    }

    /// Returns whether the call is over.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.state() == Some(CallState::Terminated)
    }
}
