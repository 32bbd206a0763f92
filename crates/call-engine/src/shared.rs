//! What all parts of an engine share, and the one door that everything received comes in by.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use call_core::{Action, CallId, Command, Observation, Timestamp};
use call_journal::{Journal, JournalError};
use call_msgraph::{DeliveryKind, Record, Request, Token};
use call_transport::{Post, Reply, SendError, Transport};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::clock::{Clock, Stamps};
use crate::creates::Creates;
use crate::evidence::read;
use crate::pace::Pace;
use crate::restore::Restoring;
use crate::settings::EngineSettings;
use crate::shard::ToShard;

pub(crate) struct Shared {
    pub(crate) settings: EngineSettings,
    pub(crate) clock: Clock,
    pub(crate) creates: Creates,
    /// Room for deliveries that are under way.
    pub(crate) room: Arc<Semaphore>,
    /// Everything that is under way and that nobody waits for.
    pub(crate) tasks: TaskTracker,
    /// Nothing new is taken.
    pub(crate) stopping: CancellationToken,
    /// Shards take what they have, and end.
    pub(crate) halted: CancellationToken,
    pub(crate) events: broadcast::WeakSender<(CallId, Arc<call_core::Event>)>,
    /// Whether what was to be kept last could be.
    pub(crate) can_keep: AtomicBool,
    transport: Arc<dyn Transport>,
    /// `None` once the engine has stopped, so that the journal can be opened again whoever still holds an intake or a handle.
    journal: Mutex<Option<Arc<dyn Journal>>>,
    stamps: Stamps,
    /// The requests that the engine makes of its own accord: how many at once, and how often.
    requests: Arc<Semaphore>,
    pace: Pace,
    /// None of them is full: what is received has a permit of `room`, and who asks waits for the answer.
    shards: Vec<mpsc::UnboundedSender<ToShard>>,
}

/// What was made of something that was received.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// It was read, or something of it.
    Read,
    /// It was read, and a participant who asks to join waits for an answer.
    WantsJoinResponse,
    /// It says nothing that can be read.
    Unreadable,
}

impl Shared {
    pub(crate) fn new(
        settings: EngineSettings,
        transport: Arc<dyn Transport>,
        journal: Arc<dyn Journal>,
        shards: Vec<mpsc::UnboundedSender<ToShard>>,
        events: broadcast::WeakSender<(CallId, Arc<call_core::Event>)>,
        restored: &Restoring,
    ) -> Self {
        Self {
            clock: Clock::new(settings.epoch, restored.received_at),
            creates: Creates::default(),
            room: Arc::new(Semaphore::new(settings.deliveries.max(1))),
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
            halted: CancellationToken::new(),
            events,
            can_keep: AtomicBool::new(true),
            transport,
            journal: Mutex::new(Some(journal)),
            stamps: Stamps::new(settings.node, restored.next_sequence),
            requests: Arc::new(Semaphore::new(settings.requests.max(1))),
            pace: Pace::new(settings.requests_per_second),
            shards,
            settings,
        }
    }

    /// Sends something to the shard of a call; nobody hears it after the engine has stopped.
    pub(crate) fn send(&self, call: &CallId, message: ToShard) {
        drop(self.shards[shard_of(call, self.shards.len())].send(message));
    }

    /// Returns every shard.
    pub(crate) fn shards(&self) -> &[mpsc::UnboundedSender<ToShard>] {
        &self.shards
    }

    /// Takes a webhook post: keeps it, reads it, and hands what it says to the calls that it is about.
    pub(crate) async fn take_post(&self, post: Post, permit: OwnedSemaphorePermit) -> Result<Reading, JournalError> {
        let Post { token, message_id, body } = post;
        let stamp = self.stamps.stamp(&self.clock);
        let record = Record { message_id, token, body, ..Record::new(stamp, DeliveryKind::Notification) };
        self.keep(&record).await?;
        Ok(self.apply(&record, Some(permit)))
    }

    /// Hands what a delivery says to the calls that it is about.
    fn apply(&self, record: &Record, permit: Option<OwnedSemaphorePermit>) -> Reading {
        let span = tracing::debug_span!("delivery", kind = ?record.kind, sequence = record.stamp.sequence).entered();
        let decoded = read(record);
        metrics::counter!("call_engine_deliveries_total").increment(1);
        for rejected in &decoded.rejected {
            metrics::counter!("call_engine_rejected_total").increment(1);
            tracing::warn!(line = rejected.line, column = rejected.column, path = rejected.path, "cannot be read");
        }
        let reading = if decoded.observations.is_empty() && !decoded.rejected.is_empty() {
            Reading::Unreadable
        } else if decoded.wants_join_response {
            Reading::WantsJoinResponse
        } else {
            Reading::Read
        };
        let permit = permit.map(Arc::new);
        for (call, observations) in by_call(decoded.observations) {
            let permit = permit.clone();
            self.hear(call, observations, record.token.as_ref(), permit);
        }
        drop(span);
        reading
    }

    async fn keep(&self, record: &Record) -> Result<(), JournalError> {
        let began = self.clock.now();
        let journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let kept = match journal {
            Some(journal) => journal.append(std::slice::from_ref(record)).await,
            None => Err(JournalError::Closed),
        };
        metrics::histogram!("call_engine_journal_seconds")
            .record(self.clock.now().saturating_since(began).as_secs_f64());
        self.can_keep.store(kept.is_ok(), Ordering::Relaxed);
        kept
    }

