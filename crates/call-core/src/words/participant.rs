//! What is reported of those who take part in a call.
//!
//! ```
//! use call_core::{Id, ParticipantKey, ParticipantReport, RosterExtent, RosterReport};
//! let megan = ParticipantReport::new(ParticipantKey::Id(Id::new("p1")));
//! let list = RosterReport { extent: RosterExtent::Full, number: Some(3), participants: [megan].into() };
//! assert!(!list.participants[0].is_removed);
//! ```

use alloc::boxed::Box;

use crate::words::id::Id;
use crate::words::redacted::Redacted;

/// One report of a roster ("participant resource type", v1.0 reference).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct RosterReport {
    /// Whom it speaks of.
    pub extent: RosterExtent,
    /// Its place among the reports: the largest `rosterSequenceNumber` in a list, the `sequenceNumber` of a delta.
    pub number: Option<i64>,
    /// Those who are named, in the order of the report.
    pub participants: Box<[ParticipantReport]>,
}

/// Whom a report of a roster speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum RosterExtent {
    /// Everybody: who is absent from it has left.
    Full,
    /// Those who came, changed or left. Deltas are numbered without a gap.
    Delta,
    /// Some, and the others may have changed as well: a participant by itself.
    Some,
}

/// What a report says of one participant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct ParticipantReport {
    /// Whom.
    pub key: ParticipantKey,
    /// Whether the participant has left (`removedState`).
    pub is_removed: bool,
    /// Whether the participant waits in the lobby, if that was told.
    pub is_in_lobby: Option<bool>,
    /// Whether the participant is muted, if that was told.
    pub is_muted: Option<bool>,
    /// Who it is, if that was told.
    pub identity: Option<Box<Identity>>,
}

/// What names a participant: its id, or where that is null, who it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum ParticipantKey {
    /// The service's id.
    Id(Id),
    /// The kind of an identity, and its own id.
    Identity(Box<str>, Redacted),
}

/// Who somebody is ("identitySet resource type", v1.0 reference).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Identity {
    /// The property of the identity set that holds it: `user`, `application`, `phone`, `guest`, …
    pub kind: Box<str>,
    /// Its id; of a phone, the number.
    pub id: Option<Redacted>,
    /// The name to show.
    pub display_name: Option<Redacted>,
}

impl ParticipantReport {
    /// Reports that somebody takes part, and nothing more.
    #[must_use]
    pub const fn new(key: ParticipantKey) -> Self {
        Self { key, is_removed: false, is_in_lobby: None, is_muted: None, identity: None }
    }
}
