//! Resource data: an object, an array of objects, or nothing.

use call_core::{CallState, Claim, Oddity};

use crate::decode::path::Target;
use crate::decode::resources::Resource;
use crate::decode::roster::Participants;
use crate::decode::shape::Shape;
use crate::decode::subject::Subject;
use crate::decode::{call, member, operation, roster, sharing};
use crate::fault::Fault;
use crate::json::member::Fill;
use crate::json::reader::{Read, Reader};

/// Adds all claims of the resource data that the reader is before, which is not null.
pub(super) fn claims(subject: &mut Subject<'_>, reader: &mut Reader<'_>) -> Read<()> {
    if reader.peek() == Some(b'[') {
        return list(subject, reader);
    }
    let mut resource = Resource::default();
    let read = resource.fill(reader)?;
    Ok(read.and_then(|()| one(subject, &resource)))
}

/// Adds the claims of a change without resource data.
pub(super) fn none(subject: &mut Subject<'_>) {
    bare(subject);
    exists(subject);
}

/// Adds the claims of resource data that is one resource.
pub(super) fn one(subject: &mut Subject<'_>, resource: &Resource<'_>) -> Result<(), Fault> {
    claim_resource(subject, Shape::of(&resource.odata_type, &subject.target)?, resource)?;
    exists(subject);
    Ok(())
}

/// Adds the claims of an array: participants as one roster, other elements one by one.
fn list(subject: &mut Subject<'_>, reader: &mut Reader<'_>) -> Read<()> {
    let (mut participants, mut wrong, mut is_empty) = (None, None, true);
    let read = reader.array(|reader| {
        is_empty = false;
        if reader.peek() == Some(b'n') {
            return reader.skip_value();
        }
        let mut resource = Resource::default();
        let read = resource.fill(reader)?;
        if wrong.is_none() {
            wrong = read.and_then(|()| element(subject, &resource, &mut participants)).err();
        }
        Ok(())
    })?;
    if let Some(fault) = read.err().or(wrong) {
        return Ok(Err(fault));
    }
    if is_empty && subject.target == Target::Participants(None) {
        participants = Some(Participants::default());
    }
    if let Some(participants) = participants {
        participants.claim(subject);
    }
    exists(subject);
    Ok(Ok(()))
}

fn element(
    subject: &mut Subject<'_>,
    resource: &Resource<'_>,
    participants: &mut Option<Participants>,
) -> Result<(), Fault> {
    let shape = Shape::of(&resource.odata_type, &subject.target)?;
    if shape == Shape::Participant {
        participants.get_or_insert_default().add(subject, resource.node, &resource.details.participant);
        return Ok(());
    }
    claim_resource(subject, shape, resource)
}

/// A report of a part of a call shows that the call exists.
fn exists(subject: &mut Subject<'_>) {
    if subject.claims.observations.is_empty() && !subject.is_aside {
        subject.claim(Claim::Exists);
    }
}

/// Adds the claims of one resource. If a part of a call cannot be read, the claim that the call exists still counts.
fn claim_resource(subject: &mut Subject<'_>, shape: Shape, resource: &Resource<'_>) -> Result<(), Fault> {
    let part = match shape {
        Shape::Call => return call::claims(subject, resource),
        Shape::Participant => roster::single(subject, resource.node, &resource.details.participant),
        Shape::RosterDelta => roster::delta(subject, resource),
        Shape::Operation => operation::claims(subject, resource),
        Shape::SharingSession => sharing::claims(subject, resource),
        Shape::Aside | Shape::Joining => {
            subject.is_aside = true;
            subject.is_joining |= shape == Shape::Joining;
            Ok(())
        }
        Shape::Unknown => {
            let name = resource.odata_type.string()?;
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
