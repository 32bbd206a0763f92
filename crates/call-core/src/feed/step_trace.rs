//! Recognizes steps: decides whether a step of a new timeline is one that the host already knows.

use alloc::vec::Vec;

use crate::rule::step::{Basis, Step};
use crate::words::observation::Receipt;
use crate::words::state::CallState;

/// One thing by which a step can be recognized: its state with one receipt of its evidence. An inferred step has no receipts of
/// its own, so it is recognized by those of the observed step that required it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Trace {
    state: CallState,
    is_inferred: bool,
    pub(crate) receipt: Receipt,
}

impl Trace {
    /// Returns all traces of the first of some steps, the earliest receipt first.
    pub(crate) fn of(steps: &[Step]) -> impl Iterator<Item = Self> {
        let first = steps.first();
        let is_inferred = first.is_some_and(|step| matches!(step.basis, Basis::Inferred(_)));
        // The last step of a timeline is observed, so some step after an inferred one has receipts.
        let grounds = steps.iter().map(|step| step.basis.receipts()).find(|receipts| !receipts.is_empty());
        let state = first.map(|step| step.state);
        let receipts = grounds.unwrap_or_default().iter();
        receipts.filter_map(move |receipt| Some(Self { state: state?, is_inferred, receipt: *receipt }))
    }
}

/// The traces by which the host knows a step: the one that it was entered with, and others after that one was evicted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct StepTrace(Vec<Trace>);

impl StepTrace {
    /// Returns the traces of the first of some steps.
    pub(crate) fn new(steps: &[Step]) -> Self {
        let mut traces = Self::default();
        traces.follow(steps);
        traces
    }

    pub(crate) fn has(&self, trace: &Trace) -> bool {
        self.0.contains(trace)
    }

    /// Returns whether the first of some steps is this one.
    pub(crate) fn is_of(&self, steps: &[Step]) -> bool {
        Trace::of(steps).any(|trace| self.has(&trace))
    }

    /// Adds a trace of the first of some steps, which is this one, if it has no known trace any more.
    pub(crate) fn follow(&mut self, steps: &[Step]) {
        if !self.is_of(steps) {
            // Most steps never need a second trace.
            self.0.reserve_exact(1);
            self.0.extend(Trace::of(steps).next());
        }
    }

    /// Returns whether both have a trace in common.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        other.0.iter().any(|trace| self.has(trace))
    }

    /// Adds the traces of another step, which cannot be distinguished from this one.
    pub(crate) fn absorb(&mut self, other: Self) {
        let new: Vec<_> = other.0.into_iter().filter(|trace| !self.has(trace)).collect();
        self.0.extend(new);
    }

    /// Removes the traces whose receipts were evicted, and returns whether any trace is left.
    pub(crate) fn retain(&mut self, is_kept: impl Fn(&Receipt) -> bool) -> bool {
        self.0.retain(|trace| is_kept(&trace.receipt));
        !self.0.is_empty()
    }
}
