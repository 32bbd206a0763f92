//! The participants of a simulated call.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// The participants of a simulated call. The bot is the first one.
#[derive(Default)]
pub(crate) struct Roster {
    members: BTreeMap<u64, Member>,
    updates: u64,
}

/// A participant.
struct Member {
    /// Update of the roster in which the participant last changed.
    changed_in: u64,
    identity: Value,
    is_muted: bool,
    is_on_hold: bool,
    /// Status of the recording that the participant makes.
    recording: Option<String>,
}

/// A change of a participant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MemberChange {
    Muted(bool),
    OnHold(bool),
    Recording(String),
}

impl Roster {
    /// Adds a participant, with the next number if no identity is given.
    pub(crate) fn join(&mut self, identity: Option<Value>) {
        let number = self.members.last_key_value().map_or(0, |(last, _)| last + 1);
        let kind = if number == 0 { "application" } else { "user" };
        let someone =
            || json!({ kind: { "id": format!("{kind}-{number}"), "displayName": format!("Person {number}") } });
        let identity = identity.unwrap_or_else(someone);
        self.updates += 1;
        let member = Member {
            changed_in: self.updates,
            identity,
            is_muted: number % 2 == 1,
            is_on_hold: false,
            recording: None,
        };
        self.members.insert(number, member);
    }

    /// Removes the participant that joined last.
    pub(crate) fn leave(&mut self) {
        self.updates += 1;
        self.members.pop_last();
    }

    /// Removes a participant, and returns whether it was there.
    pub(crate) fn remove(&mut self, id: &str) -> bool {
        let number = number_of(id);
        self.updates += 1;
        number.and_then(|number| self.members.remove(&number)).is_some()
    }

    /// Changes a participant, and returns whether it is there.
    pub(crate) fn change(&mut self, id: &str, change: MemberChange) -> bool {
        let Some(member) = number_of(id).and_then(|number| self.members.get_mut(&number)) else { return false };
        self.updates += 1;
        member.changed_in = self.updates;
        match change {
            MemberChange::Muted(is_muted) => member.is_muted = is_muted,
            MemberChange::OnHold(is_on_hold) => member.is_on_hold = is_on_hold,
            MemberChange::Recording(status) => member.recording = Some(status),
        }
        true
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Returns the id of the bot.
    pub(crate) fn bot(&self) -> Option<String> {
        self.members.keys().next().map(|number| id_of(*number))
    }

    /// Returns the participant that is on hold.
    pub(crate) fn on_hold(&self) -> Option<String> {
        self.members.iter().find(|(_, member)| member.is_on_hold).map(|(number, _)| id_of(*number))
    }

    /// Returns a participant.
    pub(crate) fn get(&self, id: &str) -> Option<Value> {
        let number = number_of(id)?;
        Some(self.members.get(&number)?.to_json(number))
    }

    /// Returns all participants.
    pub(crate) fn list(&self) -> Value {
        self.members.iter().map(|(number, member)| member.to_json(*number)).collect()
    }
}

impl Member {
    fn to_json(&self, number: u64) -> Value {
        let mut participant = json!({
            "@odata.type": "#microsoft.graph.participant",
            "id": id_of(number),
            "info": { "identity": self.identity },
            "isMuted": self.is_muted,
            "isInLobby": false,
            "rosterSequenceNumber": self.changed_in,
        });
        if self.is_on_hold {
            participant["isOnHold"] = true.into();
        }
        if let Some(status) = &self.recording {
            participant["recordingInfo"] =
                json!({ "@odata.type": "#microsoft.graph.recordingInfo", "recordingStatus": status });
        }
        participant
    }
}

fn id_of(number: u64) -> String {
    format!("participant-{number}")
}

fn number_of(id: &str) -> Option<u64> {
    id.strip_prefix("participant-")?.parse().ok()
}
