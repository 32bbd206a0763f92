//! What a resource is: by its type first, by its path second.

use super::path::Target;
use crate::fault::Fault;
use crate::json::Object;

/// What a resource is, as far as it makes a difference to calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Call,
    /// A participant, a roster, an operation or a content sharing session: it says that its call exists.
    Part,
    /// A notification that says nothing of its call: the call nested in it is no report of its state.
    Aside,
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
            Target::Part => Self::Part,
            Target::Other(_) => Self::Unknown,
        }
    }

    /// Reads a type with or without `#`, in any case.
    pub(super) fn by_type(odata_type: &str) -> Self {
        match short_name(odata_type).as_str() {
            "call" => Self::Call,
            "participant" | "deltaparticipants" | "contentsharingsession" => Self::Part,
            "participantjoiningnotification" | "participantleftnotification" => Self::Aside,
            name if name.ends_with("operation") => Self::Part,
            _ => Self::Unknown,
        }
    }
}

/// Returns a type's name without `#` and namespace, in lower case.
fn short_name(odata_type: &str) -> String {
    let name = odata_type.strip_prefix('#').unwrap_or(odata_type).to_ascii_lowercase();
    name.strip_prefix("microsoft.graph.").map(str::to_owned).unwrap_or(name)
}
