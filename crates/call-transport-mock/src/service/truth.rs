//! What really happened to a call.

use call_core::{CallId, CallState, Direction, ResultInfo, Timestamp};

/// What really happened to a call, as only the service knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// The call.
    pub call: CallId,
    /// Who called whom.
    pub direction: Direction,
    /// The states that the call went through, and when it entered each. There is at least one.
    pub steps: Vec<TrueStep>,
    /// How it ended.
    pub result: Option<ResultInfo>,
    /// The sessions of content sharing, and whether each has ended.
    pub sharing: Vec<(String, bool)>,
}

/// A state that a call was in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrueStep {
    /// Which one.
    pub state: CallState,
    /// When it was entered.
    pub entered_at: Timestamp,
}

/// What a notification tells of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The call.
    pub call: CallId,
    /// The step of the truth that it tells of; `None` if it tells of something else.
    pub step: Option<usize>,
    /// What it tells beside that.
    pub news: News,
}

/// What a notification tells beside a state.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum News {
    /// Nothing.
    None,
    /// Who takes part.
    Roster,
    /// A session of content sharing goes on.
    Shared(String),
    /// A session of content sharing has ended.
    SharingEnded(String),
    /// How the call ended.
    Result,
    /// An operation came to its end.
    Operation(String),
}

impl Truth {
    /// Returns the state that the call is in.
    #[must_use]
    pub fn state(&self) -> CallState {
        self.steps.last().map_or(CallState::Terminated, |step| step.state)
    }

    /// Returns whether the call is over.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.state() == CallState::Terminated
    }

    /// Returns the step in which the call was in a state at some instant of a span; the first, if there are several.
    #[must_use]
    pub fn step_within(&self, state: CallState, from: Timestamp, until: Timestamp) -> Option<usize> {
        let ended_at = |at: usize| self.steps.get(at + 1).map_or(Timestamp::MAX, |next| next.entered_at);
        let mut steps = self.steps.iter().enumerate();
        steps
            .find(|(at, step)| step.state == state && step.entered_at <= until && ended_at(*at) >= from)
            .map(|(at, _)| at)
    }
}
