//! The engine: start, requests of the host, shutdown.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use call_core::{CallId, CallState, CallTable, Counts, Event, Stamper, Stay, Timestamp};
use call_journal::{Journal, JournalError};
use call_msgraph::{CreateCall, DeviceQuality, Intent, KnownCall, OperationRequest, Record, Refused, Request, Token};
use call_transport::{Intake, Reply, SendError, Transport};
use tokio::sync::{broadcast, mpsc};
use tokio::task::{JoinHandle, JoinSet};

use crate::base::clock::Clock;
use crate::base::creates::{Begun, InFlight};
use crate::base::mail::{Letter, Mail};
use crate::base::random::random_hex;
use crate::base::settings::EngineSettings;
use crate::base::shared::Shared;
use crate::calls::events::{EngineEvents, Events, channel};
use crate::calls::view::CallView;
use crate::flow::courier::{Courier, Origin};
use crate::flow::inlet::{EngineIntake, Inlet};
use crate::flow::shard::{Outlets, Shard};
use crate::host::handle::CallHandle;
use crate::host::health::EngineHealth;
use crate::host::incoming::IncomingCalls;
use crate::host::listing::Listing;
use crate::host::pending::{CreateError, PendingCall};
use crate::host::policy;
use crate::past::archive::{Archive, view_of};
use crate::past::calendar::ClockState;
use crate::past::restore::{Restored, Restoring};
use crate::past::retention::{Retained, Retention, Run};

/// Creates and answers calls, and follows every call.
///
/// An engine can be cloned. Dropping the last clone stops it without a graceful [`shutdown`](Self::shutdown): responses to
/// requests in flight are not journalled.
#[derive(Clone)]
pub struct Engine(Arc<Running>);

struct Running {
    shared: Arc<Shared>,
    inlet: Arc<Inlet>,
    courier: Arc<Courier>,
    /// Weak, so that event streams end with the last shard.
    events: broadcast::WeakSender<(CallId, Arc<Event>)>,
    /// Ends when all shards have ended.
    shards: Mutex<Option<JoinHandle<()>>>,
    restored: Restored,
    archive: tokio::sync::Mutex<Archive>,
    run: Run,
}

/// Report of a shutdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stopped {
    /// Number of requests and deliveries that were still in flight when the time limit was reached. The journal has every
    /// acknowledged delivery.
    pub unfinished: usize,
    /// Numbers of the calls that the engine followed.
    pub calls: Counts,
    /// Number of creates whose outcome is unknown.
    pub uncertain: usize,
}

