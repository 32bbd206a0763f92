use crate::timeline::Basis;
use crate::{CallState, Receipt, Step};

/// What a step can be known by: its state and a piece of its evidence, or of the evidence of what required it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Opening {
    state: CallState,
    is_inferred: bool,
    pub(crate) receipt: Receipt,
}

impl Opening {
    /// Returns all that the first of some steps can be known by, the earliest evidence first.
    pub(crate) fn of(steps: &[Step]) -> impl Iterator<Item = Self> {
        let first = steps.first();
        let is_inferred = first.is_some_and(|step| matches!(step.basis, Basis::Inferred(_)));
        // The last step of a timeline is observed, so an inferred one has something after it that required it.
        let grounds = steps.iter().map(|step| step.basis.receipts()).find(|receipts| !receipts.is_empty());
        let state = first.map(|step| step.state);
        let receipts = grounds.unwrap_or_default().iter();
        receipts.filter_map(move |receipt| Some(Self { state: state?, is_inferred, receipt: *receipt }))
    }
}
