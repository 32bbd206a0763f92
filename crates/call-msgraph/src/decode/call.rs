//! What a call resource claims.

use std::borrow::Cow;

use call_core::{CallId, CallState, Claim, Direction, Field, Oddity, ResultInfo};

use super::subject::Subject;
use crate::clip::clip;
use crate::fault::Fault;
use crate::json::{Node, Object};

/// Words and messages are kept up to this many bytes.
const LONGEST_WORD: usize = 128;
const LONGEST_MESSAGE: usize = 1024;

/// Makes every claim of a call.
///
/// A `deleted` call is terminated, whatever state stands in it ("call: reject", v1.0 reference). Only the state must be
/// readable: what else cannot be read is reported, and the rest counts.
pub(super) fn claims(subject: &mut Subject<'_>, call: &Object<'_>) -> Result<(), Fault> {
    let word = call.string("state")?;
    let state = word.as_deref().and_then(CallState::from_word);
    if let (Some(word), None) = (word, state) {
        subject.claim(Claim::Oddity(Oddity::UnrecognizedState(clip(&word, LONGEST_WORD).into())));
    }
    let state = if subject.is_deleted { Some(CallState::Terminated) } else { state };
    let result = optional(subject, call.get("resultInfo"), |subject, node| result_info(subject, node.object()?));
    if let Some(state) = state {
        subject.claim(Claim::State { state, result: result.map(Box::new) });
    }
    if let Some(direction) = string(subject, call, "direction").and_then(|word| direction(&word)) {
        subject.claim(Claim::Direction(direction));
    }
    if let Some(reason) = string(subject, call, "terminationReason") {
        subject.claim(Claim::Field(Box::new(Field::TerminationReason(clip(&reason, LONGEST_WORD).into()))));
    }
    // The path names the call; another id inside is reported, not followed ("participant: invite", v1.0 reference).
    if let Some(id) = string(subject, call, "id").filter(|id| CallId::from(&**id) != subject.call) {
        subject.claim(Claim::Oddity(Oddity::IdMismatch(clip(&id, LONGEST_WORD).into())));
    }
    Ok(())
}

/// Claims that a resource of an unknown kind was reported.
pub(super) fn unknown(name: &str) -> Claim {
    Claim::Oddity(Oddity::UnknownResource(clip(name, LONGEST_WORD).into()))
}

fn direction(word: &str) -> Option<Direction> {
    [Direction::Incoming, Direction::Outgoing].into_iter().find(|known| known.as_str().eq_ignore_ascii_case(word))
}

/// Reads `resultInfo`, whose codes come as numbers, as strings of digits and as words, and spelt in two ways.
fn result_info(subject: &mut Subject<'_>, result: Object<'_>) -> Result<ResultInfo, Fault> {
    let code = result.get("code")?;
    let subcode = match result.get("subcode")? {
        None => result.get("subCode")?,
        found => found,
    };
    let message = string(subject, &result, "message").filter(|message| !message.is_empty());
    let words = || [subcode, code].into_iter().flatten().filter(|node| node.integer().is_none());
    let message = message.or_else(|| words().find_map(|node| node.string().ok()));
    Ok(ResultInfo {
        code: code.and_then(Node::integer),
        subcode: subcode.and_then(Node::integer),
        message: message.map(|message| clip(&message, LONGEST_MESSAGE).into()),
    })
}

/// Reads a string that the rest does not depend on.
fn string<'a>(subject: &mut Subject<'_>, object: &Object<'a>, key: &str) -> Option<Cow<'a, str>> {
    optional(subject, object.get(key), |_, node| node.string())
}

/// Reads a member that the rest does not depend on: what is wrong with it is reported.
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
