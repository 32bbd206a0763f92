use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use call_core::{CallId, Counts};
use call_msgraph::Hearing;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use crate::calls::followers::Subscription;
use crate::calls::guard::Tie;
use crate::calls::view::CallView;

/// Something for the shard of a call.
pub(crate) enum Letter {
    /// Something was received of a call. A delivery has a permit, so that the settings limit how many are on their way.
    Heard(Hearing, Option<Arc<OwnedSemaphorePermit>>),
    /// Follows a call.
    Follow(CallId, oneshot::Sender<Option<Subscription>>),
    /// Ties something to a call.
    Tie(CallId, Tie),
    /// Looks at one call.
    Look(CallId, oneshot::Sender<Option<CallView>>),
    /// Lists up to `limit` calls in order of id, starting after `after`.
    List { after: Option<CallId>, limit: usize, answer: oneshot::Sender<Vec<(CallId, CallView)>> },
    /// Counts the calls.
    Count(oneshot::Sender<Counts>),
}

/// Finds the shard of a call by the call's id.
///
/// No inbox is ever full: a delivery has a permit, and whoever asks waits for the answer.
pub(crate) struct Mail {
    shards: Vec<mpsc::UnboundedSender<Letter>>,
}

impl Mail {
    /// Makes the inboxes of so many shards.
    pub(crate) fn new(shards: usize) -> (Self, Vec<mpsc::UnboundedReceiver<Letter>>) {
        let (shards, inboxes) = (0..shards.max(1)).map(|_| mpsc::unbounded_channel()).unzip();
        (Self { shards }, inboxes)
    }

    /// Hands what was received of a call to its shard. After the engine has stopped, nobody receives it.
    pub(crate) fn hear(&self, hearing: Hearing, permit: Option<Arc<OwnedSemaphorePermit>>) {
        self.put(self.shard_of(&hearing.call), Letter::Heard(hearing, permit));
    }

    /// Sends a letter to the shard of a call. After the engine has stopped, nobody receives it.
    pub(crate) fn send(&self, call: &CallId, letter: Letter) {
        self.put(self.shard_of(call), letter);
    }

    /// Asks the shard of a call something; `None` after the engine has stopped.
    pub(crate) async fn ask<T>(&self, call: &CallId, letter: impl FnOnce(oneshot::Sender<T>) -> Letter) -> Option<T> {
        self.ask_shard(self.shard_of(call), letter).await
    }

    /// Asks one shard something; `None` after the engine has stopped.
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
            // Fails after the engine has stopped. An answer that is waited for does not come then, which says so.
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

/// Returns which of so many shards has a call.
pub(crate) fn shard_of(call: &CallId, shards: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    call.hash(&mut hasher);
    usize::try_from(hasher.finish() % shards.max(1) as u64).unwrap_or(0)
}
