//! Responses to requests: their status, and the resource in their body.

use call_core::{CallId, CallState, Claim};

use crate::decode::decoded::Decoded;
use crate::decode::path::Target;
use crate::decode::resource;
use crate::decode::shape::Shape;
use crate::decode::subject::{Subject, call_id};
use crate::delivery::{Delivery, DeliveryKind};
use crate::fault::{Fault, Unreadable};
use crate::json::node::{Node, Object};
use crate::service_error::ServiceError;

/// Adds the claim that the status of a response makes: the call is gone, or a command was accepted.
pub(super) fn status(delivery: &Delivery, state: Option<CallState>, decoded: &mut Decoded) -> Result<(), Fault> {
    let call = delivery.call.clone().ok_or(Fault { at: 0, reason: Unreadable::NoCallId })?;
    let mut subject = Subject::new(delivery, call, Target::Call);
    subject.claim(state.map_or(Claim::Exists, Claim::state));
    decoded.hear(subject.call, subject.observations);
    Ok(())
}

/// Decodes the body of an accepted command, which may describe the operation that the command started, or content sharing
/// sessions. Any other body says nothing about the call.
pub(super) fn part(delivery: &Delivery, root: Node<'_>, decoded: &mut Decoded) -> Result<(), Fault> {
    let Ok(body) = root.object() else { return Ok(()) };
    let Some(call) = &delivery.call else { return Ok(()) };
    let list = body.get("value")?.filter(|value| value.is_array());
    let target = if list.is_some() { Target::Sharing(None) } else { target(Some(&body), None)? };
    let is_session = |element: Node<'_>| {
        element
            .object()
            .is_ok_and(|element| Shape::of(&element, &Target::Call).is_ok_and(|shape| shape == Shape::SharingSession))
    };
    let is_part = match list {
        Some(list) => list.array()?.into_iter().all(is_session),
        None => matches!(Shape::of(&body, &target)?, Shape::Operation | Shape::SharingSession),
    };
    if is_part {
        let mut subject = Subject::new(delivery, call.clone(), target);
        decoded.add(resource::claims(&mut subject, list.or(Some(root))).map(|()| Some(subject)), root, None);
    }
    Ok(())
}

/// Decodes a body that describes a call, its participants or an operation.
pub(super) fn decode(delivery: &Delivery, root: Node<'_>, decoded: &mut Decoded) -> Result<(), Fault> {
    let read = read(delivery, root);
    if read.as_ref().is_err_and(|fault| is_gone(delivery, fault)) {
        let gone = Delivery { kind: DeliveryKind::Gone, ..delivery.clone() };
        return status(&gone, Some(CallState::Terminated), decoded);
    }
    decoded.add(read.map(Some), root, None);
    Ok(())
}

/// Returns whether a snapshot of a call contains the error of the service that there is no such call.
fn is_gone(delivery: &Delivery, fault: &Fault) -> bool {
    delivery.kind == DeliveryKind::Snapshot
        && delivery.call.is_some()
        && matches!(fault.reason, Unreadable::ServiceError(_))
        && ServiceError::read(&delivery.body).is_call_not_found()
}

fn read<'s>(delivery: &'s Delivery, root: Node<'s>) -> Result<Subject<'s>, Fault> {
    let body = match root.is_array() {
        true => None,
        false => Some(root.object().map_err(|_| root.fault(Unreadable::NotADelivery))?),
    };
    let list = match &body {
        Some(body) => body.get("value")?.filter(|value| value.is_array()),
        None => Some(root),
    };
    if let Some(error) = body.as_ref().and_then(|body| body.get("error").ok().flatten()) {
        return Err(error.fault(Unreadable::ServiceError(ServiceError::inside(error).code.unwrap_or_default().into())));
    }
    let target = target(body.as_ref(), list)?;
    let call = match (&delivery.call, &body) {
        (Some(call), _) => call.clone(),
        (None, Some(body)) if Shape::of(body, &target)? == Shape::Call => own_id(body)?,
        (None, _) => return Err(root.fault(Unreadable::NoCallId)),
    };
    let mut subject = Subject::new(delivery, call, target);
    // The rest of the list is on other pages.
    subject.is_page = body.as_ref().is_some_and(|body| body.has("@odata.nextLink"));
    resource::claims(&mut subject, list.or(Some(root)))?;
    Ok(subject)
}

/// Returns the part of the call that a response without a type describes. A list contains participants unless it says otherwise, and
/// only operations have a `status`.
fn target(body: Option<&Object<'_>>, list: Option<Node<'_>>) -> Result<Target, Fault> {
    match body {
        Some(body) if list.is_none() => {
            let is_operation = body.get("status")?.is_some() && body.get("state")?.is_none();
            Ok(if is_operation { Target::Operations(None) } else { Target::Call })
        }
        Some(body) if says_sessions(body) => Ok(Target::Sharing(None)),
        _ => Ok(Target::Participants(None)),
    }
}

/// Returns whether a list says that it contains content sharing sessions. Without elements, nothing else tells it from a roster.
fn says_sessions(list: &Object<'_>) -> bool {
    let context = list.string("@odata.context").ok().flatten();
    let last = context.as_deref().and_then(|context| context.rsplit('/').next());
    last.is_some_and(|last| last.eq_ignore_ascii_case("contentSharingSessions"))
}

/// Returns the id in a call resource.
fn own_id(call: &Object<'_>) -> Result<CallId, Fault> {
    let id = call.get("id")?.ok_or_else(|| call.node().fault(Unreadable::NoCallId))?;
    call_id(&id.string()?, id)
}
