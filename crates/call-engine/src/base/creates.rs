//! Creates in flight: calls that were requested and have no id yet.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use call_core::{CallId, Timestamp};
use call_msgraph::{Creates, Decoded, Record, Token, hearings};
use tokio::sync::watch;

use crate::base::references::{Referenced, References};

/// Receives the id of a created call once it is known.
pub(crate) type Bound = watch::Receiver<Option<CallId>>;

/// The creates in flight, and the callers that wait for the ids of their calls.
#[derive(Debug)]
pub(crate) struct InFlight(Mutex<Waiting>);

/// A caller that waits for the id of its call, with that id.
pub(crate) struct Caller {
    sender: watch::Sender<Option<CallId>>,
    call: CallId,
}

#[derive(Debug)]
struct Waiting {
    creates: Creates,
    callers: HashMap<Token, watch::Sender<Option<CallId>>>,
    references: References,
}

/// What a create with a reference begins.
pub(crate) enum Begun {
    /// A new call.
    New(Bound),
    /// Nothing: a create with this reference is in flight, with this token.
    InFlight(Bound, Token),
    /// Nothing: this call has the reference.
    Created(CallId),
}

impl Waiting {
    /// Returns a receiver of the id of the call of a token.
    fn caller(&mut self, token: &Token) -> Bound {
        self.callers.entry(token.clone()).or_insert_with(|| watch::channel(None).0).subscribe()
    }
}

impl InFlight {
    pub(crate) fn new(creates: Creates, references: References) -> Self {
        Self(Mutex::new(Waiting { creates, callers: HashMap::new(), references }))
    }

    /// Registers a caller that waits for the call of a token, unless the reference was used before.
    pub(crate) fn begin(&self, token: &Token, reference: Option<&str>) -> Begun {
        let mut waiting = self.lock();
        let Some(reference) = reference else { return Begun::New(waiting.caller(token)) };
        match waiting.references.get(reference).cloned() {
            Some(Referenced { call: Some(call), .. }) => Begun::Created(call),
            Some(Referenced { token, call: None }) => Begun::InFlight(waiting.caller(&token), token),
            None => {
                waiting.references.add(reference, token);
                Begun::New(waiting.caller(token))
            }
        }
    }

    /// Returns the hearings of a record, and the caller to notify after the shards have received them.
    pub(crate) fn hearings(&self, record: &Record) -> (Decoded, Option<Caller>) {
        let mut waiting = self.lock();
        let token = record.delivery().and_then(|delivery| delivery.token.as_ref());
        if record.delivery().is_some() && token.and_then(|token| waiting.creates.until(token)).is_none() {
            drop(waiting);
            // Most deliveries are received after their call is known. A token is used for one create only, so such a
            // delivery can be read without the lock: the table cannot change its meaning.
            return (hearings(record, &mut Creates::default()), None);
        }
        let decoded = hearings(record, &mut waiting.creates);
        waiting.references.note(record, &decoded);
        let turned_up = token.filter(|token| waiting.creates.until(token).is_none());
        let sender = turned_up.and_then(|token| waiting.callers.remove(token));
        let ours = decoded.hearings.iter().find(|hearing| hearing.is_ours);
        let caller = sender.zip(ours).map(|(sender, hearing)| Caller { sender, call: hearing.call.clone() });
        (decoded, caller)
    }

    /// Removes a create: its call will not be adopted any more.
    pub(crate) fn give_up(&self, token: &Token) {
        let mut waiting = self.lock();
        waiting.creates.remove(token);
        waiting.references.remove(token);
        waiting.callers.remove(token);
    }

    /// Returns the creates in flight, each with the time until which its call is adopted.
    pub(crate) fn all(&self) -> Vec<(Token, Timestamp)> {
        self.lock().creates.iter().map(|(token, until)| (token.clone(), until)).collect()
    }

    /// Returns the time until which the call of a token is adopted; `None` if the create is not in flight.
    pub(crate) fn until(&self, token: &Token) -> Option<Timestamp> {
        self.lock().creates.until(token)
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().creates.len()
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // A poisoned lock is safe to use: no code panics while it changes a map.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Caller {
    /// Sends the id of the call to the caller.
    pub(crate) fn notify(self) {
        self.sender.send_replace(Some(self.call));
    }
}
