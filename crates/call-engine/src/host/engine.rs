//! The engine itself: how it is started, what it does for its host, and how it stops.

use std::sync::{Arc, Mutex, PoisonError};

use call_core::{CallId, Counts, Event, Stamper, Timestamp};
use call_journal::{Journal, JournalError};
use call_msgraph::{CreateCall, Intent, Request, Token};
use call_transport::{Intake, SendError, Transport};
use tokio::sync::{broadcast, mpsc};
use tokio::task::{JoinHandle, JoinSet};

use crate::base::clock::Clock;
use crate::base::creates::InFlight;
use crate::base::ground::Ground;
use crate::base::mail::{Letter, Mail};
use crate::base::settings::EngineSettings;
use crate::calls::events::{EngineEvents, Events, channel};
use crate::calls::view::CallView;
use crate::flow::courier::Courier;
use crate::flow::inlet::{EngineIntake, Inlet};
use crate::flow::shard::{Outlets, Shard};
use crate::host::handle::CallHandle;
use crate::host::incoming::IncomingCalls;
use crate::host::listing::Listing;
use crate::host::pending::{CreateError, PendingCall};
use crate::past::restore::{Restored, Restoring};

/// Creates and answers calls, and knows what became of them.
///
/// It can be cloned. Dropping the last clone stops the engine, less gracefully than [`shutdown`](Self::shutdown): replies to
/// requests that are still in flight are not journalled.
#[derive(Clone)]
pub struct Engine(Arc<Running>);

struct Running {
    ground: Arc<Ground>,
    inlet: Arc<Inlet>,
    courier: Arc<Courier>,
    /// Weak, so that streams end when the last shard does.
    events: broadcast::WeakSender<(CallId, Arc<Event>)>,
    /// Waits for the shards.
    shards: Mutex<Option<JoinHandle<()>>>,
    restored: Restored,
}

