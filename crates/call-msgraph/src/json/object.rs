//! Objects and arrays whose members and elements are all looked at, and in no order that is known before.

use std::borrow::Cow;

use crate::fault::{Fault, Unreadable};
use crate::json::node::Node;
use crate::json::reader::{Read, Reader, checked};

impl<'a> Node<'a> {
    /// Reads the only value of a text, after an optional byte order mark.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Fault> {
        let mut reader = Reader::new(text);
        checked(text, reader.value().and_then(|node| reader.end().map(|()| Ok(node))))
    }

    /// Reads the members of an object.
    pub(crate) fn object(self) -> Result<Object<'a>, Fault> {
        self.read(Object::read)
    }

    /// Reads the elements of an array.
    pub(crate) fn array(self) -> Result<Vec<Self>, Fault> {
        let mut elements = Vec::new();
        self.read(|reader| {
            reader.array(|reader| {
                elements.push(reader.value()?);
                Ok(())
            })
        })?;
        Ok(elements)
    }
}

/// The members of an object, in their order.
#[derive(Debug)]
pub(crate) struct Object<'a> {
    members: Vec<(Cow<'a, str>, Node<'a>)>,
}

impl<'a> Object<'a> {
    fn read(reader: &mut Reader<'a>) -> Read<Self> {
        let mut members = Vec::new();
        let read = reader.object(|reader, key| {
            members.push((key, reader.value()?));
            Ok(())
        });
        Ok(read?.map(|_| Self { members }))
    }

    pub(crate) fn members(&self) -> &[(Cow<'a, str>, Node<'a>)] {
        &self.members
    }

    /// Returns a member; `None` if it is missing or null. A member that occurs twice is an error.
    pub(crate) fn get(&self, key: &str) -> Result<Option<Node<'a>>, Fault> {
        let mut found = self.members.iter().filter(|(name, _)| name == key).map(|(_, node)| *node);
        let first = found.next().filter(|node| !node.is_null());
        found.next().map_or(Ok(first), |second| Err(second.fault(Unreadable::Duplicate)))
    }

    /// Returns a member that is a string.
    pub(crate) fn string(&self, key: &str) -> Result<Option<Cow<'a, str>>, Fault> {
        self.get(key)?.map(Node::string).transpose()
    }
}
