//! Resource data: an object, an array of objects, or nothing.

use call_core::{CallState, Claim, Oddity};

use crate::decode::path::Target;
use crate::decode::shape::Shape;
use crate::decode::subject::Subject;
use crate::decode::{call, member, operation, roster, sharing};
use crate::fault::Fault;
use crate::json::node::{Node, Object};

/// Adds all claims of the resource data.
pub(super) fn claims(subject: &mut Subject<'_>, data: Option<Node<'_>>) -> Result<(), Fault> {
    match data {
        None => bare(subject),
        Some(data) if data.is_array() => list(subject, data)?,
        Some(data) => {
            let resource = data.object()?;
            claim_resource(subject, Shape::of(&resource, &subject.target)?, &resource)?;
        }
    }
    // A report of a part of a call shows that the call exists.
    if subject.observations.is_empty() && !subject.is_aside {
        subject.claim(Claim::Exists);
    }
    Ok(())
}

/// Adds the claims of an array: participants as one roster, other elements one by one.
fn list(subject: &mut Subject<'_>, data: Node<'_>) -> Result<(), Fault> {
    let elements = data.array()?;
    let is_roster = elements.is_empty() && subject.target == Target::Participants(None);
    let mut participants = is_roster.then(roster::List::default);
    for element in elements.into_iter().filter(|element| !element.is_null()) {
        let resource = element.object()?;
        let shape = Shape::of(&resource, &subject.target)?;
        if shape == Shape::Participant {
            participants.get_or_insert_default().add(subject, &resource);
        } else {
            claim_resource(subject, shape, &resource)?;
        }
    }
    if let Some(participants) = participants {
        participants.claim(subject);
    }
    Ok(())
}

/// Adds the claims of one resource. If a part of a call cannot be read, the claim that the call exists still counts.
fn claim_resource(subject: &mut Subject<'_>, shape: Shape, resource: &Object<'_>) -> Result<(), Fault> {
    let part = match shape {
        Shape::Call => return call::claims(subject, resource),
        Shape::Participant => roster::single(subject, resource),
        Shape::RosterDelta => roster::delta(subject, resource),
        Shape::Operation => operation::claims(subject, resource),
        Shape::SharingSession => sharing::claims(subject, resource),
        Shape::Aside | Shape::Joining => {
            subject.is_aside = true;
            subject.is_joining |= shape == Shape::Joining;
            Ok(())
        }
        Shape::Unknown => {
            let name = resource.string("@odata.type")?;
            let path = if let Target::Other(path) = &subject.target { path.as_str() } else { "" };
            let name = name.as_deref().unwrap_or(path).to_owned();
            member::odd(subject, Oddity::UnknownResource, &name);
            Ok(())
        }
    };
    subject.faults.extend(part.err());
    Ok(())
}

/// Adds the claims of a change without resource data, which is only known from the path.
fn bare(subject: &mut Subject<'_>) {
    match (subject.target.clone(), subject.own_id(None)) {
        (Target::Call, _) if subject.is_deleted() => subject.claim(Claim::state(CallState::Terminated)),
        (Target::Participants(_), Some(id)) => roster::bare(subject, id),
        (Target::Operations(_), Some(id)) => operation::bare(subject, id),
        (Target::Sharing(_), Some(id)) => sharing::bare(subject, id),
        (Target::Other(path), _) => member::odd(subject, Oddity::UnknownResource, &path),
        _ => {}
    }
}
