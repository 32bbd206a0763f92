//! What a session of content sharing claims: created and updated ones are active, deleted ones have ended.

use call_core::{Claim, Id, SharingReport, SharingState};

use crate::decode::member;
use crate::decode::subject::Subject;
use crate::fault::{Fault, Unreadable};
use crate::json::node::Object;

/// Claims what is told of a session.
pub(super) fn claims(subject: &mut Subject<'_>, session: &Object<'_>) -> Result<(), Fault> {
    let id = member::own_id(subject, session)?.ok_or_else(|| session.node().fault(Unreadable::NoSession))?;
    bare(subject, id);
    Ok(())
}

/// Claims a session of which only the path tells.
pub(super) fn bare(subject: &mut Subject<'_>, id: Id) {
    let state = if subject.is_deleted() { SharingState::Ended } else { SharingState::Active };
    subject.claim(Claim::Sharing(Box::new(SharingReport::new(id, state))));
}
