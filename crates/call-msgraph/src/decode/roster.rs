//! What participants claim, alone or as a list ("participant resource type", v1.0 reference).

use call_core::{Claim, Id, ParticipantKey, ParticipantReport, RosterExtent, RosterReport};

use crate::decode::subject::{Change, Subject};
use crate::decode::{identity, member};
use crate::fault::{Fault, Unreadable};
use crate::json::node::Object;

/// The participants that one value names, and what was not made out of them.
#[derive(Default)]
pub(super) struct List {
    participants: Vec<ParticipantReport>,
    largest: Option<i64>,
    /// Somebody stands in it who cannot be read.
    has_holes: bool,
}

impl List {
    /// Takes over an entry; one that cannot be read costs itself.
    pub(super) fn add(&mut self, subject: &mut Subject<'_>, entry: &Object<'_>) {
        if let Err(fault) = self.read(subject, entry) {
            self.has_holes |= fault.reason != Unreadable::Nobody;
            subject.faults.push(fault);
        }
    }

    fn read(&mut self, subject: &mut Subject<'_>, entry: &Object<'_>) -> Result<(), Fault> {
        let identity = identity::of_participant(subject, entry, "info");
        let key = match (member::own_id(subject, entry)?, &identity) {
            (Some(id), _) => ParticipantKey::Id(id),
            // Who has neither an id nor an account is known by name.
            (None, Some(identity)) => match identity.id.as_ref().or(identity.display_name.as_ref()) {
                Some(id) => ParticipantKey::Identity(identity.kind.clone(), id.clone()),
                None => return Err(entry.node().fault(Unreadable::Nobody)),
            },
            (None, None) => return Err(entry.node().fault(Unreadable::Nobody)),
        };
        self.largest = self.largest.max(member::integer(subject, entry, "rosterSequenceNumber"));
        let mut participant = ParticipantReport::new(key);
        participant.is_removed = subject.is_deleted() || entry.get("removedState")?.is_some();
        participant.is_in_lobby = member::boolean(subject, entry, "isInLobby");
        participant.is_muted = member::boolean(subject, entry, "isMuted");
        participant.identity = identity.map(Box::new);
        self.participants.push(participant);
        Ok(())
    }

    /// Claims the participants of a list. Those that were created or deleted say nothing of the others, and who cannot be
    /// read must not seem to have left.
    pub(super) fn claim(self, subject: &mut Subject<'_>) {
        let is_full = subject.change == Change::Updated && !self.has_holes;
        let extent = if is_full { RosterExtent::Full } else { RosterExtent::Some };
        if is_full || !self.participants.is_empty() {
            self.claim_as(subject, extent);
        }
    }

    fn claim_as(self, subject: &mut Subject<'_>, extent: RosterExtent) {
        // The number of somebody who left is older than the leaving.
        let number = self.largest.filter(|_| !subject.is_deleted());
        claim(subject, extent, number, self.participants);
    }
}

/// Claims one participant.
pub(super) fn single(subject: &mut Subject<'_>, participant: &Object<'_>) -> Result<(), Fault> {
    let mut list = List::default();
    list.read(subject, participant)?;
    list.claim_as(subject, RosterExtent::Some);
    Ok(())
}

/// Claims a participant of whom only the path tells.
pub(super) fn bare(subject: &mut Subject<'_>, id: Id) {
    let mut participant = ParticipantReport::new(ParticipantKey::Id(id));
    participant.is_removed = subject.is_deleted();
    claim(subject, RosterExtent::Some, None, vec![participant]);
}

/// Claims a roster that names only those who came, changed or left.
pub(super) fn delta(subject: &mut Subject<'_>, delta: &Object<'_>) -> Result<(), Fault> {
    let mut list = List::default();
    if let Some(participants) = delta.get("participants")? {
        for entry in participants.array()? {
            list.add(subject, &entry.object()?);
        }
    }
    // Without its number, what could not be read is a gap, and the participants are asked for.
    let number = member::integer(subject, delta, "sequenceNumber").filter(|_| !list.has_holes);
    claim(subject, RosterExtent::Delta, number, list.participants);
    Ok(())
}

fn claim(subject: &mut Subject<'_>, extent: RosterExtent, number: Option<i64>, participants: Vec<ParticipantReport>) {
    subject.claim(Claim::Roster(Box::new(RosterReport::new(extent, number, participants))));
}
