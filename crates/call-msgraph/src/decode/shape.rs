//! What a resource is: by its type first, by its path second.

use crate::decode::path::Target;
use crate::fault::Fault;
use crate::json::node::Object;
use crate::odata::short_name;

/// What a resource is, as far as it makes a difference to calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Call,
    Participant,
    /// A roster that names only those who came, changed or left.
    RosterDelta,
    Operation,
    SharingSession,
    /// A notification that says nothing of its call: the call nested in it is no report of its state.
    Aside,
    /// One of these, that waits for an answer.
    Joining,
    Unknown,
}

impl Shape {
    /// Tells what a resource is.
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

    /// Reads a type with or without `#`, in any case.
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
