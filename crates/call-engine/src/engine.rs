//! The engine itself: how it is started, what it does for its host, and how it stops.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use call_core::{CallId, Counts, Timestamp};
use call_journal::{Journal, JournalError};
use call_msgraph::{CreateCall, Request, Token};
use call_transport::{Intake, SendError, Transport};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};

use crate::events::EngineEvents;
use crate::handle::CallHandle;
use crate::incoming::IncomingCalls;
use crate::intake::EngineIntake;
use crate::known::Known;
use crate::listing::Listing;
use crate::pending::{CreateError, PendingCall};
use crate::restore::{Restored, Restoring};
use crate::settings::EngineSettings;
use crate::shard::{Outlets, Shard, ToShard, channel};
use crate::shared::Shared;

/// Creates and answers calls, and knows what became of them.
///
/// It can be cloned; the last clone that is dropped stops it, less gracefully than [`shutdown`](Self::shutdown).
#[derive(Clone)]
pub struct Engine(Arc<Running>);

struct Running {
    shared: Arc<Shared>,
    /// Waits for the shards.
    shards: Mutex<Option<JoinHandle<()>>>,
    restored: Restored,
}

/// What was left when an engine stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stopped {
    /// How many requests and deliveries were still under way when its time was over. What was acknowledged is kept.
    pub unfinished: usize,
    /// How many calls it still followed.
    pub calls: Counts,
    /// How many creations nobody knows the outcome of.
    pub uncertain: usize,
}

impl Engine {
    /// Starts an engine with what its journal kept: it knows what the one before it knew, and goes on from there. Its transport
    /// is to deliver into [`intake`](Self::intake).
    ///
    /// Cancel safety: nothing was begun yet.
    ///
    /// # Errors
    /// [`JournalError`] if the journal cannot be read. What is damaged in it is no error, but told by [`restored`](Self::restored).
    ///
    /// # Panics
    /// Outside of a tokio runtime with a timer.
    pub async fn start(
        settings: EngineSettings,
        transport: Arc<dyn Transport>,
        journal: Arc<dyn Journal>,
    ) -> Result<(Self, IncomingCalls), JournalError> {
        let (senders, inboxes): (Vec<_>, Vec<_>) =
            (0..settings.shards.max(1)).map(|_| mpsc::unbounded_channel()).unzip();
        let config = Arc::new(settings.calls.clone());
        let restoring = Restoring::read(&*journal, &config, settings.node, senders.len()).await?;
        let (to_host, incoming) = mpsc::channel(settings.incoming.max(1));
        let outlets = Outlets { events: channel(settings.events), incoming: to_host };
        let shared =
            Arc::new(Shared::new(settings, transport, journal, senders, outlets.events.downgrade(), &restoring));
        wait_again(&shared, restoring.creations);
        let mut shards = JoinSet::new();
        for (inbox, calls) in inboxes.into_iter().zip(restoring.tables) {
            shards.spawn(Shard::new(Arc::clone(&shared), outlets.clone(), inbox, calls).run());
        }
        let watching = tokio::spawn(watch_over(shards, Arc::clone(&shared)));
        let running = Running { shared, shards: Mutex::new(Some(watching)), restored: restoring.restored };
        tracing::info!(restored = ?running.restored, "started");
        Ok((Self(Arc::new(running)), IncomingCalls(incoming)))
    }

    /// Returns what was found in the journal when the engine was started.
    #[must_use]
    pub fn restored(&self) -> &Restored {
        &self.0.restored
    }

    /// Returns where webhook posts are to be delivered.
    #[must_use]
    pub fn intake(&self) -> Arc<dyn Intake> {
        Arc::new(EngineIntake(Arc::clone(&self.0.shared)))
    }

    /// Creates a call. Whatever callback address the request has, it gets one of its own below that of the settings.
    ///
    /// Cancel safety: a call whose future is dropped may be created all the same, and is followed then.
    ///
    /// # Errors
    /// [`CreateError::Uncertain`] if nobody knows whether there is such a call; it is adopted should it turn up.
    pub async fn create_call(&self, create: CreateCall) -> Result<CallHandle, CreateError> {
        let shared = &self.0.shared;
        if shared.stopping.is_cancelled() {
            return Err(CreateError::Stopped);
        }
        let token = new_token().ok_or(CreateError::NoRandomness)?;
        shared.keep_creation(&token).await.map_err(CreateError::NotKept)?;
        let bound = shared.creates.wait(token.clone());
        let request = Request::Create(create.with_callback(&shared.settings.callback.with_token(&token)));
        let creating = shared.tasks.spawn(create_in_the_background(Arc::clone(shared), request, token));
        match creating.await.unwrap_or_else(|error| Err(SendError::Uncertain(error.into()))) {
            Ok(call) => self.call(&call).await.ok_or(CreateError::Stopped),
            Err(error @ SendError::Uncertain(_)) => {
                let known = bound.borrow().clone();
                match known {
                    Some(call) => self.call(&call).await.ok_or(CreateError::Stopped),
                    None => Err(CreateError::Uncertain(PendingCall::new(self.clone(), bound), error)),
                }
            }
            Err(error) => Err(CreateError::Failed(error)),
        }
    }