impl Engine {
    /// Starts an engine and restores its calls from the journal. Connect the webhook to [`intake`](Self::intake).
    ///
    /// Cancel safety: a start that is dropped has no effect.
    ///
    /// # Errors
    /// [`JournalError`] if the journal cannot be read. Damage in the journal is not an error: [`restored`](Self::restored) reports
    /// it.
    ///
    /// # Panics
    /// Panics outside of a tokio runtime with a timer.
    pub async fn start(
        settings: EngineSettings,
        transport: Arc<dyn Transport>,
        journal: Arc<dyn Journal>,
    ) -> Result<(Self, IncomingCalls), JournalError> {
        let (mail, inboxes) = Mail::new(settings.shards);
        let clock = Clock::new(settings.epoch);
        let restoring = Restoring::read(&*journal, &settings, inboxes.len(), clock.now()).await?;
        let Restoring { mut restored, tables, creates, references, calendar, last, .. } = restoring;
        let (to_host, offered) = mpsc::channel(settings.incoming_queue.max(1));
        let outlets = Outlets { events: channel(settings.event_buffer), incoming: to_host };
        let events = outlets.events.downgrade();
        let last_stamp = calendar.last();
        let clock = clock.not_before(last_stamp.map_or(Timestamp::MIN, |last| last.received_at));
        let archive = Archive::new(settings.node, clock.now());
        let run = Run { after: last, began_at: clock.now() };
        let node = settings.node;
        let stamper = last_stamp.map_or_else(|| Stamper::new(node), |last| Stamper::resume(node, last));
        let shared = Arc::new(Shared::new(settings, clock, mail, InFlight::new(creates, references)));
        let inlet = Arc::new(Inlet::new(Arc::clone(&shared), journal, stamper));
        let courier = Arc::new(Courier::new(Arc::clone(&shared), Arc::clone(&inlet), transport));
        for (token, until) in shared.creates.all() {
            if until > shared.clock.now() {
                give_up_at(&shared, token, until);
            } else {
                shared.creates.give_up(&token);
            }
        }
        restored.creations = shared.creates.len();
        warn_of_clock(restored.clock);
        if let ClockState::Behind(_) = restored.clock {
            // What has happened since is uncertain, and the timers of the calls were set by another clock.
            for call in tables.iter().flat_map(CallTable::iter).filter(|(_, call)| !call.has_ended()) {
                shared.mail.send(call.0, Letter::Suspect(call.0.clone()));
            }
        }
        let mut shards = JoinSet::new();
        for (inbox, calls) in inboxes.into_iter().zip(tables) {
            shards.spawn(Shard::new(Arc::clone(&courier), outlets.clone(), inbox, calls).run());
        }
        let watching = tokio::spawn(watch_over(shards, Arc::clone(&shared)));
        tracing::info!(
            records = restored.records,
            calls = restored.calls,
            creations = restored.creations,
            damaged = restored.damage.len(),
            "engine started"
        );
        let incoming = policy::applied(IncomingCalls::new(offered, Arc::clone(&courier)), &courier);
        let running = Running {
            shared,
            inlet,
            courier,
            events,
            shards: Mutex::new(Some(watching)),
            restored,
            archive: tokio::sync::Mutex::new(archive),
            run,
        };
        Ok((Self(Arc::new(running)), incoming))
    }

    /// Returns what the engine restored from the journal when it started.
    #[must_use]
    pub fn restored(&self) -> &Restored {
        &self.0.restored
    }

