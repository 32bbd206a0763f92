//! The truth of a call.

use call_core::{CallId, CallState, Direction, ResultInfo, Timestamp};

/// The truth of a call, which only the service knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// The call.
    pub call: CallId,
    /// Direction of the call.
    pub direction: Direction,
    /// States that the call went through. There is at least one.
    pub steps: Vec<TrueStep>,
    /// Result of the call.
    pub result: Option<ResultInfo>,
    /// Content sharing sessions, and whether each has ended.
    pub sharing: Vec<(String, bool)>,
}

/// A state that a call was in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrueStep {
    /// The state.
    pub state: CallState,
    /// Instant at which it was entered.
    pub entered_at: Timestamp,
}

/// Content of a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The call.
    pub call: CallId,
    /// Step of the truth that it reports; `None` if it reports something else.
    pub step: Option<usize>,
    /// Other content.
    pub news: News,
}

/// Content of a notification other than a state.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum News {
    /// Nothing.
    None,
    /// The roster.
    Roster,
    /// A content sharing session is active.
    Shared(String),
    /// A content sharing session has ended.
    SharingEnded(String),
    /// The result of the call.
    Result,
    /// An operation has completed.
    Operation(String),
}

impl Truth {
    /// Returns the present state.
    #[must_use]
    pub fn state(&self) -> CallState {
        self.steps.last().map_or(CallState::Terminated, |step| step.state)
    }

    /// Returns whether the call has ended.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.state() == CallState::Terminated
    }

    /// Returns the first step in which the call was in a state at some instant of an interval.
    #[must_use]
    pub fn step_within(&self, state: CallState, from: Timestamp, until: Timestamp) -> Option<usize> {
        let ended_at = |at: usize| self.steps.get(at + 1).map_or(Timestamp::MAX, |next| next.entered_at);
        let mut steps = self.steps.iter().enumerate();
        steps
            .find(|(at, step)| step.state == state && step.entered_at <= until && ended_at(*at) >= from)
            .map(|(at, _)| at)
    }
}
