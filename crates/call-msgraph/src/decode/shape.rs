//! The shape of a resource: from its type, or else from its path.

use crate::decode::path::Target;
use crate::fault::Fault;
use crate::json::node::Object;
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

impl Shape {
    /// Returns the shape of a resource.
    pub(super) fn of(resource: &Object<'_>, target: &Target) -> Result<Self, Fault> {
        let odata_type = resource.string("@odata.type")?;
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
        match short_name(odata_type).to_ascii_lowercase().as_str() {
            "call" => Self::Call,
            "participant" => Self::Participant,
            "deltaparticipants" => Self::RosterDelta,
            "contentsharingsession" => Self::SharingSession,
            "participantjoiningnotification" => Self::Joining,
            "participantleftnotification" => Self::Aside,
            name if name.ends_with("operation") => Self::Operation,
            _ => Self::Unknown,
        }
    }
}
