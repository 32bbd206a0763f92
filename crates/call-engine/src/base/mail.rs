//! Letters to the shards, and the way to the right one.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use call_core::{CallId, CallState, Counts, Stay};
use call_msgraph::Hearing;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use crate::calls::followers::Subscription;
use crate::calls::guard::AttachedGuard;
use crate::calls::view::CallView;

/// A message to a shard.
pub(crate) enum Letter {
    /// A hearing of a call. A hearing from a delivery has a permit, so that the number of deliveries in flight is limited.
    Heard(Hearing, Option<Arc<OwnedSemaphorePermit>>),
    /// A response hints that a call has ended.
    Suspect(CallId),
    /// Subscribes to a call.
    Follow(CallId, oneshot::Sender<Option<Subscription>>),
    /// Attaches a guard to a call.
    Attach(CallId, AttachedGuard),
    /// Asks for the view of a call.
    Look(CallId, oneshot::Sender<Option<CallView>>),
    /// Asks who was in a call.
    Stays(CallId, oneshot::Sender<Vec<Stay>>),
    /// Lists up to `limit` calls in order of id, starting after `after`.
    List { after: Option<CallId>, limit: usize, answer: oneshot::Sender<Vec<(CallId, CallView)>> },
    /// Asks for an answer after all letters before this one.
    Settle(oneshot::Sender<()>),
    /// Asks for the numbers of calls by their present state.
    CountStates(oneshot::Sender<BTreeMap<CallState, usize>>),
    /// Asks for the counts of the shard.
    Count(oneshot::Sender<Counts>),
}

/// Finds the shard of a call by the call's id.
///
/// The inboxes are unbounded. The permits limit the number of hearings in them, and a caller waits for the answer.
pub(crate) struct Mail {
    shards: Vec<mpsc::UnboundedSender<Letter>>,
}

impl Mail {
    /// Returns the mail and the inboxes of a number of shards.
    pub(crate) fn new(shards: usize) -> (Self, Vec<mpsc::UnboundedReceiver<Letter>>) {
        let (shards, inboxes) = (0..shards.max(1)).map(|_| mpsc::unbounded_channel()).unzip();
        (Self { shards }, inboxes)
    }

    /// Sends a hearing to the shard of its call. After the engine has stopped, the hearing is dropped.
    pub(crate) fn hear(&self, hearing: Hearing, permit: Option<Arc<OwnedSemaphorePermit>>) {
        self.put(self.shard_of(&hearing.call), Letter::Heard(hearing, permit));
    }

    /// Sends a letter to the shard of a call. After the engine has stopped, the letter is dropped.
    pub(crate) fn send(&self, call: &CallId, letter: Letter) {
        self.put(self.shard_of(call), letter);
    }

    /// Sends a letter to the shard of a call and waits for the answer; `None` after the engine has stopped.
    pub(crate) async fn ask<T>(&self, call: &CallId, letter: impl FnOnce(oneshot::Sender<T>) -> Letter) -> Option<T> {
        self.ask_shard(self.shard_of(call), letter).await
    }

    /// Sends a letter to a shard and waits for the answer; `None` after the engine has stopped.
    pub(crate) async fn ask_shard<T>(
        &self,
        shard: usize,
        letter: impl FnOnce(oneshot::Sender<T>) -> Letter,
    ) -> Option<T> {
        let (answer, asked) = oneshot::channel();
        self.put(shard, letter(answer));
        asked.await.ok()
    }

    fn put(&self, shard: usize, letter: Letter) {
        if let Some(inbox) = self.shards.get(shard) {
            // Fails after the engine has stopped. The letter is dropped, and with it the sender of an answer.
            drop(inbox.send(letter));
        }
    }

    fn shard_of(&self, call: &CallId) -> usize {
        shard_of(call, self.shards.len())
    }

    /// Returns the number of shards.
    pub(crate) fn shards(&self) -> usize {
        self.shards.len()
    }
}

/// Returns the index of the shard that owns a call.
pub(crate) fn shard_of(call: &CallId, shards: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    call.hash(&mut hasher);
    usize::try_from(hasher.finish() % shards.max(1) as u64).unwrap_or(0)
}
