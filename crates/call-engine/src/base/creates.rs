use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use call_core::{CallId, Timestamp};
use call_msgraph::{Creates, Decoded, Record, Token, hearings};
use tokio::sync::watch;

/// Tells the caller that created a call its id, once the call has turned up.
pub(crate) type Bound = watch::Receiver<Option<CallId>>;

/// The creates in flight, and who waits for their calls.
#[derive(Debug)]
pub(crate) struct InFlight(Mutex<Waiting>);

/// A caller that created a call, which has turned up.
pub(crate) struct Caller {
    sender: watch::Sender<Option<CallId>>,
    call: CallId,
}

#[derive(Debug)]
struct Waiting {
    creates: Creates,
    callers: HashMap<Token, watch::Sender<Option<CallId>>>,
}

impl InFlight {
    pub(crate) fn new(creates: Creates) -> Self {
        Self(Mutex::new(Waiting { creates, callers: HashMap::new() }))
    }

    /// Waits for the call of a token.
    pub(crate) fn wait(&self, token: Token) -> Bound {
        let (sender, receiver) = watch::channel(None);
        self.lock().callers.insert(token, sender);
        receiver
    }

    /// Returns what a record says of each call, and the caller to tell once the shards have it.
    pub(crate) fn hearings(&self, record: &Record) -> (Decoded, Option<Caller>) {
        let mut waiting = self.lock();
        let token = record.delivery().and_then(|delivery| delivery.token.as_ref());
        if record.delivery().is_some() && token.and_then(|token| waiting.creates.until(token)).is_none() {
            drop(waiting);
            // Most deliveries come when their call has turned up. A token never comes into flight again, so such a delivery can
            // be read without the lock: the table could not change its meaning.
            return (hearings(record, &mut Creates::default()), None);
        }
        let decoded = hearings(record, &mut waiting.creates);
        let turned_up = token.filter(|token| waiting.creates.until(token).is_none());
        let sender = turned_up.and_then(|token| waiting.callers.remove(token));
        let ours = decoded.hearings.iter().find(|hearing| hearing.is_ours);
        let caller = sender.zip(ours).map(|(sender, hearing)| Caller { sender, call: hearing.call.clone() });
        (decoded, caller)
    }

    /// Stops waiting for the call of a token.
    pub(crate) fn give_up(&self, token: &Token) {
        let mut waiting = self.lock();
        waiting.creates.remove(token);
        waiting.callers.remove(token);
    }

    /// Returns the creates in flight, each with the time until which its call can turn up.
    pub(crate) fn all(&self) -> Vec<(Token, Timestamp)> {
        self.lock().creates.iter().map(|(token, until)| (token.clone(), until)).collect()
    }

    /// Returns by when the call of a token must turn up; `None` if it is not in flight.
    pub(crate) fn until(&self, token: &Token) -> Option<Timestamp> {
        self.lock().creates.until(token)
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().creates.len()
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // A poisoned lock is safe to use: nothing panics while it changes a map.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Caller {
    /// Tells the caller the id of the call.
    pub(crate) fn tell(self) {
        self.sender.send_replace(Some(self.call));
    }
}
