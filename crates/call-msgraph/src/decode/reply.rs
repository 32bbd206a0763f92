//! Responses to requests: their status, and the resource in their body.

use call_core::{CallId, CallState, Claim};

use crate::decode::decoded::Decoded;
use crate::decode::path::Target;
use crate::decode::resource;
use crate::decode::resources::Resource;
use crate::decode::shape::Shape;
use crate::decode::subject::{Subject, call_id};
use crate::delivery::{Delivery, DeliveryKind};
use crate::fault::{Fault, Unreadable};
use crate::json::member::{Fill, Leaf};
use crate::json::node::Node;
use crate::json::reader::{Read, Reader};
use crate::service_error::ServiceError;

/// Adds the claim that the status of a response makes: the call is gone, or a command was accepted.
pub(super) fn status(delivery: &Delivery, state: Option<CallState>, decoded: &mut Decoded) -> Result<(), Fault> {
    let call = delivery.call.clone().ok_or_else(|| Fault::new(0, Unreadable::NoCallId))?;
    let mut subject = Subject::new(delivery, 0, call, Target::Call);
    subject.claim(state.map_or(Claim::Exists, Claim::state));
    decoded.hear(subject.call, subject.claims.observations);
    Ok(())
}

/// Decodes the body of an accepted command, which may describe the operation that the command started, or content sharing
/// sessions. Any other body says nothing about the call.
pub(super) fn part(delivery: &Delivery, reader: Reader<'_>, decoded: &mut Decoded) -> Read<()> {
    let Ok(body) = Body::read(reader)? else { return Ok(Ok(())) };
    let Some(call) = &delivery.call else { return Ok(Ok(())) };
    Ok(body.part(delivery, call, decoded))
}

/// Decodes a body that describes a call, its participants or an operation.
pub(super) fn decode(delivery: &Delivery, reader: Reader<'_>, decoded: &mut Decoded) -> Read<()> {
    let start = reader.place();
    let wrong = |_| Fault::new(start, Unreadable::NotADelivery);
    let (read, root) = match Body::read(reader)?.map_err(wrong) {
        Ok(body) => (body.subject(delivery), body.root),
        Err(fault) => (Err(fault), Node::nothing_at(start)),
    };
    if read.as_ref().is_err_and(|fault| is_gone(delivery, fault)) {
        let gone = Delivery { kind: DeliveryKind::Gone, ..delivery.clone() };
        return Ok(status(&gone, Some(CallState::Terminated), decoded));
    }
    match read {
        Ok(subject) => decoded.add(Ok(()), Some(subject), root, None),
        Err(fault) => decoded.add(Err(fault), None, root, None),
    }
    Ok(Ok(()))
}

/// Returns whether a snapshot of a call contains the error of the service that there is no such call.
fn is_gone(delivery: &Delivery, fault: &Fault) -> bool {
    delivery.kind == DeliveryKind::Snapshot
        && delivery.call.is_some()
        && matches!(*fault.reason, Unreadable::ServiceError(_))
        && ServiceError::read(&delivery.body).is_call_not_found()
}

/// The body of a response: a resource, a list of resources, or an error.
#[derive(Default)]
struct Body<'a> {
    root: Node<'a>,
    /// The resource that the body is, if it is no list.
    resource: Resource<'a>,
    value: Leaf<'a>,
    error: Leaf<'a>,
    context: Leaf<'a>,
    next_link: Leaf<'a>,
}

impl<'a> Body<'a> {
    fn read(mut reader: Reader<'a>) -> Read<Self> {
        let mut body = Self::default();
        if reader.peek() == Some(b'[') {
            body.root = reader.value()?;
            return reader.end().map(|()| Ok(body));
        }
        let read = reader.object(|reader, key| match &*key {
            "value" => body.value.read(reader),
            "error" => body.error.read(reader),
            "@odata.context" => body.context.read(reader),
            "@odata.nextLink" => body.next_link.read(reader),
            _ => body.resource.member(&key, reader),
        })?;
        reader.end()?;
        Ok(read.map(|root| {
            body.root = root;
            body.resource.node = root;
            body
        }))
    }

