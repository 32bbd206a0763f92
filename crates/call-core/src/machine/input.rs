use alloc::vec::Vec;

use crate::words::observation::Observation;

/// What a host tells a call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum Input {
    /// Something was observed of it.
    Observed(Observation),
    /// Several things were observed of it, by one delivery or many. What is known in the end is what it would be after one
    /// at a time; what they change is worked out, and told, once.
    ObservedAll(Vec<Observation>),
    /// It was created or answered here, though nothing that was observed says so yet.
    ///
    /// A create response and an accepted command say so by themselves. A call that is not known here is neither probed
    /// nor kept alive.
    Adopted,
    /// A deadline was reached. Early, late and repeated calls are harmless.
    DeadlineReached,
}