    /// Returns the time of the engine's clock: that of the machine when the engine started, and the time that has passed since. It does
    /// not follow changes of the machine's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.shared.clock.now()
    }

    /// Returns by how much the engine's clock is ahead of the machine's clock, and by how much it is behind. One of the two is zero. A
    /// large difference means that the machine's clock was set while the engine ran: restart the engine to follow it.
    #[must_use]
    pub fn clock_drift(&self) -> (Duration, Duration) {
        self.0.shared.clock.drift()
    }

    /// Returns the intake for webhook posts.
    #[must_use]
    pub fn intake(&self) -> Arc<dyn Intake> {
        Arc::new(EngineIntake(Arc::clone(&self.0.inlet)))
    }

    /// Creates a call. The engine replaces the callback address of the request by one with a token, below the address in the
    /// settings.
    ///
    /// Cancel safety: the engine creates and follows the call even if the future is dropped.
    ///
    /// # Errors
    /// [`CreateError`]. After [`CreateError::Uncertain`] the call may exist.
    pub async fn create_call(&self, create: CreateCall) -> Result<CallHandle, CreateError> {
        self.create(create, None).await
    }

    /// Creates a call with a reference: the host's own name of the call. If the reference was used before, returns the call that has
    /// it, and creates nothing. So a create can be repeated, also after a restart.
    ///
    /// The reference is free again if the service refused the create, or if its outcome is unknown and no notification was received
    /// within [`EngineSettings::adopt_within`]. The engine remembers the last 100,000 references, as long as the journal has them.
    ///
    /// Cancel safety: the engine creates and follows the call even if the future is dropped.
    ///
    /// # Errors
    /// [`CreateError`]. After [`CreateError::Uncertain`] the call may exist: repeat the create with the same reference.
    pub async fn create_call_as(&self, reference: &str, create: CreateCall) -> Result<CallHandle, CreateError> {
        self.create(create, Some(reference)).await
    }

    async fn create(&self, create: CreateCall, reference: Option<&str>) -> Result<CallHandle, CreateError> {
        let Running { shared, inlet, courier, .. } = &*self.0;
        if shared.stopping.is_cancelled() {
            return Err(CreateError::Stopped);
        }
        let token = random_hex().and_then(|hex| Token::new(&hex).ok()).ok_or(CreateError::NoRandomness)?;
        let bound = match shared.creates.begin(&token, reference) {
            Begun::New(bound) => bound,
            Begun::Created(call) => return self.call(&call).await.ok_or(CreateError::Used(call)),
            Begun::InFlight(bound, token) => {
                let cause = SendError::Uncertain("a create with the same reference is in flight".into());
                return Err(CreateError::Uncertain(PendingCall::new(Arc::clone(courier), token, bound), cause));
            }
        };
        let request = Request::Create(create.with_callback(&shared.settings.callback.with_token(&token)));
        let creating = create_in_the_background(
            Arc::clone(inlet),
            Arc::clone(courier),
            request,
            token.clone(),
            reference.map(Box::from),
        );
        let created =
            shared.tasks.spawn(creating).await.unwrap_or_else(|error| Ok(Err(SendError::Uncertain(error.into()))));
        match created.map_err(CreateError::NotKept)? {
            Ok(call) => self.call(&call).await.ok_or(CreateError::Stopped),
            Err(error @ SendError::Uncertain(_)) => {
                let known = bound.borrow().clone();
                match known {
                    Some(call) => self.call(&call).await.ok_or(CreateError::Stopped),
                    None => Err(CreateError::Uncertain(PendingCall::new(Arc::clone(courier), token, bound), error)),
                }
            }
            Err(error) => Err(CreateError::Failed(error)),
        }
    }

    /// Logs the quality of a teleconference device. The request is checked before it is sent.
    ///
    /// Cancel safety: the engine sends the request even if the future is dropped.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn log_teleconference_device_quality(&self, quality: DeviceQuality) -> Result<(), SendError> {
        self.operate(quality.request()).await.map(drop)
    }

    /// Carries out a request that is not about a call, for hosts that choose the operation at run time. The request is checked before
    /// it is sent. Requests about a call are carried out by its handle.
    ///
    /// Cancel safety: the engine sends the request even if the future is dropped.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn operate(&self, request: OperationRequest) -> Result<Reply, SendError> {
        self.0.courier.operate(request, None, &KnownCall::default()).await
    }

    /// Returns the handle of a call; `None` if the engine does not follow a call with this id.
    ///
    /// Cancel safety: it can be dropped at any time.
    pub async fn call(&self, id: &CallId) -> Option<CallHandle> {
        CallHandle::follow(&self.0.courier, id).await
    }

    /// Returns the view of a call; `None` if the engine does not follow a call with this id.
    ///
    /// Cancel safety: it can be dropped at any time.
    pub async fn view(&self, id: &CallId) -> Option<CallView> {
        self.0.shared.mail.ask(id, |answer| Letter::Look(id.clone(), answer)).await?
    }

    /// Returns who was in a call, and from which report to which, as far as the reports are remembered: see [`Call::stays`]. Empty if the
    /// engine does not follow the call.
    ///
    /// They are worked out for each question, so that a view need not contain them.
    ///
    /// Cancel safety: it can be dropped at any time.
    ///
    /// [`Call::stays`]: call_core::Call::stays
    pub async fn stays(&self, id: &CallId) -> Vec<Stay> {
        self.0.shared.mail.ask(id, |answer| Letter::Stays(id.clone(), answer)).await.unwrap_or_default()
    }

    /// Returns everything that was received of a call and sent about it, in order, as far as the journal has it. Empty if the journal
    /// has nothing of the call.
    ///
    /// The first call of this function reads the whole journal, about a million records in ten seconds. Later ones read what was added
    /// since, and use an index of about 10 bytes for each record.
    ///
    /// Cancel safety: it can be dropped at any time.
    ///
    /// # Errors
    /// [`JournalError`] if the journal cannot be read, or the engine has stopped.
    pub async fn records(&self, id: &CallId) -> Result<Vec<Record>, JournalError> {
        let journal = self.0.inlet.journal().ok_or(JournalError::Closed)?;
        self.0.archive.lock().await.records(&*journal, id, self.now()).await
    }

    /// Discards the records of the journal whose time is over, as [`Retention::apply`] does. The engine knows which times are those of this
    /// run, so a long pause within it counts.
    ///
    /// Cancel safety: a later call discards the rest.
    ///
    /// # Errors
    /// [`JournalError`]. Some records may have been discarded.
    pub async fn retain(&self, retention: &Retention) -> Result<Retained, JournalError> {
        let journal = self.0.inlet.journal().ok_or(JournalError::Closed)?;
        retention.apply_in(&*journal, self.now(), Some(self.0.run)).await
    }

    /// Returns the view of a call: that of a followed call, or what the journal says about a call that the engine has forgotten.
    /// `None` if the journal has nothing of the call.
    ///
    /// Cancel safety: it can be dropped at any time.
    ///
    /// # Errors
    /// As for [`records`](Self::records).
    pub async fn past_view(&self, id: &CallId) -> Result<Option<CallView>, JournalError> {
        if let Some(view) = self.view(id).await {
            return Ok(Some(view));
        }
        let journal = self.0.inlet.journal().ok_or(JournalError::Closed)?;
        let records = self.0.archive.lock().await.plausible_records(&*journal, id, self.now()).await?;
        let settings = &self.0.shared.settings;
        Ok(view_of(&records, id, &settings.calls, settings.adopt_within, self.0.shared.clock.now()))
    }

    /// Lists up to `limit` calls in order of id, starting after `after`.
    ///
    /// Cancel safety: it can be dropped at any time.
    pub async fn calls(&self, after: Option<&CallId>, limit: usize) -> Vec<(CallId, CallView)> {
        Listing::new(&self.0.shared.mail, after, limit).collect().await
    }

    /// Subscribes to the events of all calls from here on.
    #[must_use]
    pub fn events(&self) -> EngineEvents {
        Events::subscribe(&self.0.events)
    }

    /// Returns the numbers of followed, foreign, ended and evicted calls.
    ///
    /// Cancel safety: it can be dropped at any time.
    pub async fn counts(&self) -> Counts {
        let mail = &self.0.shared.mail;
        let mut counts = Counts::default();
        for shard in 0..mail.shards() {
            counts += mail.ask_shard(shard, Letter::Count).await.unwrap_or_default();
        }
        counts
    }

    /// Returns the numbers of followed calls by their present state. Calls without a known state are not counted.
    ///
    /// Cancel safety: it can be dropped at any time.
    pub async fn calls_by_state(&self) -> BTreeMap<CallState, usize> {
        let mail = &self.0.shared.mail;
        let mut counts = BTreeMap::new();
        for shard in 0..mail.shards() {
            for (state, calls) in mail.ask_shard(shard, Letter::CountStates).await.unwrap_or_default() {
                *counts.entry(state).or_default() += calls;
            }
        }
        counts
    }

    /// Returns whether the parts of the engine work.
    #[must_use]
    pub fn health(&self) -> EngineHealth {
        let Running { shared, inlet, .. } = &*self.0;
        EngineHealth {
            is_stopping: shared.stopping.is_cancelled(),
            shards_are_alive: !shared.is_broken.load(Ordering::Relaxed),
            journal_is_alive: inlet.journal().is_none_or(|journal| journal.is_alive()),
            journal_error: inlet.journal_error(),
        }
    }

    /// Stops the engine: refuses new work, waits for requests and deliveries in flight, releases all guards, and closes the journal.
    ///
    /// The journal is closed even while the host still holds an intake or a handle. The engine hangs up no call, because another
    /// engine may follow it.
    ///
    /// Cancel safety: the engine stops even if the future is dropped.
    pub async fn shutdown(&self) -> Stopped {
        let Running { shared, inlet, .. } = &*self.0;
        shared.stopping.cancel();
        shared.tasks.close();
        let finished = tokio::time::timeout(shared.settings.shutdown_within, shared.tasks.wait()).await;
        let unfinished = if finished.is_ok() { 0 } else { shared.tasks.len() };
        let stopped = Stopped { unfinished, calls: self.counts().await, uncertain: shared.creates.len() };
        shared.halted.cancel();
        let shards = self.0.shards.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(shards) = shards {
            // `watch_over` has logged a shard that panicked.
            drop(shards.await);
        }
        inlet.release_journal();
        tracing::info!(
            unfinished = stopped.unfinished,
            uncertain = stopped.uncertain,
            calls = stopped.calls.calls,
            "engine stopped"
        );
        stopped
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shared.stopping.cancel();
        self.shared.halted.cancel();
        self.inlet.release_journal();
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("node", &self.0.shared.settings.node).finish_non_exhaustive()
    }
}

