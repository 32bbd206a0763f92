//! Deadlines and their timers.

use crate::feed::output::ProbeReason;
use crate::words::time::Timestamp;

/// When, and why, to come back to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Deadline {
    /// Instant of the deadline. If it is in the past, the deadline is due now.
    pub at: Timestamp,
    /// Timer of the deadline.
    pub timer: Timer,
}

/// Reason for a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Timer {
    /// The host is asked to probe the call.
    Probe(ProbeReason),
    /// A likely end counts as the end, because no probe is left.
    AssumeEnd,
    /// The host is asked to list the participants.
    ListParticipants,
    /// The outcome of an operation is due: it is probed, or taken as it is known.
    Operation,
    /// The host is asked to keep the call alive.
    KeepAlive,
    /// The host is warned that the call was not kept alive.
    Warning,
    /// The call is forgotten.
    Forget,
}
