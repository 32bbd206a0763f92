//! Claims of content sharing sessions. A created or updated session is active, a deleted one has ended.

use call_core::{Claim, Id, SharingReport, SharingState};

use crate::decode::member;
use crate::decode::resources::Resource;
use crate::decode::subject::Subject;
use crate::fault::{Fault, Unreadable};

/// Adds the claim of a session.
pub(super) fn claims(subject: &mut Subject<'_>, session: &Resource<'_>) -> Result<(), Fault> {
    let id = member::own_id(subject, &session.details.participant.id)?;
    let id = id.ok_or_else(|| session.node.fault(Unreadable::NoSession))?;
    bare(subject, id);
    Ok(())
}

/// Adds the claim of a session that is only known from the path.
pub(super) fn bare(subject: &mut Subject<'_>, id: Id) {
    let state = if subject.is_deleted() { SharingState::Ended } else { SharingState::Active };
    subject.claim(Claim::Sharing(Box::new(SharingReport::new(id, state))));
}
