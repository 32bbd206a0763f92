use crate::Observation;

/// What a host tells a call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum Input {
    /// Something was observed of it.
    Observed(Observation),
    /// It was created or answered here, though nothing that was observed says so yet.
    ///
    /// A create response and an accepted command say so by themselves. A call that is not known here is neither probed
    /// nor kept alive.
    Adopted,
    /// A deadline was reached. Early, late and repeated calls are harmless.
    DeadlineReached,
}
