//! From two timelines to the changes between them, and the memory that tells a step that comes again from a new one.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::alignment::{Edit, align};
use crate::opening::Opening;
use crate::timeline::Basis;
use crate::{AnomalyKind, Change, Receipt, Step, Timeline};

/// Remembers whose entry was told.
///
/// A step is known by its state and by the evidence that it was first told with; an inferred one by what required it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Feed {
    told: Vec<Opening>,
}

impl Timeline {
    /// Returns the changes that make another timeline of this one.
    ///
    /// No step is told as restored or forgotten, for that depends on what was told before: see [`crate::Call`].
    #[must_use]
    pub fn changes_to(&self, after: &Self) -> Vec<Change> {
        Feed::default().changes(self, after, &[])
    }
}

impl Feed {
    /// Returns the changes between two timelines, of which the second no longer knows some receipts.
    pub(crate) fn changes(&mut self, before: &Timeline, after: &Timeline, let_go: &[Receipt]) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut at = 0;
        for edit in align(&before.steps, &after.steps, |opening| self.told.binary_search(opening).is_ok()) {
            match edit {
                Edit::Keep { old, new } => {
                    changes.extend(difference(at, &before.steps[old], &after.steps[new]));
                    at += 1;
                }
                Edit::Remove { old } => changes.push(if is_gone(&before.steps[old..], let_go) {
                    Change::Forgotten { at }
                } else {
                    Change::Withdrawn { at }
                }),
                Edit::Insert { new } => {
                    changes.push(self.enter(at, &after.steps[new..]));
                    at += 1;
                }
            }
        }
        self.told.retain(|opening| !let_go.contains(&opening.receipt));
        beside_the_steps(before, after, &mut changes);
        changes
    }

    /// Tells the first of some steps.
    fn enter(&mut self, at: usize, steps: &[Step]) -> Change {
        let step = Box::new(steps[0].clone());
        if Opening::of(steps).any(|opening| self.told.binary_search(&opening).is_ok()) {
            return Change::Restored { at, step };
        }
        if let Some(opening) = Opening::of(steps).next()
            && let Err(place) = self.told.binary_search(&opening)
        {
            self.told.insert(place, opening);
        }
        Change::Entered { at, step }
    }
}

/// Returns whether the first of some steps goes because its evidence is no longer kept.
fn is_gone(steps: &[Step], let_go: &[Receipt]) -> bool {
    Opening::of(steps).all(|opening| let_go.contains(&opening.receipt))
}

/// Returns how a step that stays has changed.
fn difference(at: usize, before: &Step, after: &Step) -> Option<Change> {
    if before == after {
        return None;
    }
    let supported = |receipts: Vec<Receipt>, facts| {
        let mut step = before.clone();
        let Basis::Observed(evidence) = &mut step.basis else { return None };
        evidence.add(&receipts, facts);
        (step == *after).then_some(Change::Supported { at, receipts, facts })
    };
    let (known, now) = (before.basis.receipts(), after.basis.receipts());
    let new = now.iter().filter(|receipt| known.binary_search(receipt).is_err()).copied().collect();
    supported(new, after.basis.facts()).or_else(|| Some(Change::Amended { at, step: Box::new(after.clone()) }))
}

fn beside_the_steps(before: &Timeline, after: &Timeline, changes: &mut Vec<Change>) {
    if before.direction != after.direction {
        changes.push(Change::DirectionChanged(after.direction));
    }
    if before.present != after.present {
        changes.push(Change::PresentChanged(after.present.clone()));
    }
    if before.result != after.result {
        changes.push(Change::ResultChanged(after.result.clone()));
    }
    if before.termination_reason != after.termination_reason {
        changes.push(Change::TerminationReasonChanged(after.termination_reason.clone()));
    }
    let is_gone = |kind: &&AnomalyKind| after.anomalies.iter().all(|anomaly| anomaly.kind != **kind);
    let gone = before.anomalies.iter().map(|anomaly| &anomaly.kind).filter(is_gone);
    changes.extend(gone.cloned().map(Change::AnomalyGone));
    let found = after.anomalies.iter().filter(|anomaly| !before.anomalies.contains(anomaly));
    changes.extend(found.cloned().map(Change::AnomalyFound));
}