    /// Releases the journal: nothing is kept from here on.
    pub(crate) fn release_journal(&self) {
        let journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner).take();
        // The last owner closes it, which may take a moment: not under the lock.
        drop(journal);
    }

    /// Keeps that a call is about to be created, so that it is found again though the engine end before it hears of it.
    pub(crate) async fn keep_creation(&self, token: &Token) -> Result<(), JournalError> {
        let stamp = self.stamps.stamp(&self.clock);
        let record = Record { token: Some(token.clone()), ..Record::new(stamp, DeliveryKind::CreateRequest) };
        self.keep(&record).await
    }

    /// Sends a request, and takes in what the reply says.
    pub(crate) async fn exchange(&self, request: &Request, token: Option<Token>) -> Result<Reply, SendError> {
        let name = request.spec().name;
        let sent_at = self.clock.now();
        let span = tracing::debug_span!("request", name, call = request.spec().call.map(tracing::field::display));
        let outcome = self.transport.send(request).instrument(span).await;
        let word = outcome.as_ref().err().map_or("done", SendError::name);
        metrics::counter!("call_engine_requests_total", "request" => name, "outcome" => word).increment(1);
        metrics::histogram!("call_engine_request_seconds", "request" => name)
            .record(self.clock.now().saturating_since(sent_at).as_secs_f64());
        match &outcome {
            Ok(reply) => {
                self.take_reply(
                    request.spec().reply,
                    Some(reply.call.clone()),
                    Arc::clone(&reply.body),
                    sent_at,
                    token,
                )
                .await;
            }
            Err(SendError::Gone(_)) => {
                self.take_reply(DeliveryKind::Gone, request.spec().call.cloned(), Arc::default(), sent_at, token).await;
            }
            Err(error) => {
                tracing::debug!(name, %error, "a request failed");
                // Who may have answered has to keep the call alive.
                let is_answer = request.spec().reply == DeliveryKind::Accepted(Command::Answer);
                if let (Some(call), true, SendError::Uncertain(_)) = (request.spec().call, is_answer, error) {
                    self.adopt(call);
                }
            }
        }
        outcome
    }

    async fn take_reply(
        &self,
        kind: DeliveryKind,
        call: Option<CallId>,
        body: Arc<[u8]>,
        sent_at: Timestamp,
        token: Option<Token>,
    ) {
        let stamp = self.stamps.stamp(&self.clock);
        let record = Record { sent_at: Some(sent_at), token, call, body, ..Record::new(stamp, kind) };
        if let Err(error) = self.keep(&record).await {
            // The service will not say it again, so it counts for as long as this engine runs.
            tracing::error!(%error, "a reply could not be kept");
        }
        // What cannot be read of a reply was logged; its status counts.
        self.apply(&record, None);
        if let (DeliveryKind::CreateResponse, Some(call)) = (record.kind, record.call) {
            // However little of the reply can be read, its call is one of ours.
            self.hear(call, Vec::new(), record.token.as_ref(), None);
        }
    }

    /// Hands what was received of a call to its shard, then tells whoever waits for the call of this token.
    fn hear(
        &self,
        call: CallId,
        observations: Vec<Observation>,
        token: Option<&Token>,
        permit: Option<Arc<OwnedSemaphorePermit>>,
    ) {
        let waiting = token.and_then(|token| self.creates.take(token));
        let is_adopted = waiting.is_some();
        self.send(&call.clone(), ToShard::Heard { call: call.clone(), observations, is_adopted, permit });
        if let Some(waiting) = waiting {
            waiting.send_replace(Some(call));
        }
    }

    /// Takes a call for one of ours, though nothing that was received says so.
    fn adopt(&self, call: &CallId) {
        let nothing = ToShard::Heard { call: call.clone(), observations: Vec::new(), is_adopted: true, permit: None };
        self.send(call, nothing);
    }

    /// Does what the core asks for, beside everything else.
    pub(crate) fn carry_out(self: &Arc<Self>, call: CallId, action: Action) {
        let request = match action {
            Action::Probe(_) => Request::Get(call),
            Action::ListParticipants => Request::ListParticipants(call),
            Action::KeepAlive => Request::KeepAlive(call),
            Action::Forget(_) | _ => return,
        };
        let shared = Arc::clone(self);
        self.tasks.spawn(async move {
            let work = async {
                // What is not answered is asked for again, so that nothing need be repeated here.
                let _permit = shared.requests.acquire().await;
                shared.pace.wait().await;
                drop(shared.exchange(&request, None).await);
            };
            tokio::select! {
                () = shared.stopping.cancelled() => {}
                () = work => {}
            }
        });
    }
}

/// Groups observations by call, in the order in which the delivery names the calls.
fn by_call(observations: Vec<(CallId, Observation)>) -> Vec<(CallId, Vec<Observation>)> {
    let mut places = BTreeMap::new();
    let mut calls = Vec::<(CallId, Vec<Observation>)>::new();
    for (call, observation) in observations {
        let place = *places.entry(call.clone()).or_insert(calls.len());
        match calls.get_mut(place) {
            Some((_, observations)) => observations.push(observation),
            None => calls.push((call, vec![observation])),
        }
    }
    calls
}

/// Returns which of so many shards has a call.
pub(crate) fn shard_of(call: &CallId, shards: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    call.hash(&mut hasher);
    usize::try_from(hasher.finish() % shards.max(1) as u64).unwrap_or(0)
}
