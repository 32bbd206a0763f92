//! Identities of participants.

use call_core::{Identity, ParticipantKey, Redacted};

use crate::decode::identity_set::{Entry, IdentitySet, Named};
use crate::decode::member;
use crate::decode::resources::Party;
use crate::fault::Fault;
use crate::json::member::{Leaf, Member};

/// Kinds in the order of preference, if a set contains several identities.
const FIRST: [&str; 4] = ["user", "application", "applicationInstance", "phone"];

/// The identities of one set whose faults were reported.
#[derive(Clone, Copy, Default)]
pub(super) struct Identities<'s, 'a>(&'s [Entry<'a>]);

/// Returns the identities of a participant info.
pub(super) fn of_party<'s, 'a>(faults: &mut Vec<Fault>, party: &'s Member<Party<'a>>) -> Identities<'s, 'a> {
    member::object(faults, party).map_or_else(Identities::default, |party| of(faults, &party.identity))
}

/// Returns the identities of a set, and adds the faults in it.
pub(super) fn of<'s, 'a>(faults: &mut Vec<Fault>, set: &'s Member<IdentitySet<'a>>) -> Identities<'s, 'a> {
    let Some(IdentitySet(entries)) = member::object(faults, set) else { return Identities::default() };
    for identity in entries.iter().filter_map(|entry| entry.identity.as_ref()) {
        match identity {
            Ok(named) => [&named.id, &named.display_name].into_iter().for_each(|text| _ = member::string(faults, text)),
            Err(fault) => faults.push(fault.clone()),
        }
    }
    Identities(entries)
}

/// Returns the preferred one of some identities.
pub(super) fn preferred(identities: Identities<'_, '_>) -> Option<Identity> {
    let rank = |kind: &str| FIRST.iter().position(|first| *first == kind).unwrap_or(FIRST.len());
    let best = identities.each().min_by_key(|(kind, _)| rank(kind));
    best.map(|(kind, named)| {
        let mut identity = Identity::new(kind);
        identity.id = text(&named.id);
        identity.display_name = text(&named.display_name);
        identity
    })
}

/// Returns the key of a participant without an id: each identity by its id, or by its name if it has no id.
pub(super) fn key(identities: Identities<'_, '_>) -> Option<ParticipantKey> {
    let named = identities.each().filter_map(|(kind, named)| {
        let id = text(&named.id).or_else(|| text(&named.display_name))?;
        Some((kind.into(), id))
    });
    let named: Box<[_]> = named.collect();
    (!named.is_empty()).then_some(ParticipantKey::Identities(named))
}

impl<'s, 'a> Identities<'s, 'a> {
    fn each(self) -> impl Iterator<Item = (&'s str, &'s Named<'a>)> {
        let Self(entries) = self;
        entries
            .iter()
            .filter_map(|entry| Some((member::clip_word(&entry.kind), entry.identity.as_ref()?.as_ref().ok()?)))
    }
}

/// Returns a text whose fault was reported.
fn text(member: &Leaf<'_>) -> Option<Redacted> {
    member::text(&mut Vec::new(), member).map(|text| Redacted::new(&text))
}
