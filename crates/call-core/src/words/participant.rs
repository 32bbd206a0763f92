//! Reports of the participants of a call.
//!
//! ```
//! use call_core::{Id, ParticipantKey, ParticipantReport, RosterExtent, RosterReport};
//! let megan = ParticipantReport::new(ParticipantKey::Id(Id::new("p1")));
//! let list = RosterReport::new(RosterExtent::Full, [megan]);
//! assert!(!list.participants[0].is_removed);
//! ```

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;

use crate::words::id::Id;
use crate::words::redacted::Redacted;

/// A report of the roster of a call ("participant resource type", v1.0 reference).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub struct RosterReport {
    /// Which participants the report covers.
    pub extent: RosterExtent,
    /// The reported participants, in the order of the report.
    pub participants: Box<[ParticipantReport]>,
}

/// Which participants a report covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum RosterExtent {
    /// All participants. A participant that is not in the report has left.
    Full,
    /// The participants that joined, changed or left in one update of the roster.
    Delta {
        /// Number of the update (`sequenceNumber`), without gaps.
        number: Option<i64>,
    },
    /// Some participants, such as a single one. The others may have changed too.
    Some,
}

/// A report of one participant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub struct ParticipantReport {
    /// Key of the participant.
    pub key: ParticipantKey,
    /// Roster update in which this participant last changed (`rosterSequenceNumber`).
    pub number: Option<i64>,
    /// Whether the participant has left (`removedState`).
    pub is_removed: bool,
    /// Whether the participant waits in the lobby; `None` if the report does not say it.
    pub is_in_lobby: Option<bool>,
    /// Whether the participant is muted; `None` if the report does not say it.
    pub is_muted: Option<bool>,
    /// Whether the participant is on hold (`isOnHold`); `None` if the report does not say it.
    pub is_on_hold: Option<bool>,
    /// Identity of the participant; `None` if the report does not say it.
    pub identity: Option<Arc<Identity>>,
}

/// Key of a participant: its id, or its identities if the id is null.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum ParticipantKey {
    /// Id that the service assigned.
    Id(Id),
    /// All identities of its set, each with its kind and its id, or its name if it has no id. Sorted by kind.
    Identities(Box<[(Box<str>, Redacted)]>),
}

/// Identity of a person, an application or a phone ("identitySet resource type", v1.0 reference).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub struct Identity {
    /// Property of the identity set that contains the identity: `user`, `application`, `phone`, `guest`, …
    pub kind: Box<str>,
    /// Id of the identity. The id of a phone is its number.
    pub id: Option<Redacted>,
    /// Display name.
    pub display_name: Option<Redacted>,
}

impl RosterReport {
    /// Returns a report.
    #[must_use]
    pub fn new(extent: RosterExtent, participants: impl IntoIterator<Item = ParticipantReport>) -> Self {
        Self { extent, participants: participants.into_iter().collect() }
    }
}

impl Identity {
    /// Returns an identity without an id and a name.
    #[must_use]
    pub fn new(kind: &str) -> Self {
        Self { kind: kind.into(), id: None, display_name: None }
    }
}

impl ParticipantReport {
    /// Returns a report that a participant takes part in the call.
    #[must_use]
    pub const fn new(key: ParticipantKey) -> Self {
        Self {
            key,
            number: None,
            is_removed: false,
            is_in_lobby: None,
            is_muted: None,
            is_on_hold: None,
            identity: None,
        }
    }
}

impl ParticipantKey {
    /// Returns the id that the service assigned, if it assigned one.
    #[must_use]
    pub const fn id(&self) -> Option<&Id> {
        match self {
            Self::Id(id) => Some(id),
            Self::Identities(..) => None,
        }
    }
}

impl fmt::Display for RosterReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.extent {
            RosterExtent::Full => "roster",
            RosterExtent::Delta { .. } => "roster delta",
            RosterExtent::Some => "part of the roster",
        })?;
        if let RosterExtent::Delta { number: Some(number) } = self.extent {
            write!(f, " {number}")?;
        }
        for (place, participant) in self.participants.iter().enumerate() {
            write!(f, "{}{participant}", if place == 0 { " with " } else { ", " })?;
        }
        Ok(())
    }
}

impl fmt::Display for ParticipantReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.key)?;
        if let Some(number) = self.number {
            write!(f, " changed in {number}")?;
        }
        let flags = [
            (self.is_removed, "left"),
            (self.is_in_lobby == Some(true), "in the lobby"),
            (self.is_in_lobby == Some(false), "not in the lobby"),
            (self.is_muted == Some(true), "muted"),
            (self.is_muted == Some(false), "not muted"),
            (self.is_on_hold == Some(true), "on hold"),
            (self.is_on_hold == Some(false), "not on hold"),
        ];
        for (_, flag) in flags.into_iter().filter(|(applies, _)| *applies) {
            write!(f, " ({flag})")?;
        }
        self.identity.as_ref().map_or(Ok(()), |identity| write!(f, " as {:?}", identity.kind))
    }
}

impl fmt::Display for ParticipantKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "{id:?}"),
            Self::Identities(identities) => {
                for (place, (kind, id)) in identities.iter().enumerate() {
                    write!(f, "{}{kind:?} {id:?}", if place == 0 { "" } else { " and " })?;
                }
                Ok(())
            }
        }
    }
}
