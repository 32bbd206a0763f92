//! Notifications, in a batch or alone.

use std::mem;

use call_core::{CallId, Oddity};

use crate::decode::decoded::Decoded;
use crate::decode::path::{ResourcePath, Target};
use crate::decode::resources::Resource;
use crate::decode::shape::Shape;
use crate::decode::subject::{Change, Subject, call_id};
use crate::decode::{member, reply, resource};
use crate::delivery::{Delivery, DeliveryKind};
use crate::fault::{Fault, Unreadable};
use crate::json::member::{Member, Value};
use crate::json::node::Node;
use crate::json::reader::{NotJson, Read, Reader};

/// Decodes the body of a webhook post. A call resource alone is decoded like the response to its create.
pub(super) fn decode(delivery: &Delivery, mut reader: Reader<'_>, decoded: &mut Decoded) -> Read<()> {
    let mut root = Root::new(delivery);
    let read = reader.object(|reader, key| root.member(&key, reader, decoded))?;
    reader.end()?;
    Ok(match read {
        Ok(node) => root.finish(node, decoded),
        Err(Fault { at, reason: Unreadable::WrongType(_) }) => Err(Fault { at, reason: Unreadable::NotADelivery }),
        Err(fault) => Err(fault),
    })
}

/// The body of a post: a batch of notifications, one notification, or a call.
struct Root<'a, 's> {
    notification: Notification<'a, 's>,
    /// The batch. Its values are decoded while they are read.
    value: Member<()>,
    id: Member<Node<'a>>,
    state: Member<Node<'a>>,
}

impl<'a, 's> Root<'a, 's> {
    fn new(delivery: &'s Delivery) -> Self {
        let notification = Notification::new(delivery, 0);
        Self { notification, value: Member::Missing, id: Member::Missing, state: Member::Missing }
    }

    fn member(&mut self, key: &str, reader: &mut Reader<'a>, decoded: &mut Decoded) -> Result<(), NotJson> {
        match key {
            "value" => self.batch(reader, decoded),
            "id" => self.id.read(reader),
            "state" => self.state.read(reader),
            _ => self.notification.member(key, reader),
        }
    }

    fn batch(&mut self, reader: &mut Reader<'a>, decoded: &mut Decoded) -> Result<(), NotJson> {
        let (delivery, mut index) = (self.notification.delivery, 0_u32);
        self.value.read_as(reader, |reader| {
            let read = reader.array(|reader| {
                let start = reader.place();
                let mut notification = Notification::new(delivery, index);
                let (read, value) = match reader.object(|reader, key| notification.member(&key, reader))? {
                    Ok(value) => (notification.finish(value, &mut decoded.wants_join_response), value),
                    Err(fault) => (Err(fault), Node::new("", start)),
                };
                let is_one_of_several = index > 0 || reader.has_more();
                let read = read.map(|subject| subject.map(|subject| subject.in_batch(is_one_of_several)));
                decoded.add(read, value, Some(index));
                index = index.saturating_add(1);
                Ok(())
            })?;
            Ok(read.map(drop))
        })
    }

    fn finish(self, node: Node<'a>, decoded: &mut Decoded) -> Result<(), Fault> {
        if self.value.get()?.is_some() {
            return Ok(());
        }
        let (delivery, notification) = (self.notification.delivery, self.notification);
        if notification.is_named() || is_aside(&notification.odata_type, &mut decoded.wants_join_response)? {
            let read = notification.finish(node, &mut decoded.wants_join_response);
            decoded.add(read, node, None);
            return Ok(());
        }
        let is_call = match member::needed(&notification.odata_type)? {
            Some(name) => Shape::by_type(&name) == Shape::Call,
            None => self.state.is_there(),
        };
        if is_call && (delivery.call.is_some() || self.id.get()?.is_some()) {
            let delivery = Delivery { kind: DeliveryKind::CreateResponse, ..delivery.clone() };
            return node.read(|reader| reply::decode(&delivery, reader.clone(), decoded));
        }
        Err(node.fault(Unreadable::NotADelivery))
    }
}

/// A notification while it is read.
struct Notification<'a, 's> {
    delivery: &'s Delivery,
    index: u32,
    odata_type: Member<Node<'a>>,
    change: Member<Node<'a>>,
    /// The paths. The first one counts.
    resource_url: Member<Node<'a>>,
    resource: Member<Node<'a>>,
    data: Member<Node<'a>>,
    /// What the resource data says, read while the members before it name a call. Almost all notifications have this order.
    said: Option<Result<Subject<'s>, Fault>>,
}

impl<'a, 's> Notification<'a, 's> {
    const fn new(delivery: &'s Delivery, index: u32) -> Self {
        Self {
            delivery,
            index,
            odata_type: Member::Missing,
            change: Member::Missing,
            resource_url: Member::Missing,
            resource: Member::Missing,
            data: Member::Missing,
            said: None,
        }
    }

