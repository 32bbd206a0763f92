//! Identities of participants.

use call_core::{Identity, ParticipantKey, Redacted};

use crate::decode::member;
use crate::decode::subject::Subject;
use crate::json::node::Object;

/// Kinds in the order of preference, if a set contains several identities.
const FIRST: [&str; 4] = ["user", "application", "applicationInstance", "phone"];

/// Reads the identities of a participant info, sorted by kind.
pub(super) fn of_participant(subject: &mut Subject<'_>, object: &Object<'_>, key: &str) -> Vec<Identity> {
    let info = member::object(subject, object, key);
    info.map_or_else(Vec::new, |info| all_in_set(subject, &info, "identity"))
}

/// Reads the preferred identity of a member that is an identity set.
pub(super) fn in_set(subject: &mut Subject<'_>, object: &Object<'_>, key: &str) -> Option<Identity> {
    preferred(all_in_set(subject, object, key))
}

/// Returns the preferred one of some identities.
pub(super) fn preferred(identities: Vec<Identity>) -> Option<Identity> {
    let rank = |kind: &str| FIRST.iter().position(|first| *first == kind).unwrap_or(FIRST.len());
    identities.into_iter().min_by_key(|identity| rank(&identity.kind))
}

/// Returns the key of a participant without an id: each identity by its id, or by its name if it has no id.
pub(super) fn key(identities: &[Identity]) -> Option<ParticipantKey> {
    let named = identities.iter().filter_map(|identity| {
        let id = identity.id.as_ref().or(identity.display_name.as_ref())?;
        Some((identity.kind.clone(), id.clone()))
    });
    let named: Box<[_]> = named.collect();
    (!named.is_empty()).then_some(ParticipantKey::Identities(named))
}

/// Reads an identity set ("identitySet resource type", v1.0 reference). It may contain unknown kinds.
fn all_in_set(subject: &mut Subject<'_>, object: &Object<'_>, key: &str) -> Vec<Identity> {
    let Some(set) = member::object(subject, object, key) else { return Vec::new() };
    let kinds = set.members().iter().filter(|(name, node)| !name.starts_with('@') && node.is_object());
    let mut identities: Vec<_> = kinds.filter_map(|(kind, _)| read(subject, &set, kind)).collect();
    identities.sort_by(|a, b| a.kind.cmp(&b.kind));
    identities
}

fn read(subject: &mut Subject<'_>, set: &Object<'_>, kind: &str) -> Option<Identity> {
    let identity = member::object(subject, set, kind)?;
    let mut read = Identity::new(member::clip_word(kind));
    read.id = member::text(subject, &identity, "id").map(|id| Redacted::new(&id));
    read.display_name = member::text(subject, &identity, "displayName").map(|name| Redacted::new(&name));
    Some(read)
}
