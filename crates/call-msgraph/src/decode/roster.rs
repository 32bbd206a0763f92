//! Claims of participants, alone or in a list ("participant resource type", v1.0 reference).

use std::sync::Arc;

use call_core::{Claim, Id, ParticipantKey, ParticipantReport, RosterExtent, RosterReport};

use crate::decode::subject::{Change, Subject};
use crate::decode::{identity, member};
use crate::fault::{Fault, Unreadable};
use crate::json::node::Object;

/// The participants of one value.
#[derive(Default)]
pub(super) struct List {
    participants: Vec<ParticipantReport>,
    /// Whether a participant could not be read.
    has_holes: bool,
}

impl List {
    /// Adds a participant. If it cannot be read, the others count.
    pub(super) fn add(&mut self, subject: &mut Subject<'_>, entry: &Object<'_>) {
        if let Err(fault) = self.read(subject, entry) {
            self.has_holes |= fault.reason != Unreadable::NoParticipant;
            subject.faults.push(fault);
        }
    }

    fn read(&mut self, subject: &mut Subject<'_>, entry: &Object<'_>) -> Result<(), Fault> {
        let identities = identity::of_participant(subject, entry, "info");
        let key = match member::own_id(subject, entry)? {
            Some(id) => ParticipantKey::Id(id),
            None => {
                let key = identity::key(&identities);
                key.ok_or_else(|| entry.node().fault(Unreadable::NoParticipant))?
            }
        };
        let mut participant = ParticipantReport::new(key);
        participant.number = member::integer(subject, entry, "rosterSequenceNumber");
        participant.is_removed = subject.is_deleted() || entry.get("removedState")?.is_some();
        participant.is_in_lobby = member::boolean(subject, entry, "isInLobby");
        participant.is_muted = member::boolean(subject, entry, "isMuted");
        participant.is_on_hold = member::boolean(subject, entry, "isOnHold");
        participant.identity = identity::preferred(identities).map(Arc::new);
        self.participants.push(participant);
        Ok(())
    }

    /// Adds the claim of a list. A list of created or deleted participants says nothing about the others, and neither does a page.
    /// And a participant that cannot be read must not seem to have left.
    pub(super) fn claim(self, subject: &mut Subject<'_>) {
        let is_full = subject.change == Change::Updated && !self.has_holes && !subject.is_page;
        let extent = if is_full { RosterExtent::Full } else { RosterExtent::Some };
        if is_full || !self.participants.is_empty() {
            claim(subject, extent, self.participants);
        }
    }
}

/// Adds the claim of one participant.
pub(super) fn single(subject: &mut Subject<'_>, participant: &Object<'_>) -> Result<(), Fault> {
    let mut list = List::default();
    list.read(subject, participant)?;
    claim(subject, RosterExtent::Some, list.participants);
    Ok(())
}

/// Adds the claim of a participant that is only known from the path.
pub(super) fn bare(subject: &mut Subject<'_>, id: Id) {
    let mut participant = ParticipantReport::new(ParticipantKey::Id(id));
    participant.is_removed = subject.is_deleted();
    claim(subject, RosterExtent::Some, vec![participant]);
}

/// Adds the claim of a roster delta.
pub(super) fn delta(subject: &mut Subject<'_>, delta: &Object<'_>) -> Result<(), Fault> {
    let mut list = List::default();
    if let Some(participants) = delta.get("participants")? {
        for entry in participants.array()? {
            list.add(subject, &entry.object()?);
        }
    }
    // If a participant could not be read, the number is dropped. That makes a gap, and the participants are listed again.
    let number = member::integer(subject, delta, "sequenceNumber").filter(|_| !list.has_holes);
    claim(subject, RosterExtent::Delta { number }, list.participants);
    Ok(())
}

fn claim(subject: &mut Subject<'_>, extent: RosterExtent, participants: Vec<ParticipantReport>) {
    subject.claim(Claim::Roster(Box::new(RosterReport::new(extent, participants))));
}
