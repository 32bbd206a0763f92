//! Identities of participants.

use call_core::{Identity, Redacted};

use crate::decode::member;
use crate::decode::subject::Subject;
use crate::json::node::Object;

/// Kinds in the order of preference, if a set contains several identities.
const FIRST: [&str; 4] = ["user", "application", "applicationInstance", "phone"];

/// Reads the identity of a participant info.
pub(super) fn of_participant(subject: &mut Subject<'_>, object: &Object<'_>, key: &str) -> Option<Identity> {
    let info = member::object(subject, object, key)?;
    in_set(subject, &info, "identity")
}

/// Reads the identity of a member that is an identity set.
pub(super) fn in_set(subject: &mut Subject<'_>, object: &Object<'_>, key: &str) -> Option<Identity> {
    let set = member::object(subject, object, key)?;
    read(subject, &set)
}

/// Reads the preferred identity of an identity set ("identitySet resource type", v1.0 reference). The set may contain unknown
/// kinds.
fn read(subject: &mut Subject<'_>, set: &Object<'_>) -> Option<Identity> {
    let names = set.members().iter().filter(|(name, node)| !name.starts_with('@') && node.is_object());
    let rank = |name: &str| FIRST.iter().position(|first| *first == name).unwrap_or(FIRST.len());
    let kind = names.map(|(name, _)| &**name).min_by_key(|name| (rank(name), *name))?;
    let identity = member::object(subject, set, kind)?;
    let mut read = Identity::new(member::clip_word(kind));
    read.id = member::text(subject, &identity, "id").map(|id| Redacted::new(&id));
    read.display_name = member::text(subject, &identity, "displayName").map(|name| Redacted::new(&name));
    Some(read)
}
