//! Claims of participants, alone or in a list ("participant resource type", v1.0 reference).

use std::sync::Arc;

use call_core::{Claim, Id, ParticipantKey, ParticipantReport, RosterExtent, RosterReport};

use crate::decode::resources::{Participant, Resource};
use crate::decode::subject::{Change, Subject};
use crate::decode::{identity, member};
use crate::fault::{Fault, Unreadable};
use crate::json::member::Fill;
use crate::json::node::Node;

/// The participants of one value.
#[derive(Default)]
pub(super) struct Participants {
    reports: Vec<ParticipantReport>,
    /// Whether a participant could not be read.
    has_holes: bool,
}

impl Participants {
    /// Adds a participant. If it cannot be read, the others count.
    pub(super) fn add(&mut self, subject: &mut Subject<'_>, node: Node<'_>, entry: &Participant<'_>) {
        match report(subject, node, entry) {
            Ok(report) => self.reports.push(report),
            Err(fault) => {
                self.has_holes |= *fault.reason != Unreadable::NoParticipant;
                subject.faults.push(fault);
            }
        }
    }

    /// Adds the claim of a list. A list of created or deleted participants says nothing about the others, and neither does a page.
    /// And a participant that cannot be read must not seem to have left.
    pub(super) fn claim(self, subject: &mut Subject<'_>) {
        let is_full = subject.change == Change::Updated && !self.has_holes && !subject.is_page;
        let extent = if is_full { RosterExtent::Full } else { RosterExtent::Some };
        if is_full || !self.reports.is_empty() {
            claim(subject, extent, self.reports);
        }
    }
}

fn report(subject: &mut Subject<'_>, node: Node<'_>, entry: &Participant<'_>) -> Result<ParticipantReport, Fault> {
    let identities = identity::of_party(&mut subject.faults, &entry.info);
    let key = match member::own_id(subject, &entry.id)? {
        Some(id) => ParticipantKey::Id(id),
        None => identity::key(identities).ok_or_else(|| node.fault(Unreadable::NoParticipant))?,
    };
    let mut participant = ParticipantReport::new(key);
    let is_deleted = subject.is_deleted();
    let faults = &mut subject.faults;
    participant.number = member::integer(faults, &entry.roster_sequence_number);
    participant.is_removed = is_deleted || entry.removed_state.get()?.is_some();
    participant.is_in_lobby = member::boolean(faults, &entry.is_in_lobby);
    participant.is_muted = member::boolean(faults, &entry.is_muted);
    participant.is_on_hold = member::boolean(faults, &entry.is_on_hold);
    participant.identity = identity::preferred(identities).map(Arc::new);
    Ok(participant)
}

/// Adds the claim of one participant.
pub(super) fn single(subject: &mut Subject<'_>, node: Node<'_>, entry: &Participant<'_>) -> Result<(), Fault> {
    let report = report(subject, node, entry)?;
    claim(subject, RosterExtent::Some, vec![report]);
    Ok(())
}

/// Adds the claim of a participant that is only known from the path.
pub(super) fn bare(subject: &mut Subject<'_>, id: Id) {
    let mut participant = ParticipantReport::new(ParticipantKey::Id(id));
    participant.is_removed = subject.is_deleted();
    claim(subject, RosterExtent::Some, vec![participant]);
}

/// Adds the claim of a roster delta.
pub(super) fn delta(subject: &mut Subject<'_>, delta: &Resource<'_>) -> Result<(), Fault> {
    let mut participants = Participants::default();
    if let Some(entries) = delta.participants.get()? {
        // Read again, one by one: all at once, they could take a hundred times the memory of their text.
        let mut wrong = None;
        entries.read(|reader| {
            reader.array(|reader| {
                let mut entry = Participant::default();
                match entry.fill(reader)? {
                    Ok(()) if wrong.is_none() => participants.add(subject, entry.node, &entry),
                    Ok(()) => {}
                    Err(fault) => _ = wrong.get_or_insert(fault),
                }
                Ok(())
            })
        })?;
        wrong.map_or(Ok(()), Err)?;
    }
    // If a participant could not be read, the number is dropped. That makes a gap, and the participants are listed again.
    let number = member::integer(&mut subject.faults, &delta.sequence_number).filter(|_| !participants.has_holes);
    claim(subject, RosterExtent::Delta { number }, participants.reports);
    Ok(())
}

fn claim(subject: &mut Subject<'_>, extent: RosterExtent, participants: Vec<ParticipantReport>) {
    subject.claim(Claim::Roster(Box::new(RosterReport::new(extent, participants))));
}
