//! Notifications, in a batch or alone.

use call_core::{CallId, Oddity};

use crate::decode::decoded::Decoded;
use crate::decode::path::{ResourcePath, Target};
use crate::decode::resources::Resource;
use crate::decode::shape::Shape;
use crate::decode::subject::{Change, Subject, call_id};
use crate::decode::{member, reply, resource};
use crate::delivery::{Delivery, DeliveryKind};
use crate::fault::{Fault, Unreadable};
use crate::json::member::{Leaf, Member, Value};
use crate::json::node::Node;
use crate::json::reader::{NotJson, Read, Reader};

/// Decodes the body of a webhook post. A call resource alone is decoded like the response to its create.
pub(super) fn decode(delivery: &Delivery, mut reader: Reader<'_>, decoded: &mut Decoded) -> Read<()> {
    let mut root = Root::new(delivery);
    let read = reader.object(|reader, key| root.member(&key, reader, decoded))?;
    reader.end()?;
    Ok(match read {
        Ok(node) => root.finish(node, decoded),
        Err(fault) => Err(fault.or_not_a_delivery()),
    })
}

/// The body of a post: a batch of notifications, one notification, or a call.
struct Root<'a, 's> {
    notification: Notification<'a, 's>,
    /// The batch. Its values are decoded while they are read.
    value: Member<()>,
    id: Leaf<'a>,
    state: Leaf<'a>,
}

impl<'a, 's> Root<'a, 's> {
    fn new(delivery: &'s Delivery) -> Self {
        let notification = Notification::new(delivery, 0);
        Self { notification, value: Member::Missing, id: Member::Missing, state: Member::Missing }
    }

    fn member(&mut self, key: &str, reader: &mut Reader<'a>, decoded: &mut Decoded) -> Result<(), NotJson> {
        match key.as_bytes() {
            b"value" => self.batch(reader, decoded),
            b"id" => self.id.read(reader),
            b"state" => self.state.read(reader),
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
                    Err(fault) => (Err(fault), Node::nothing_at(start)),
                };
                if index > 0 || reader.has_more() {
                    notification.subject.iter_mut().for_each(Subject::be_one_of_several);
                }
                decoded.add(read, notification.subject, value, Some(index));
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
        let (delivery, mut notification) = (self.notification.delivery, self.notification);
        if notification.is_named() || is_aside(&notification.odata_type, &mut decoded.wants_join_response)? {
            let read = notification.finish(node, &mut decoded.wants_join_response);
            decoded.add(read, notification.subject, node, None);
            return Ok(());
        }
        let is_call = match notification.odata_type.string()? {
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
    odata_type: Leaf<'a>,
    change: Leaf<'a>,
    /// The paths. The first one counts.
    resource_url: Leaf<'a>,
    resource: Leaf<'a>,
    data: Leaf<'a>,
    /// What it says about a call. Almost all notifications name the call before the resource data, which is then read as it comes.
    subject: Option<Subject<'s>>,
    /// Why the resource data cannot be read.
    wrong: Option<Fault>,
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
            subject: None,
            wrong: None,
        }
    }

    fn member(&mut self, key: &str, reader: &mut Reader<'a>) -> Result<(), NotJson> {
        let member = match key.as_bytes() {
            b"@odata.type" => &mut self.odata_type,
            b"changeType" => &mut self.change,
            b"resourceUrl" => &mut self.resource_url,
            b"resource" => &mut self.resource,
            b"resourceData" => return self.resource_data(reader),
            _ => return reader.skip_value(),
        };
        member.read(reader)?;
        // It counts for the resource data, too, which is then read again.
        self.subject = None;
        Ok(())
    }

    fn resource_data(&mut self, reader: &mut Reader<'a>) -> Result<(), NotJson> {
        if !self.data.is_there()
            && reader.peek() != Some(b'n')
            && self.named().and_then(|named| self.begin(named)).is_ok()
            && let Self { subject: Some(subject), wrong, data, .. } = self
        {
            return data.read_as(reader, |reader| {
                let data = reader.spanned(|reader| {
                    *wrong = resource::claims(subject, reader)?.err();
                    Ok(())
                });
                data.map(Ok)
            });
        }
        self.data.read(reader)
    }

    /// Returns whether it has a member that only notifications have.
    const fn is_named(&self) -> bool {
        self.change.is_there() || self.resource.is_there() || self.resource_url.is_there() || self.data.is_there()
    }

    /// Ends the notification. It has no subject if it says nothing about a call.
    fn finish(&mut self, node: Node<'a>, is_joining: &mut bool) -> Result<(), Fault> {
        self.change.string()?;
        let data = self.data.get()?.copied();
        if is_aside(&self.odata_type, is_joining)? {
            self.subject = None;
            return Ok(());
        }
        if self.subject.is_some() {
            return self.wrong.take().map_or(Ok(()), Err);
        }
        let named = self.named().and_then(|named| named.map_or_else(|| by_resource(node, data), Ok));
        if let Err(fault) = named.and_then(|named| self.begin(Some(named))) {
            // Such a notification need not contain a call id.
            let data = data.and_then(|data| data.read(Resource::read).ok());
            let is_aside = data.is_some_and(|data| is_aside(&data.odata_type, is_joining) == Ok(true));
            return if is_aside { Ok(()) } else { Err(fault) };
        }
        let Some(subject) = &mut self.subject else { return Ok(()) };
        match data {
            Some(data) => data.read(|reader| resource::claims(subject, reader)),
            None => {
                resource::none(subject);
                Ok(())
            }
        }
    }

    /// Begins to say something about a call, if there is one.
    fn begin(&mut self, named: Option<(CallId, Target)>) -> Result<(), Fault> {
        let Some((call, target)) = named else { return Ok(()) };
        let change = self.change.string()?.map_or(Change::Updated, |change| Change::from_word(&change));
        let other = self.second_call().filter(|other| *other != call);
        let subject = self.subject.insert(Subject::new(self.delivery, self.index, call, target));
        subject.change = change;
        if let Some(other) = other {
            member::odd(subject, Oddity::IdMismatch, &other.spelling());
        }
        Ok(())
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
    match (Shape::of(&data.odata_type, &Target::Other(String::new()))?, data.details.participant.id.get()?) {
        (Shape::Call, Some(id)) => Ok((call_id(&id.string()?, *id)?, Target::Call)),
        _ => Err(nothing()),
    }
}

/// Returns whether a notification is of a known kind that does not report a call. Notes whether a participant asks to join.
fn is_aside(odata_type: &Leaf<'_>, is_joining: &mut bool) -> Result<bool, Fault> {
    let shape = odata_type.string()?.map(|name| Shape::by_type(&name));
    *is_joining |= shape == Some(Shape::Joining);
    Ok(matches!(shape, Some(Shape::Aside | Shape::Joining)))
}
