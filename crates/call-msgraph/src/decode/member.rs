//! Optional members of a resource. If one cannot be read, the fault is reported and the other members count.

use std::borrow::Cow;

use call_core::{Id, Oddity, Redacted, ResultInfo as Codes};

use crate::decode::resources::ResultInfo;
use crate::decode::subject::Subject;
use crate::fault::{Fault, Unreadable};
use crate::foreign::clip;
use crate::json::member::{Leaf, List, Member};
use crate::json::node::Node;
use crate::segment;

/// Maximum length of words and of texts, in bytes. Longer ones are clipped.
const LONGEST_WORD: usize = 128;
const LONGEST_TEXT: usize = 1024;

/// Reads a string.
#[inline]
pub(super) fn string<'a>(faults: &mut Vec<Fault>, member: &Leaf<'a>) -> Option<Cow<'a, str>> {
    if member.is_nothing() {
        return None;
    }
    optional(faults, member.string()).flatten().filter(|text| !text.is_empty())
}

/// Reads a string that is a word, clipped.
pub(super) fn word(faults: &mut Vec<Fault>, member: &Leaf<'_>) -> Option<Box<str>> {
    string(faults, member).map(|text| clip_word(&text).into())
}

/// Reads a private string without clipping it.
pub(super) fn whole(faults: &mut Vec<Fault>, member: &Leaf<'_>) -> Option<Redacted> {
    string(faults, member).map(|text| Redacted::new(&text))
}

/// Reads a string that is a text for people, clipped.
pub(super) fn text<'a>(faults: &mut Vec<Fault>, member: &Leaf<'a>) -> Option<Cow<'a, str>> {
    string(faults, member).map(|text| match text {
        Cow::Borrowed(text) => Cow::Borrowed(clip(text, LONGEST_TEXT)),
        Cow::Owned(text) => Cow::Owned(clip(&text, LONGEST_TEXT).to_owned()),
    })
}

/// Reads an id.
#[inline]
pub(super) fn id(faults: &mut Vec<Fault>, member: &Leaf<'_>) -> Option<Id> {
    if member.is_nothing() {
        return None;
    }
    optional(faults, needed_id(member)).flatten()
}

/// Reads the id of a part of the call, which must be readable.
pub(super) fn own_id(subject: &mut Subject<'_>, id: &Leaf<'_>) -> Result<Option<Id>, Fault> {
    let inside = needed_id(id)?;
    Ok(subject.own_id(inside))
}

/// Reads an id that must be readable; `None` if it is missing or empty.
#[inline]
fn needed_id(member: &Leaf<'_>) -> Result<Option<Id>, Fault> {
    let Some(node) = member.get()? else { return Ok(None) };
    let id = node.string()?;
    let read = segment::read_id(&id, *node)?;
    Ok((!id.is_empty()).then_some(read))
}

/// Reads a boolean.
pub(super) fn boolean(faults: &mut Vec<Fault>, member: &Leaf<'_>) -> Option<bool> {
    optional(faults, member.get().and_then(|node| node.map(|node| node.boolean()).transpose())).flatten()
}

/// Reads a whole number.
pub(super) fn integer(faults: &mut Vec<Fault>, member: &Leaf<'_>) -> Option<i64> {
    let node = object(faults, member)?;
    let wrong = || node.fault(Unreadable::WrongType("a whole number"));
    optional(faults, node.integer().ok_or_else(wrong))
}

/// Returns an object, or any other value whose reading cannot fail any more.
#[inline]
pub(super) fn object<'m, T, W: Clone + Into<Fault>>(
    faults: &mut Vec<Fault>,
    member: &'m Member<T, W>,
) -> Option<&'m T> {
    if member.is_nothing() {
        return None;
    }
    optional(faults, member.get()).flatten()
}

/// Reads a list, without the elements that cannot be read or are `None`; `None` if no element is left.
pub(super) fn list<T, W: Clone + Into<Fault>, R>(
    faults: &mut Vec<Fault>,
    member: &Member<List<T, W>>,
    read: impl Fn(&mut Vec<Fault>, &T) -> Result<Option<R>, Fault>,
) -> Option<Box<[R]>> {
    let List(elements) = object(faults, member)?;
    let elements = elements.iter().filter_map(|element| {
        let read = element.as_ref().map_err(|wrong| wrong.clone().into()).and_then(|element| read(faults, element));
        optional(faults, read).flatten()
    });
    let read: Box<[R]> = elements.collect();
    (!read.is_empty()).then_some(read)
}

/// Reads `resultInfo`. The service writes codes as numbers, as strings of digits and as words, and `subcode` in two spellings.
pub(super) fn result_info(faults: &mut Vec<Fault>, member: &Member<ResultInfo<'_>>) -> Option<Codes> {
    let result = object(faults, member)?;
    let read = codes(faults, result);
    optional(faults, read)
}

fn codes(faults: &mut Vec<Fault>, result: &ResultInfo<'_>) -> Result<Codes, Fault> {
    let code = result.code.get()?.copied();
    let subcode = match result.subcode.get()? {
        None => result.sub_code.get()?,
        found => found,
    };
    let subcode = subcode.copied();
    let message = string(faults, &result.message);
    let words = || [subcode, code].into_iter().flatten().filter(|node| node.integer().is_none());
    let message = message.or_else(|| words().find_map(|node| node.string().ok()));
    let codes = Codes::new(code.and_then(Node::integer), subcode.and_then(Node::integer));
    Ok(match message {
        Some(message) => codes.with_message(clip(&message, LONGEST_TEXT)),
        None => codes,
    })
}

/// Adds an oddity for an unknown word.
pub(super) fn odd(subject: &mut Subject<'_>, oddity: impl FnOnce(Box<str>) -> Oddity, word: &str) {
    subject.claim(call_core::Claim::Oddity(Box::new(oddity(clip_word(word).into()))));
}

pub(super) fn clip_word(text: &str) -> &str {
    clip(text, LONGEST_WORD)
}

fn optional<T>(faults: &mut Vec<Fault>, read: Result<T, Fault>) -> Option<T> {
    read.map_err(|fault| faults.push(fault)).ok()
}