    fn member(&mut self, key: &str, reader: &mut Reader<'a>) -> Result<(), NotJson> {
        let member = match key {
            "@odata.type" => &mut self.odata_type,
            "changeType" => &mut self.change,
            "resourceUrl" => &mut self.resource_url,
            "resource" => &mut self.resource,
            "resourceData" => return self.resource_data(reader),
            _ => return reader.value().map(drop),
        };
        member.read(reader)?;
        // It counts for the resource data, too, which is then read again.
        self.said = None;
        Ok(())
    }

    fn resource_data(&mut self, reader: &mut Reader<'a>) -> Result<(), NotJson> {
        let subject = match &self.data {
            Member::Missing => self.named().ok().flatten().and_then(|named| self.subject(named).ok()),
            Member::Null | Member::Is(_) | Member::Wrong(_) => None,
        };
        let Some(mut subject) = subject.filter(|_| reader.peek() != Some(b'n')) else { return self.data.read(reader) };
        let said = &mut self.said;
        self.data.read_as(reader, |reader| {
            reader.spanned(|reader| {
                let read = resource::claims(&mut subject, reader)?;
                *said = Some(read.map(|()| subject));
                Ok(())
            })
        })
    }

    /// Returns whether it has a member that only notifications have.
    const fn is_named(&self) -> bool {
        self.change.is_there() || self.resource.is_there() || self.resource_url.is_there() || self.data.is_there()
    }

    /// Returns what it says; `None` if it says nothing about a call.
    fn finish(mut self, node: Node<'a>, is_joining: &mut bool) -> Result<Option<Subject<'s>>, Fault> {
        member::needed(&self.change)?;
        let data = self.data.get()?.copied();
        if is_aside(&self.odata_type, is_joining)? {
            return Ok(None);
        }
        if let Some(said) = mem::take(&mut self.said) {
            return said.map(Some);
        }
        let named = self.named().and_then(|named| named.map_or_else(|| by_resource(node, data), Ok));
        let named = match named {
            Ok(named) => named,
            // Such a notification need not contain a call id.
            Err(fault) => {
                let data = data.and_then(|data| data.read(Resource::read).ok());
                let is_aside = data.is_some_and(|data| is_aside(&data.odata_type, is_joining) == Ok(true));
                return if is_aside { Ok(None) } else { Err(fault) };
            }
        };
        let mut subject = self.subject(named)?;
        match data {
            Some(data) => data.read(|reader| resource::claims(&mut subject, reader))?,
            None => resource::none(&mut subject),
        }
        Ok(Some(subject))
    }

    fn subject(&self, (call, target): (CallId, Target)) -> Result<Subject<'s>, Fault> {
        let mut subject = Subject::new(self.delivery, call, target);
        subject.index = self.index;
        subject.change = member::needed(&self.change)?.map_or(Change::Updated, |change| Change::from_word(&change));
        if let Some(other) = self.second_call().filter(|other| *other != subject.call) {
            member::odd(&mut subject, Oddity::IdMismatch, &other.spelling());
        }
        Ok(subject)
    }

    /// Returns the call and the part of it that the path names, or else the request; `None` if there is neither.
    fn named(&self) -> Result<Option<(CallId, Target)>, Fault> {
        let mut unknown = None;
        for path in [&self.resource_url, &self.resource] {
            let Some(node) = path.get()? else { continue };
            match ResourcePath::read(&node.string()?) {
                Some(path) => return Ok(Some((call_id(path.call, *node)?, path.target))),
                None => unknown = unknown.or(Some(node)),
            }
        }
        match unknown {
            Some(node) => Err(node.fault(Unreadable::NoCall)),
            None => Ok(self.delivery.call.clone().map(|call| (call, Target::Call))),
        }
    }

    /// Returns the call of the second path, if there are two.
    fn second_call(&self) -> Option<CallId> {
        let [first, second] = [&self.resource_url, &self.resource].map(|path| path.get().ok().flatten());
        let (_, node) = first.zip(second)?;
        call_id(ResourcePath::read(&node.string().ok()?)?.call, *node).ok()
    }
}

/// Returns the call in the resource data of a notification without a path.
fn by_resource(notification: Node<'_>, data: Option<Node<'_>>) -> Result<(CallId, Target), Fault> {
    let nothing = || notification.fault(Unreadable::NoCall);
    let data = data.ok_or_else(nothing)?.read(Resource::read).map_err(|_| nothing())?;
    match (Shape::of(&data.odata_type, &Target::Other(String::new()))?, data.participant.id.get()?) {
        (Shape::Call, Some(id)) => Ok((call_id(&id.string()?, *id)?, Target::Call)),
        _ => Err(nothing()),
    }
}

/// Returns whether a notification is of a known kind that does not report a call. Notes whether a participant asks to join.
fn is_aside(odata_type: &Member<Node<'_>>, is_joining: &mut bool) -> Result<bool, Fault> {
    let shape = member::needed(odata_type)?.map(|name| Shape::by_type(&name));
    *is_joining |= shape == Some(Shape::Joining);
    Ok(matches!(shape, Some(Shape::Aside | Shape::Joining)))
}
