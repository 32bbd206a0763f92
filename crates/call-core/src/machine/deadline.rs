use crate::feed::output::ProbeReason;
use crate::words::time::Timestamp;

/// When to come back to a call, and what for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Deadline {
    /// When; it may lie in the past, and means at once then.
    pub at: Timestamp,
    /// What for.
    pub timer: Timer,
}

/// What a call has to be come back to for: all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Timer {
    /// The host will be asked to GET it.
    Probe(ProbeReason),
    /// The host will be asked to GET its participants.
    ListParticipants,
    /// The host will be asked to keep it alive.
    KeepAlive,
    /// The host will be warned that it was not kept alive.
    Warning,
    /// It will be forgotten.
    Forget,
}
