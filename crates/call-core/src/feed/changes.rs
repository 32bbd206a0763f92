//! From two timelines to the changes between them, and the memory that tells a step that comes again from a new one.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::feed::change::Change;
use crate::feed::sorted_list::Difference::{Changed, Gone, New};
use crate::feed::sorted_list::differences;
use crate::feed::step_diff::{Edit, step_diff};
use crate::feed::step_trace::{StepTrace, Trace};
use crate::rule::step::Basis;
use crate::rule::step::Step;
use crate::rule::timeline::Timeline;
use crate::words::observation::Receipt;

/// Remembers by what the host knows the steps that it was told of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Feed {
    /// Those that stand, in their order.
    known: Vec<StepTrace>,
    /// Those that were withdrawn and not restored. No two have a trace in common.
    withdrawn: Vec<StepTrace>,
}

impl Timeline {
    /// Returns the changes that make another timeline of this one.
    ///
    /// No step is told as restored or forgotten, for that depends on what was told before: see [`crate::Call`].
    #[must_use]
    pub fn changes_to(&self, after: &Self) -> Vec<Change> {
        let known = (0..self.steps.len()).map(|place| StepTrace::new(&self.steps[place..])).collect();
        Feed { known, withdrawn: Vec::new() }.changes(self, after, |_| true)
    }
}

impl Feed {
    /// Returns the changes between two timelines, of which the second may lack what is no longer kept.
    pub(crate) fn changes(
        &mut self,
        before: &Timeline,
        after: &Timeline,
        is_kept: impl Fn(&Receipt) -> bool,
    ) -> Vec<Change> {
        let (old, new) = (before.steps.as_slice(), after.steps.as_slice());
        let edits = step_diff(old, new, |place, trace| self.known.get(place).is_some_and(|known| known.has(trace)));
        let is_withdrawn = |place: usize| Trace::of(&old[place..]).any(|trace| is_kept(&trace.receipt));
        let mut known = core::mem::take(&mut self.known);
        for edit in &edits {
            if let Edit::Remove { old } = *edit
                && is_withdrawn(old)
            {
                self.withdraw(core::mem::take(&mut known[old]));
            }
        }

        let mut changes = Vec::new();
        for edit in edits {
            let at = self.known.len();
            match edit {
                Edit::Keep { old: from, new: to } => {
                    changes.extend(difference(at, &old[from], &new[to]));
                    self.known.push(core::mem::take(&mut known[from]));
                }
                Edit::Remove { old } if is_withdrawn(old) => changes.push(Change::Withdrawn { at }),
                Edit::Remove { .. } => changes.push(Change::Forgotten { at }),
                Edit::Insert { new: to } => {
                    let step = Box::new(new[to].clone());
                    let restored = self.restore(&new[to..]);
                    changes.push(match restored {
                        Some(_) => Change::Restored { at, step },
                        None => Change::Entered { at, step },
                    });
                    self.known.push(restored.unwrap_or_default());
                }
            }
        }
        self.withdrawn.retain_mut(|step| step.retain(&is_kept));
        for (place, step) in self.known.iter_mut().enumerate() {
            step.retain(&is_kept);
            step.follow(&new[place..]);
        }
        beside_the_steps(before, after, &mut changes);
        changes
    }

    fn withdraw(&mut self, mut step: StepTrace) {
        // What cannot be told apart is one.
        while let Some(place) = self.withdrawn.iter().position(|known| known.overlaps(&step)) {
            step.absorb(self.withdrawn.swap_remove(place));
        }
        self.withdrawn.push(step);
    }

    /// Returns the step of the first of some steps, if it was withdrawn.
    fn restore(&mut self, steps: &[Step]) -> Option<StepTrace> {
        let place = self.withdrawn.iter().position(|known| known.is_of(steps))?;
        Some(self.withdrawn.swap_remove(place))
    }
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
    if before.fields != after.fields {
        changes.push(Change::FieldsChanged(Box::new(after.fields.clone())));
    }
    let (known, now) = (&before.roster.participants, &after.roster.participants);
    changes.extend(differences(known, now, |participant| &participant.key).into_iter().map(|told| match told {
        New(participant) => Change::ParticipantJoined(participant.clone()),
        Changed(participant) => Change::ParticipantChanged(participant.clone()),
        Gone(participant) => Change::ParticipantLeft(participant.key.clone()),
    }));
    if before.roster.gap != after.roster.gap {
        changes.push(Change::RosterGapChanged(after.roster.gap));
    }
    let operations = differences(&before.operations, &after.operations, |operation| &operation.key);
    changes.extend(operations.into_iter().map(|told| match told {
        New(operation) | Changed(operation) => Change::OperationChanged(Box::new(operation.clone())),
        Gone(operation) => Change::OperationForgotten(operation.key.clone()),
    }));
    let sharing = differences(&before.sharing, &after.sharing, |session| &session.id);
    changes.extend(sharing.into_iter().map(|told| match told {
        New(session) | Changed(session) => Change::SharingChanged(session.clone()),
        Gone(session) => Change::SharingForgotten(session.id.clone()),
    }));
    let tones = differences(&before.tones, &after.tones, |tone| &tone.sequence_id);
    changes.extend(tones.into_iter().map(|told| match told {
        New(tone) | Changed(tone) => Change::ToneReceived(tone.clone()),
        Gone(tone) => Change::ToneForgotten(tone.sequence_id),
    }));
    let anomalies = differences(&before.anomalies, &after.anomalies, |anomaly| &anomaly.kind);
    changes.extend(anomalies.into_iter().map(|told| match told {
        New(anomaly) | Changed(anomaly) => Change::AnomalyFound(anomaly.clone()),
        Gone(anomaly) => Change::AnomalyGone(anomaly.kind.clone()),
    }));
}
