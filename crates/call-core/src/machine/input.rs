//! The inputs of a call.

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

use crate::words::observation::Observation;
use crate::words::requested::RequestedOperation;

/// An input of a call. One observation, or several, convert into it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum Input {
    /// Observations of the call, from one delivery or many, in any order.
    ///
    /// The timeline is the same as after one observation at a time. It is computed, and its changes are reported, once.
    Observed(Vec<Observation>),
    /// The call was created or answered here, although no observation shows it yet.
    ///
    /// Create responses and accepted commands show it by themselves. The core neither probes nor keeps alive a foreign call.
    Adopted,
    /// The host's own name of the call. The first one counts.
    Referenced(Box<str>),
    /// The host is about to request an operation. The core finds out how it ends.
    Requested(Box<RequestedOperation>),
    /// The operation with this client context was not started: the service refused the request, or it was not sent.
    Refused(Box<str>),
    /// A response hints that the call has ended, without saying it. The host is asked to probe the call.
    EndSuspected,
    /// A deadline was reached. An early, late or repeated input is harmless.
    DeadlineReached,
}

impl From<Observation> for Input {
    fn from(observation: Observation) -> Self {
        Self::Observed(vec![observation])
    }
}

impl From<Vec<Observation>> for Input {
    fn from(observations: Vec<Observation>) -> Self {
        Self::Observed(observations)
    }
}