/// Logs a clock that is not plausible.
fn warn_of_clock(state: ClockState) {
    match state {
        ClockState::Plausible => {}
        ClockState::Behind(by) => tracing::warn!(
            behind_seconds = by.as_secs(),
            "the clock of this machine is behind the newest record of the journal, so this run or an earlier one has a wrong clock; \
             new records get the time of this clock, and every call is probed"
        ),
        ClockState::Ahead(by) => tracing::warn!(
            ahead_seconds = by.as_secs(),
            "the clock of this machine is far ahead of the newest record of the journal: a long pause, or a wrong clock; \
             the pause does not count for the age of records"
        ),
    }
}

/// Stops the engine if a shard panics: an engine without one of its shards must not acknowledge deliveries.
async fn watch_over(mut shards: JoinSet<()>, shared: Arc<Shared>) {
    while let Some(ended) = shards.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a shard panicked, so the engine accepts no more deliveries; restart it");
            shared.is_broken.store(true, Ordering::Relaxed);
            shared.stopping.cancel();
        }
    }
}

/// Journals the intent to create a call and sends the request. If the outcome is unknown, the create stays in flight.
async fn create_in_the_background(
    inlet: Arc<Inlet>,
    courier: Arc<Courier>,
    request: Request,
    token: Token,
    reference: Option<Box<str>>,
) -> Result<Result<CallId, SendError>, JournalError> {
    let shared = &courier.shared;
    if let Err(error) = inlet.intend(Intent::Create { token: token.clone(), reference }).await {
        shared.creates.give_up(&token);
        return Err(error);
    }
    let outcome = courier.exchange(&request, Origin { token: Some(token.clone()), ..Origin::default() }).await;
    match &outcome {
        Ok(_) => {}
        Err(SendError::Uncertain(_)) => {
            if let Some(until) = shared.creates.until(&token) {
                give_up_at(shared, token, until);
            }
        }
        Err(_) => {
            inlet.refuse(Refused::Create(token.clone())).await;
            shared.creates.give_up(&token);
        }
    }
    // The transport reads no create response without the call.
    let no_call = || SendError::Uncertain("the response contains no call id".into());
    Ok(outcome.and_then(|reply| reply.call.ok_or_else(no_call)))
}

/// Removes a create at an instant, if its call is not known by then.
fn give_up_at(shared: &Arc<Shared>, token: Token, at: Timestamp) {
    let waiting = Arc::clone(shared);
    shared.tasks.spawn(async move {
        tokio::select! {
            () = waiting.stopping.cancelled() => {}
            () = waiting.clock.sleep_until(Some(at)) => waiting.creates.give_up(&token),
        }
    });
}
