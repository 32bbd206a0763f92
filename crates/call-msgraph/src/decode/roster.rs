//! Claims of participants, alone or in a list ("participant resource type", v1.0 reference).

use call_core::{Claim, Id, ParticipantKey, ParticipantReport, RosterExtent, RosterReport};

use crate::decode::subject::{Change, Subject};
use crate::decode::{identity, member};
use crate::fault::{Fault, Unreadable};
use crate::json::node::Object;

/// The participants of one value.
#[derive(Default)]
pub(super) struct List {
    participants: Vec<ParticipantReport>,
    largest: Option<i64>,
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
        let identity = identity::of_participant(subject, entry, "info");
        let key = match (member::own_id(subject, entry)?, &identity) {
            (Some(id), _) => ParticipantKey::Id(id),
            // A participant with neither an id nor an account is identified by its name.
            (None, Some(identity)) => match identity.id.as_ref().or(identity.display_name.as_ref()) {
                Some(id) => ParticipantKey::Identity(identity.kind.clone(), id.clone()),
                None => return Err(entry.node().fault(Unreadable::NoParticipant)),
            },
            (None, None) => return Err(entry.node().fault(Unreadable::NoParticipant)),
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

    /// Adds the claim of a list. A list of created or deleted participants says nothing about the others. And a participant that
    /// cannot be read must not seem to have left.
    pub(super) fn claim(self, subject: &mut Subject<'_>) {
        let is_full = subject.change == Change::Updated && !self.has_holes;
        let extent = if is_full { RosterExtent::Full } else { RosterExtent::Some };
        if is_full || !self.participants.is_empty() {
            self.claim_as(subject, extent);
        }
    }

    fn claim_as(self, subject: &mut Subject<'_>, extent: RosterExtent) {
        // The number of a participant that left is older than its departure.
        let number = self.largest.filter(|_| !subject.is_deleted());
        claim(subject, extent, number, self.participants);
    }
}

/// Adds the claim of one participant.
pub(super) fn single(subject: &mut Subject<'_>, participant: &Object<'_>) -> Result<(), Fault> {
    let mut list = List::default();
    list.read(subject, participant)?;
    list.claim_as(subject, RosterExtent::Some);
    Ok(())
}

/// Adds the claim of a participant that is only known from the path.
pub(super) fn bare(subject: &mut Subject<'_>, id: Id) {
    let mut participant = ParticipantReport::new(ParticipantKey::Id(id));
    participant.is_removed = subject.is_deleted();
    claim(subject, RosterExtent::Some, None, vec![participant]);
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
    claim(subject, RosterExtent::Delta, number, list.participants);
    Ok(())
}

fn claim(subject: &mut Subject<'_>, extent: RosterExtent, number: Option<i64>, participants: Vec<ParticipantReport>) {
    subject.claim(Claim::Roster(Box::new(RosterReport::new(extent, number, participants))));
}
