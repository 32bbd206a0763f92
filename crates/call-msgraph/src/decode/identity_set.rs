//! Identity sets: the identities of one user, application or phone, by their kinds.

use std::borrow::Cow;

use crate::fault::{Fault, Unreadable};
use crate::json::member::{Value, object};
use crate::json::node::Node;
use crate::json::reader::{Read, Reader};

/// The members of an identity set, sorted by their names, without annotations ("identitySet resource type", v1.0 reference). It may
/// contain unknown kinds.
#[derive(Debug, Default)]
pub(crate) struct IdentitySet<'a>(pub(crate) Vec<Entry<'a>>);

/// One member of a set.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    pub(crate) kind: Cow<'a, str>,
    start: usize,
    /// `None` if it is no object.
    pub(crate) identity: Option<Result<Named<'a>, Fault>>,
}

impl<'a> Value<'a> for IdentitySet<'a> {
    type Wrong = Fault;

    fn read(reader: &mut Reader<'a>) -> Read<Self> {
        let mut entries: Vec<Entry<'a>> = Vec::new();
        let read = reader.object(|reader, kind| {
            if kind.starts_with('@') {
                return reader.skip_value();
            }
            let start = reader.place();
            let identity = match reader.peek() {
                Some(b'{') => Some(Named::read(reader)?),
                _ => reader.skip_value().map(|()| None)?,
            };
            entries.push(Entry { kind, start, identity });
            Ok(())
        });
        Ok(read?.map(|_| Self(single(entries))))
    }
}

/// Sorts the entries. A kind that occurs twice is a fault.
fn single(mut entries: Vec<Entry<'_>>) -> Vec<Entry<'_>> {
    entries.sort_by(|a, b| a.kind.cmp(&b.kind));
    for same in entries.chunk_by_mut(|a, b| a.kind == b.kind) {
        let Some(second) = same.get(1).map(|second| second.start) else { continue };
        for entry in same {
            let fault = Fault::new(second, Unreadable::Duplicate);
            entry.identity = entry.identity.take().map(|_| Err(fault));
        }
    }
    entries
}

object! {
    /// One identity of a set.
    Named<'a> { id: Node<'a> = b"id", display_name: Node<'a> = b"displayName", }
}