    /// Returns the list, if the body is one.
    fn list(&self) -> Result<Option<Node<'a>>, Fault> {
        match self.root.is_array() {
            true => Ok(Some(self.root)),
            false => Ok(self.value.get()?.copied().filter(|value| value.is_array())),
        }
    }

    fn subject<'s>(&self, delivery: &'s Delivery) -> Result<Subject<'s>, Fault> {
        let list = self.list()?;
        if let Ok(Some(error)) = self.error.get() {
            let code = ServiceError::inside(*error).code.unwrap_or_default();
            return Err(error.fault(Unreadable::ServiceError(code.into())));
        }
        let target = self.target(list)?;
        let call = match &delivery.call {
            Some(call) => call.clone(),
            None if !self.root.is_array() && Shape::of(&self.resource.odata_type, &target)? == Shape::Call => {
                self.own_id()?
            }
            None => return Err(self.root.fault(Unreadable::NoCallId)),
        };
        let mut subject = Subject::new(delivery, 0, call, target);
        // The rest of the list is on other pages.
        subject.is_page = self.next_link.is_there();
        self.claims(&mut subject, list)?;
        Ok(subject)
    }

    fn part(&self, delivery: &Delivery, call: &CallId, decoded: &mut Decoded) -> Result<(), Fault> {
        if self.root.is_array() {
            return Ok(());
        }
        let list = self.value.get()?.copied().filter(|value| value.is_array());
        let target = if list.is_some() { Target::Sharing(None) } else { self.target(None)? };
        let is_part = match list {
            Some(list) => are_sessions(list)?,
            None => matches!(Shape::of(&self.resource.odata_type, &target)?, Shape::Operation | Shape::SharingSession),
        };
        if is_part {
            let mut subject = Subject::new(delivery, 0, call.clone(), target);
            let read = self.claims(&mut subject, list);
            decoded.add(read, Some(subject), self.root, None);
        }
        Ok(())
    }

    fn claims(&self, subject: &mut Subject<'_>, list: Option<Node<'_>>) -> Result<(), Fault> {
        match list {
            Some(list) => list.read(|reader| resource::claims(subject, reader)),
            None => resource::one(subject, &self.resource),
        }
    }

    /// Returns the part of the call that a response without a type describes. A list contains participants unless it says
    /// otherwise, and only operations have a `status`.
    fn target(&self, list: Option<Node<'_>>) -> Result<Target, Fault> {
        Ok(match list {
            Some(_) if self.says_sessions() => Target::Sharing(None),
            Some(_) => Target::Participants(None),
            None if self.resource.status.get()?.is_some() && self.resource.state.get()?.is_none() => {
                Target::Operations(None)
            }
            None => Target::Call,
        })
    }

    /// Returns whether a list says that it contains content sharing sessions. Without elements, nothing else tells it from a roster.
    fn says_sessions(&self) -> bool {
        let context = self.context.string().ok().flatten();
        let last = context.as_deref().and_then(|context| context.rsplit('/').next());
        last.is_some_and(|last| last.eq_ignore_ascii_case("contentSharingSessions"))
    }

    /// Returns the id in a call resource.
    fn own_id(&self) -> Result<CallId, Fault> {
        let id = self.resource.details.participant.id.get()?.ok_or_else(|| self.root.fault(Unreadable::NoCallId))?;
        call_id(&id.string()?, *id)
    }
}

/// Returns whether all elements of a list are content sharing sessions.
fn are_sessions(list: Node<'_>) -> Result<bool, Fault> {
    let mut are_sessions = true;
    list.read(|reader| {
        reader.array(|reader| {
            let mut element = Resource::default();
            let shape = element.fill(reader)?.and_then(|()| Shape::of(&element.odata_type, &Target::Call));
            are_sessions &= shape == Ok(Shape::SharingSession);
            Ok(())
        })
    })?;
    Ok(are_sessions)
}
