//! The host's own names of calls, so that a repeated create returns the call that has the name.

use std::collections::{HashMap, VecDeque};

use call_core::{CallId, Input};
use call_msgraph::{Decoded, Intent, Record, Refused, Token};

/// The references of creates and of their calls. The oldest ones are discarded when there are too many.
#[derive(Debug, Default)]
pub(crate) struct References {
    by_name: HashMap<Box<str>, Referenced>,
    names: HashMap<Token, Box<str>>,
    order: VecDeque<Box<str>>,
}

/// What has a reference.
#[derive(Debug, Clone)]
pub(crate) struct Referenced {
    pub(crate) token: Token,
    /// The call, once its id is known.
    pub(crate) call: Option<CallId>,
}

/// Maximum number of references.
const MOST: usize = 100_000;

impl References {
    /// Returns what has a reference.
    pub(crate) fn get(&self, reference: &str) -> Option<&Referenced> {
        self.by_name.get(reference)
    }

    /// Notes the reference of a create.
    pub(crate) fn add(&mut self, reference: &str, token: &Token) {
        while self.order.len() >= MOST {
            let Some(oldest) = self.order.pop_front() else { break };
            if let Some(referenced) = self.by_name.remove(&oldest) {
                self.names.remove(&referenced.token);
            }
        }
        if self.by_name.insert(reference.into(), Referenced { token: token.clone(), call: None }).is_none() {
            self.order.push_back(reference.into());
        }
        self.names.insert(token.clone(), reference.into());
    }

    /// Removes the reference of a create that was refused or given up, so that it can be used again.
    pub(crate) fn remove(&mut self, token: &Token) {
        let Some(reference) = self.names.remove(token) else { return };
        if self.by_name.get(&reference).is_some_and(|known| known.token == *token && known.call.is_none()) {
            self.by_name.remove(&reference);
            self.order.retain(|other| *other != reference);
        }
    }

    /// Notes what a record says about references.
    pub(crate) fn note(&mut self, record: &Record, decoded: &Decoded) {
        match record {
            Record::Intended { intent: Intent::Create { token, reference: Some(reference) }, .. } => {
                self.add(reference, token);
            }
            Record::Refused { refused: Refused::Create(token), .. } => self.remove(token),
            Record::Delivered(_) | Record::Intended { .. } | Record::Refused { .. } | _ => {}
        }
        for hearing in &decoded.hearings {
            for input in &hearing.inputs {
                if let Input::Referenced(reference) = input
                    && let Some(known) = self.by_name.get_mut(reference)
                {
                    known.call = Some(hearing.call.clone());
                }
            }
        }
    }
}