/// What was left when an engine stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
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
        let (mail, inboxes) = Mail::new(settings.shards);
        let restoring = Restoring::read(&*journal, &settings, inboxes.len()).await?;
        let Restoring { mut restored, tables, creates, last_stamp, .. } = restoring;
        let (to_host, offered) = mpsc::channel(settings.incoming_queue.max(1));
        let outlets = Outlets { events: channel(settings.event_buffer), incoming: to_host };
        let events = outlets.events.downgrade();
        let clock = Clock::new(settings.epoch, last_stamp.map_or(Timestamp::MIN, |last| last.received_at));
        let node = settings.node;
        let stamper = last_stamp.map_or_else(|| Stamper::new(node), |last| Stamper::resume(node, last));
        let ground = Arc::new(Ground::new(settings, clock, mail, InFlight::new(creates)));
        let inlet = Arc::new(Inlet::new(Arc::clone(&ground), journal, stamper));
        let courier = Arc::new(Courier::new(Arc::clone(&ground), Arc::clone(&inlet), transport));
        for (token, until) in ground.creates.all() {
            if until > ground.clock.now() {
                give_up_at(&ground, token, until);
            } else {
                ground.creates.give_up(&token);
            }
        }
        restored.creations = ground.creates.len();
        let mut shards = JoinSet::new();
        for (inbox, calls) in inboxes.into_iter().zip(tables) {
            shards.spawn(Shard::new(Arc::clone(&courier), outlets.clone(), inbox, calls).run());
        }
        let watching = tokio::spawn(watch_over(shards, Arc::clone(&ground)));
        tracing::info!(
            records = restored.records,
            calls = restored.calls,
            creations = restored.creations,
            damaged = restored.damage.len(),
            "engine started"
        );
        let incoming = IncomingCalls::new(offered, Arc::clone(&courier));
        let running = Running { ground, inlet, courier, events, shards: Mutex::new(Some(watching)), restored };
        Ok((Self(Arc::new(running)), incoming))
    }

    /// Returns what was found in the journal when the engine was started.
    #[must_use]
    pub fn restored(&self) -> &Restored {
        &self.0.restored
    }

    /// Returns where webhook posts are to be delivered.
    #[must_use]
    pub fn intake(&self) -> Arc<dyn Intake> {
        Arc::new(EngineIntake(Arc::clone(&self.0.inlet)))
    }

    /// Creates a call. Whatever callback address the request has, it gets one of its own below that of the settings.
    ///
    /// Cancel safety: a call whose future is dropped may be created all the same, and is followed then.
    ///
    /// # Errors
    /// [`CreateError::Uncertain`] if nobody knows whether there is such a call; it is adopted should it turn up.
    pub async fn create_call(&self, create: CreateCall) -> Result<CallHandle, CreateError> {
        let Running { ground, inlet, courier, .. } = &*self.0;
        if ground.stopping.is_cancelled() {
            return Err(CreateError::Stopped);
        }
        let token = new_token().ok_or(CreateError::NoRandomness)?;
        let bound = ground.creates.wait(token.clone());
        let request = Request::Create(create.with_callback(&ground.settings.callback.with_token(&token)));
        let creating = create_in_the_background(Arc::clone(inlet), Arc::clone(courier), request, token);
        let created =
            ground.tasks.spawn(creating).await.unwrap_or_else(|error| Ok(Err(SendError::Uncertain(error.into()))));
        match created.map_err(CreateError::NotKept)? {
            Ok(call) => self.call(&call).await.ok_or(CreateError::Stopped),
            Err(error @ SendError::Uncertain(_)) => {
                let known = bound.borrow().clone();
                match known {
                    Some(call) => self.call(&call).await.ok_or(CreateError::Stopped),
                    None => Err(CreateError::Uncertain(PendingCall::new(Arc::clone(courier), bound), error)),
                }
            }
            Err(error) => Err(CreateError::Failed(error)),
        }
    }

    /// Returns a call that is followed; `None` if there is none of this id.
    ///
    /// Cancel safety: it can be dropped at any time.
    pub async fn call(&self, id: &CallId) -> Option<CallHandle> {
        CallHandle::follow(&self.0.courier, id).await
    }

    /// Returns what is known of a call; `None` if none of this id is followed.
    ///
    /// Cancel safety: it can be dropped at any time.
    pub async fn view(&self, id: &CallId) -> Option<CallView> {
        self.0.ground.mail.ask(id, |answer| Letter::Look(id.clone(), answer)).await?
    }

    /// Returns the calls that are followed, with what is known of each: so many at the most, in the order of their ids, after one
    /// of them.
    ///
    /// Cancel safety: it can be dropped at any time.
    pub async fn calls(&self, after: Option<&CallId>, limit: usize) -> Vec<(CallId, CallView)> {
        Listing::new(&self.0.ground.mail, after, limit).collect().await
    }

    /// Returns what becomes known of any call from here on.
    #[must_use]
    pub fn events(&self) -> EngineEvents {
        Events::subscribe(&self.0.events)
    }

    /// Returns how many calls are followed, and what the limits cost so far.
    ///
    /// Cancel safety: it can be dropped at any time.
    pub async fn counts(&self) -> Counts {
        let mail = &self.0.ground.mail;
        let mut counts = Counts::default();
        for shard in 0..mail.shards() {
            counts += mail.ask_shard(shard, Letter::Count).await.unwrap_or_default();
        }
        counts
    }

    /// Returns whether deliveries are taken: it does not stop, and what was to be kept last could be.
    #[must_use]
    pub fn can_keep(&self) -> bool {
        !self.0.ground.stopping.is_cancelled() && self.0.inlet.can_keep()
    }

    /// Stops: refuses what is new, lets what is under way come to its end, frees what is tied to calls, releases the journal, and
    /// says what is left.
    ///
    /// The journal is released even while an intake or a handle is still held. No call is hung up: another engine may follow it.
    ///
    /// Cancel safety: it goes on stopping, and nobody hears what is left.
    pub async fn shutdown(&self) -> Stopped {
        let Running { ground, inlet, .. } = &*self.0;
        ground.stopping.cancel();
        ground.tasks.close();
        let finished = tokio::time::timeout(ground.settings.shutdown_within, ground.tasks.wait()).await;
        let unfinished = if finished.is_ok() { 0 } else { ground.tasks.len() };
        let stopped = Stopped { unfinished, calls: self.counts().await, uncertain: ground.creates.len() };
        ground.halted.cancel();
        let shards = self.0.shards.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(shards) = shards {
            // A shard that panicked was reported when it did.
            drop(shards.await);
        }
        inlet.release_journal();
        tracing::info!(?stopped, "stopped");
        stopped
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.ground.stopping.cancel();
        self.ground.halted.cancel();
        self.inlet.release_journal();
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("node", &self.0.ground.settings.node).finish_non_exhaustive()
    }
}

/// Sees to it that no shard is missing without anybody knowing: an engine without one takes nothing more.
async fn watch_over(mut shards: JoinSet<()>, ground: Arc<Ground>) {
    while let Some(ended) = shards.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a part of the engine panicked: it takes nothing more, and is to be started again");
            ground.stopping.cancel();
        }
    }
}

/// Records the intent to create a call, sends the request, and waits for the call to turn up if the outcome is unknown.
async fn create_in_the_background(
    inlet: Arc<Inlet>,
    courier: Arc<Courier>,
    request: Request,
    token: Token,
) -> Result<Result<CallId, SendError>, JournalError> {
    let ground = &courier.ground;
    if let Err(error) = inlet.intend(Intent::Create(token.clone())).await {
        ground.creates.give_up(&token);
        return Err(error);
    }
    let outcome = courier.exchange(&request, Some(token.clone())).await;
    match &outcome {
        Ok(_) => {}
        Err(SendError::Uncertain(_)) => {
            if let Some(until) = ground.creates.until(&token) {
                give_up_at(ground, token, until);
            }
        }
        Err(_) => ground.creates.give_up(&token),
    }
    Ok(outcome.map(|reply| reply.call))
}

/// Stops waiting for the call of a token after a time.
fn give_up_at(ground: &Arc<Ground>, token: Token, at: Timestamp) {
    let waiting = Arc::clone(ground);
    ground.tasks.spawn(async move {
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
