//! Optional members of a resource. If one cannot be read, the fault is reported and the other members count.

use std::borrow::Cow;

use call_core::{Id, Oddity, Redacted, ResultInfo};

use crate::decode::subject::Subject;
use crate::fault::{Fault, Unreadable};
use crate::foreign::clip;
use crate::json::node::{Node, Object};
use crate::segment;

/// Maximum length of words and of texts, in bytes. Longer ones are clipped.
const LONGEST_WORD: usize = 128;
const LONGEST_TEXT: usize = 1024;

/// Reads a string.
pub(super) fn string<'a>(subject: &mut Subject<'_>, object: &Object<'a>, key: &str) -> Option<Cow<'a, str>> {
    let string = optional(subject, object.get(key), |_, node| node.string());
    string.filter(|text| !text.is_empty())
}

/// Reads a string that is a word, clipped.
pub(super) fn word(subject: &mut Subject<'_>, object: &Object<'_>, key: &str) -> Option<Box<str>> {
    string(subject, object, key).map(|text| clip_word(&text).into())
}

/// Reads a private string without clipping it.
pub(super) fn whole(subject: &mut Subject<'_>, object: &Object<'_>, key: &str) -> Option<Redacted> {
    string(subject, object, key).map(|text| Redacted::new(&text))
}

/// Reads a string that is a text for people, clipped.
pub(super) fn text(subject: &mut Subject<'_>, object: &Object<'_>, key: &str) -> Option<Box<str>> {
    string(subject, object, key).map(|text| clip(&text, LONGEST_TEXT).into())
}

/// Reads an id.
pub(super) fn id(subject: &mut Subject<'_>, object: &Object<'_>, key: &str) -> Option<Id> {
    optional(subject, object.get(key), |_, node| read_id(node)).flatten()
}

/// Reads the id of a part of the call, which must be readable.
pub(super) fn own_id(subject: &mut Subject<'_>, part: &Object<'_>) -> Result<Option<Id>, Fault> {
    let inside = part.get("id")?.map(read_id).transpose()?.flatten();
    Ok(subject.own_id(inside))
}

/// Reads an id that must be readable; `None` if it is missing or empty.
fn read_id(node: Node<'_>) -> Result<Option<Id>, Fault> {
    let id = node.string()?;
    let read = segment::read_id(&id, node)?;
    Ok((!id.is_empty()).then_some(read))
}

/// Reads a boolean.
pub(super) fn boolean(subject: &mut Subject<'_>, object: &Object<'_>, key: &str) -> Option<bool> {
    optional(subject, object.get(key), |_, node| node.boolean())
}

/// Reads a whole number.
pub(super) fn integer(subject: &mut Subject<'_>, object: &Object<'_>, key: &str) -> Option<i64> {
    optional(subject, object.get(key), |_, node| {
        node.integer().ok_or_else(|| node.fault(Unreadable::WrongType("a whole number")))
    })
}

/// Reads an object.
pub(super) fn object<'a>(subject: &mut Subject<'_>, object: &Object<'a>, key: &str) -> Option<Object<'a>> {
    optional(subject, object.get(key), |_, node| node.object())
}

/// Reads a list, without the elements that cannot be read or are `None`; `None` if no element is left.
pub(super) fn list<'s, 'a, T>(
    subject: &mut Subject<'s>,
    object: &Object<'a>,
    key: &str,
    read: impl Fn(&mut Subject<'s>, Node<'a>) -> Result<Option<T>, Fault>,
) -> Option<Box<[T]>> {
    let elements = optional(subject, object.get(key), |_, node| node.array())?;
    let elements = elements.into_iter().filter_map(|element| optional(subject, Ok(Some(element)), &read).flatten());
    let read: Box<[T]> = elements.collect();
    (!read.is_empty()).then_some(read)
}

/// Reads `resultInfo`. The service writes codes as numbers, as strings of digits and as words, and `subcode` in two spellings.
pub(super) fn result_info(subject: &mut Subject<'_>, resource: &Object<'_>) -> Option<ResultInfo> {
    optional(subject, resource.get("resultInfo"), |subject, node| {
        let result = node.object()?;
        let code = result.get("code")?;
        let subcode = match result.get("subcode")? {
            None => result.get("subCode")?,
            found => found,
        };
        let message = string(subject, &result, "message");
        let words = || [subcode, code].into_iter().flatten().filter(|node| node.integer().is_none());
        let message = message.or_else(|| words().find_map(|node| node.string().ok()));
        let codes = ResultInfo::new(code.and_then(Node::integer), subcode.and_then(Node::integer));
        Ok(match message {
            Some(message) => codes.with_message(clip(&message, LONGEST_TEXT)),
            None => codes,
        })
    })
}

/// Adds an oddity for an unknown word.
pub(super) fn odd(subject: &mut Subject<'_>, oddity: impl FnOnce(Box<str>) -> Oddity, word: &str) {
    subject.claim(call_core::Claim::Oddity(Box::new(oddity(clip_word(word).into()))));
}

pub(super) fn clip_word(text: &str) -> &str {
    clip(text, LONGEST_WORD)
}

fn optional<'s, 'a, T>(
    subject: &mut Subject<'s>,
    member: Result<Option<Node<'a>>, Fault>,
    read: impl FnOnce(&mut Subject<'s>, Node<'a>) -> Result<T, Fault>,
) -> Option<T> {
    let read = member.and_then(|node| node.map(|node| read(subject, node)).transpose());
    read.unwrap_or_else(|fault| {
        subject.faults.push(fault);
        None
    })
}
