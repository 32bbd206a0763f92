//! Notifications, in a batch or alone.

use call_core::{CallId, Oddity};

use crate::decode::decoded::Decoded;
use crate::decode::member;
use crate::decode::path::{ResourcePath, Target};
use crate::decode::reply;
use crate::decode::resource;
use crate::decode::shape::Shape;
use crate::decode::subject::{Change, Place, Subject, call_id};
use crate::delivery::{Delivery, DeliveryKind};
use crate::fault::{Fault, Unreadable};
use crate::json::node::{Node, Object};

/// Decodes the body of a webhook post. A call resource alone is decoded like the response to its create.
pub(super) fn decode(delivery: &Delivery, body: &Object<'_>, decoded: &mut Decoded) -> Result<(), Fault> {
    let root = body.node();
    if let Some(batch) = body.get("value")? {
        let values = batch.array()?;
        let is_one_of_several = values.len() > 1;
        for (index, value) in values.into_iter().enumerate() {
            let place = Place { index: u32::try_from(index).unwrap_or(u32::MAX), is_one_of_several };
            let read = read(delivery, place, value, &mut decoded.wants_join_response);
            decoded.add(read, value, Some(place.index));
        }
        return Ok(());
    }
    let is_one = ["changeType", "resource", "resourceUrl", "resourceData"].into_iter().any(|key| body.has(key));
    if is_one || is_aside(body, &mut decoded.wants_join_response)? {
        let read = read(delivery, Place::ALONE, root, &mut decoded.wants_join_response);
        decoded.add(read, root, None);
        return Ok(());
    }
    let is_call = match body.string("@odata.type")? {
        Some(name) => Shape::by_type(&name) == Shape::Call,
        None => body.has("state"),
    };
    if is_call && (delivery.call.is_some() || body.get("id")?.is_some()) {
        return reply::decode(&Delivery { kind: DeliveryKind::CreateResponse, ..delivery.clone() }, root, decoded);
    }
    Err(root.fault(Unreadable::NotADelivery))
}

/// The members that contain the path of the resource. The first one counts.
const PATHS: [&str; 2] = ["resourceUrl", "resource"];

/// Decodes one notification; `None` if it says nothing about a call.
fn read<'s>(
    delivery: &'s Delivery,
    place: Place,
    value: Node<'s>,
    is_joining: &mut bool,
) -> Result<Option<Subject<'s>>, Fault> {
    let notification = value.object()?;
    let change = notification.string("changeType")?;
    let data = notification.get("resourceData")?;
    if is_aside(&notification, is_joining)? {
        return Ok(None);
    }
    let (call, target) = match subject(delivery, &notification, data) {
        Ok(named) => named,
        // Such a notification need not contain a call id.
        Err(fault) => {
            let data = data.and_then(|data| data.object().ok());
            return if data.is_some_and(|data| is_aside(&data, is_joining) == Ok(true)) {
                Ok(None)
            } else {
                Err(fault)
            };
        }
    };
    let mut subject = Subject::new(delivery, call, target);
    subject.place = place;
    subject.change = change.map_or(Change::Updated, |change| Change::from_word(&change));
    if let Some(other) = second_call(&notification).filter(|other| *other != subject.call) {
        member::odd(&mut subject, Oddity::IdMismatch, &other.spelling());
    }
    resource::claims(&mut subject, data)?;
    Ok(Some(subject))
}

/// Returns the call of the second path, if there are two.
fn second_call(notification: &Object<'_>) -> Option<CallId> {
    let [first, second] = PATHS.map(|key| notification.get(key).ok().flatten());
    let (_, node) = first.zip(second)?;
    call_id(ResourcePath::read(&node.string().ok()?)?.call, node).ok()
}

/// Returns whether a notification is of a known kind that does not report a call. Notes whether a participant asks to join.
fn is_aside(resource: &Object<'_>, is_joining: &mut bool) -> Result<bool, Fault> {
    let shape = resource.string("@odata.type")?.map(|name| Shape::by_type(&name));
    *is_joining |= shape == Some(Shape::Joining);
    Ok(matches!(shape, Some(Shape::Aside | Shape::Joining)))
}

/// Returns the call of a notification, and the part of the call: from its path, or without one, from its resource.
fn subject(delivery: &Delivery, notification: &Object<'_>, data: Option<Node<'_>>) -> Result<(CallId, Target), Fault> {
    let mut unknown = None;
    for key in PATHS {
        let Some(node) = notification.get(key)? else { continue };
        match ResourcePath::read(&node.string()?) {
            Some(path) => return Ok((call_id(path.call, node)?, path.target)),
            None => unknown = unknown.or(Some(node)),
        }
    }
    if let Some(node) = unknown {
        return Err(node.fault(Unreadable::NoCall));
    }
    if let Some(call) = &delivery.call {
        return Ok((call.clone(), Target::Call));
    }
    let nothing = || notification.node().fault(Unreadable::NoCall);
    let resource = data.ok_or_else(nothing)?.object().map_err(|_| nothing())?;
    match (Shape::of(&resource, &Target::Other(String::new()))?, resource.get("id")?) {
        (Shape::Call, Some(id)) => Ok((call_id(&id.string()?, id)?, Target::Call)),
        _ => Err(nothing()),
    }
}
