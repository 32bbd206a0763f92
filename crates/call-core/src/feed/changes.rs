//! The changes between two timelines. Remembers withdrawn steps, so that a step that returns is restored and not entered again.

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

/// The steps that the host knows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Feed {
    /// Steps of the current timeline, in order.
    known: Vec<StepTrace>,
    /// Steps that were withdrawn and not restored. No two have a trace in common.
    withdrawn: Vec<StepTrace>,
}

impl Timeline {
    /// Returns what a host knows that knows this timeline and no earlier one.
    fn feed(&self) -> Feed {
        let known = (0..self.steps.len()).map(|place| StepTrace::new(&self.steps[place..])).collect();
        Feed { known, withdrawn: Vec::new() }
    }

    /// Returns the changes that lead from this timeline to another one.
    ///
    /// They never contain [`Change::Restored`] and [`Change::Forgotten`], which depend on earlier changes: see [`crate::Call`].
    #[must_use]
    pub fn changes_to(&self, after: &Self) -> Vec<Change> {
        self.feed().changes(self, after, |_| true)
    }
}

/// Returns the changes between two timelines, given what the host knows; nothing if it only knows the first timeline.
pub(crate) fn changes(
    feed: &mut Option<Box<Feed>>,
    before: &Timeline,
    after: &Timeline,
    is_kept: impl Fn(&Receipt) -> bool,
) -> Vec<Change> {
    let mut knows = feed.take().map_or_else(|| before.feed(), |feed| *feed);
    let changes = knows.changes(before, after, is_kept);
    // Most hosts know what the timeline says and nothing else. There may be a million calls, so that is not kept.
    if knows != after.feed() {
        *feed = Some(Box::new(knows));
    }
    changes
}

impl Feed {
    /// Returns the changes between two timelines. `is_kept` says whether a receipt still supports a state, or was evicted.
    fn changes(&mut self, before: &Timeline, after: &Timeline, is_kept: impl Fn(&Receipt) -> bool) -> Vec<Change> {
        let (old, new) = (before.steps.as_slice(), after.steps.as_slice());
        let edits = step_diff(old, new, |place, trace| self.known.get(place).is_some_and(|known| known.has(trace)));
        let is_withdrawn = |place: usize| Trace::of(&old[place..]).any(|trace| is_kept(&trace.receipt));
        let mut known = core::mem::take(&mut self.known);
        // A step can be withdrawn at one place and return at another one in the same diff. So all steps are withdrawn before any
        // is restored.
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
        other_changes(before, after, &mut changes);
        changes
    }

    /// Notes that the host learned of all steps of a timeline, of which it did not know the last ones.
    pub(crate) fn follow(&mut self, steps: &[Step]) {
        let new = self.known.len()..steps.len();
        self.known.extend(new.map(|place| StepTrace::new(&steps[place..])));
    }

    fn withdraw(&mut self, mut step: StepTrace) {
        // Two withdrawn steps with a common trace cannot be distinguished, so they become one.
        while let Some(place) = self.withdrawn.iter().position(|known| known.overlaps(&step)) {
            step.absorb(self.withdrawn.swap_remove(place));
        }
        self.withdrawn.push(step);
    }

    /// Returns the first of some steps, if it was withdrawn before.
    fn restore(&mut self, steps: &[Step]) -> Option<StepTrace> {
        let place = self.withdrawn.iter().position(|known| known.is_of(steps))?;
        Some(self.withdrawn.swap_remove(place))
    }
}

/// Returns the change of a step that is in both timelines; `None` if there is none.
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

fn other_changes(before: &Timeline, after: &Timeline, changes: &mut Vec<Change>) {
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
    changes.extend(differences(known, now, |participant| &participant.key).into_iter().map(
        |difference| match difference {
            New(participant) => Change::ParticipantJoined(participant.clone()),
            Changed(participant) => Change::ParticipantChanged(participant.clone()),
            Gone(participant) => Change::ParticipantLeft(participant.key.clone()),
        },
    ));
    if before.roster.gap != after.roster.gap {
        changes.push(Change::RosterGapChanged(after.roster.gap));
    }
    let operations = differences(&before.operations, &after.operations, |operation| &operation.key);
    changes.extend(operations.into_iter().map(|difference| match difference {
        New(operation) | Changed(operation) => Change::OperationChanged(Box::new(operation.clone())),
        Gone(operation) => Change::OperationForgotten(operation.key.clone()),
    }));
    let sharing = differences(&before.sharing, &after.sharing, |session| &session.id);
    changes.extend(sharing.into_iter().map(|difference| match difference {
        New(session) | Changed(session) => Change::SharingChanged(session.clone()),
        Gone(session) => Change::SharingForgotten(session.id.clone()),
    }));
    let tones = differences(&before.tones, &after.tones, |tone| &tone.sequence_id);
    changes.extend(tones.into_iter().map(|difference| match difference {
        New(tone) | Changed(tone) => Change::ToneReceived(tone.clone()),
        Gone(tone) => Change::ToneForgotten(tone.sequence_id),
    }));
    let anomalies = differences(&before.anomalies, &after.anomalies, |anomaly| &anomaly.kind);
    changes.extend(anomalies.into_iter().map(|difference| match difference {
        New(anomaly) | Changed(anomaly) => Change::AnomalyFound(anomaly.clone()),
        Gone(anomaly) => Change::AnomalyGone(anomaly.kind.clone()),
    }));
}
