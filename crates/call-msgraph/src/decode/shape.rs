//! The shape of a resource: from its type, or else from its path.

use crate::decode::path::Target;
use crate::fault::Fault;
use crate::json::member::Leaf;
use crate::odata::short_name;

/// Shape of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Call,
    Participant,
    /// A roster delta.
    RosterDelta,
    Operation,
    SharingSession,
    /// A notification that does not report its call, although it contains the call.
    Aside,
    /// A notification of this kind that waits for a reply.
    Joining,
    Unknown,
}

/// The shape of each type with a name of its own.
const BY_NAME: [(&str, Shape); 6] = [
    ("call", Shape::Call),
    ("participant", Shape::Participant),
    ("deltaParticipants", Shape::RosterDelta),
    ("contentSharingSession", Shape::SharingSession),
    ("participantJoiningNotification", Shape::Joining),
    ("participantLeftNotification", Shape::Aside),
];
/// The end of the name of every operation.
const OPERATION: &str = "operation";

impl Shape {
    /// Returns the shape of a resource, from its type or else from its path.
    pub(super) fn of(odata_type: &Leaf<'_>, target: &Target) -> Result<Self, Fault> {
        let odata_type = odata_type.string()?;
        Ok(odata_type.map_or_else(|| Self::by_path(target), |name| Self::by_type(&name)))
    }

    const fn by_path(target: &Target) -> Self {
        match target {
            Target::Call => Self::Call,
            Target::Participants(_) => Self::Participant,
            Target::Operations(_) => Self::Operation,
            Target::Sharing(_) => Self::SharingSession,
            Target::Other(_) => Self::Unknown,
        }
    }

    /// Reads a type, with or without `#`, in upper or lower case.
    pub(super) fn by_type(odata_type: &str) -> Self {
        let name = short_name(odata_type);
        let known = BY_NAME.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        let end = || name.len().checked_sub(OPERATION.len()).and_then(|from| name.get(from..));
        match known {
            Some((_, shape)) => shape,
            None if end().is_some_and(|end| end.eq_ignore_ascii_case(OPERATION)) => Self::Operation,
            None => Self::Unknown,
        }
    }
}
