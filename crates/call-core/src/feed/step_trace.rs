//! By what a host knows a step, so that one that comes again is told from a new one.

use alloc::vec::Vec;

use crate::rule::step::Basis;
use crate::rule::step::Step;
use crate::words::observation::Receipt;
use crate::words::state::CallState;

/// What a step can be known by: its state and a piece of its evidence, or of the evidence of what required it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Trace {
    state: CallState,
    is_inferred: bool,
    pub(crate) receipt: Receipt,
}

impl Trace {
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

/// What the host knows a step by: what it was entered with, and once that is gone, something else that it had.
#[derive(Debug, Clone, Default)]
pub(crate) struct StepTrace(Vec<Trace>);

impl StepTrace {
    /// Makes the step of the first of some steps.
    pub(crate) fn new(steps: &[Step]) -> Self {
        let mut step = Self::default();
        step.follow(steps);
        step
    }

    pub(crate) fn has(&self, trace: &Trace) -> bool {
        self.0.contains(trace)
    }

    /// Returns whether the first of some steps is this one.
    pub(crate) fn is_of(&self, steps: &[Step]) -> bool {
        Trace::of(steps).any(|trace| self.has(&trace))
    }

    /// Sees to it that the first of some steps, which is this one, can be recognized again.
    pub(crate) fn follow(&mut self, steps: &[Step]) {
        if !self.is_of(steps) {
            // Most have one trace for ever.
            self.0.reserve_exact(1);
            self.0.extend(Trace::of(steps).next());
        }
    }

    /// Returns whether both have a trace in common.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        other.0.iter().any(|trace| self.has(trace))
    }

    /// Takes in the traces of another.
    pub(crate) fn absorb(&mut self, other: Self) {
        let new: Vec<_> = other.0.into_iter().filter(|trace| !self.has(trace)).collect();
        self.0.extend(new);
    }

    /// Leaves out the traces of what is no longer kept, and returns whether any is left.
    pub(crate) fn retain(&mut self, is_kept: impl Fn(&Receipt) -> bool) -> bool {
        self.0.retain(|trace| is_kept(&trace.receipt));
        !self.0.is_empty()
    }
}