    /// Returns a call that is followed; `None` if there is none of this id.
    ///
    /// Cancel safety: it can be dropped at any time.
    pub async fn call(&self, id: &CallId) -> Option<CallHandle> {
        let (answer, asked) = oneshot::channel();
        self.0.shared.send(id, ToShard::Watch(id.clone(), answer));
        let subscription = asked.await.ok().flatten()?;
        Some(CallHandle::new(Arc::clone(&self.0.shared), id.clone(), subscription))
    }

    /// Returns what is known of a call; `None` if none of this id is followed.
    ///
    /// Cancel safety: it can be dropped at any time.
    pub async fn known(&self, id: &CallId) -> Option<Known> {
        let (answer, asked) = oneshot::channel();
        self.0.shared.send(id, ToShard::Look(id.clone(), answer));
        asked.await.ok().flatten()
    }

    /// Returns the calls that are followed, with what is known of each: so many at the most, in the order of their ids, after one
    /// of them.
    ///
    /// Cancel safety: it can be dropped at any time.
    pub async fn calls(&self, after: Option<&CallId>, most: usize) -> Vec<(CallId, Known)> {
        Listing::new(self.0.shared.shards(), after, most).collect().await
    }

    /// Returns what becomes known of any call from here on.
    #[must_use]
    pub fn events(&self) -> EngineEvents {
        EngineEvents::new(self.0.shared.events.upgrade().map(|events| events.subscribe()))
    }

    /// Returns how many calls are followed, and what the limits cost so far.
    ///
    /// Cancel safety: it can be dropped at any time.
    pub async fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for shard in self.0.shared.shards() {
            let (answer, asked) = oneshot::channel();
            drop(shard.send(ToShard::Count(answer)));
            let Ok(of_shard) = asked.await else { continue };
            counts.calls += of_shard.calls;
            counts.unknown += of_shard.unknown;
            counts.ended += of_shard.ended;
            counts.forgotten += of_shard.forgotten;
            counts.dropped_unknown += of_shard.dropped_unknown;
            counts.dropped_ended += of_shard.dropped_ended;
            counts.too_late += of_shard.too_late;
            counts.let_go += of_shard.let_go;
        }
        counts
    }

    /// Returns whether deliveries are taken: it does not stop, and what was to be kept last could be.
    #[must_use]
    pub fn can_keep(&self) -> bool {
        !self.0.shared.stopping.is_cancelled() && self.0.shared.can_keep.load(Ordering::Relaxed)
    }

    /// Stops: refuses what is new, lets what is under way come to its end, frees what is tied to calls, releases the journal, and
    /// says what is left.
    ///
    /// The journal is released even while an intake or a handle is still held. No call is hung up: another engine may follow it.
    ///
    /// Cancel safety: it goes on stopping, and nobody hears what is left.
    pub async fn shutdown(&self) -> Stopped {
        let shared = &self.0.shared;
        shared.stopping.cancel();
        shared.tasks.close();
        let finished = tokio::time::timeout(shared.settings.shutdown_within, shared.tasks.wait()).await;
        let unfinished = if finished.is_ok() { 0 } else { shared.tasks.len() };
        let stopped = Stopped { unfinished, calls: self.counts().await, uncertain: shared.creates.len() };
        shared.halted.cancel();
        let shards = self.0.shards.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(shards) = shards {
            // A shard that panicked was reported when it did.
            drop(shards.await);
        }
        shared.release_journal();
        tracing::info!(?stopped, "stopped");
        stopped
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shared.stopping.cancel();
        self.shared.halted.cancel();
        self.shared.release_journal();
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("node", &self.0.shared.settings.node).finish_non_exhaustive()
    }
}

/// Sees to it that no shard is missing without anybody knowing: an engine without one takes nothing more.
async fn watch_over(mut shards: JoinSet<()>, shared: Arc<Shared>) {
    while let Some(ended) = shards.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a part of the engine panicked: it takes nothing more, and is to be started again");
            shared.stopping.cancel();
        }
    }
}

/// Sends a creation, and waits for a call to turn up if its fate is unknown.
async fn create_in_the_background(shared: Arc<Shared>, request: Request, token: Token) -> Result<CallId, SendError> {
    let outcome = shared.exchange(&request, Some(token.clone())).await;
    match outcome {
        Ok(reply) => Ok(reply.call),
        Err(error @ SendError::Uncertain(_)) => {
            give_up_at(&shared, token, shared.clock.now().saturating_add(shared.settings.adopt_within));
            Err(error)
        }
        Err(error) => {
            shared.creates.give_up(&token);
            Err(error)
        }
    }
}

/// Waits for the calls that were asked for before the engine was started again, for as long as it would have.
fn wait_again(shared: &Arc<Shared>, creations: HashMap<Token, Timestamp>) {
    for (token, asked_at) in creations {
        let until = asked_at.saturating_add(shared.settings.adopt_within);
        if until > shared.clock.now() {
            shared.creates.wait_again(token.clone());
            give_up_at(shared, token, until);
        }
    }
}

/// Stops waiting for the call of a token at some time.
fn give_up_at(shared: &Arc<Shared>, token: Token, at: Timestamp) {
    let waiting = Arc::clone(shared);
    shared.tasks.spawn(async move {
        tokio::select! {
            () = waiting.stopping.cancelled() => {}
            () = waiting.clock.sleep_until(Some(at)) => waiting.creates.give_up(&token),
        }
    });
}

/// Draws a token that nobody can guess; `None` if the system has no randomness.
fn new_token() -> Option<Token> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Token::new(&digits).ok()
}

pub(crate) type Bound = watch::Receiver<Option<CallId>>;
