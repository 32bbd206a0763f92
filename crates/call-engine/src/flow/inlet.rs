//! The only way in: everything that is received is stamped, journalled, decoded, and sent to the shards of its calls.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use call_core::{CallId, Stamp, Stamper};
use call_journal::{Journal, JournalError};
use call_msgraph::{Decoded, DeliveryKind, Intent, JoinResponse, Received, Record, Refused, is_older_format};
use call_transport::internal::chain;
use call_transport::{Intake, IntakeAnswer};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::base::decisions::Joining;
use crate::base::shared::Shared;
use crate::flow::log;

/// Accepts deliveries and intents: stamp, journal, hearings, mail.
pub(crate) struct Inlet {
    shared: Arc<Shared>,
    stamper: Mutex<Stamper>,
    /// `None` after the engine has stopped, so that the journal can be opened again while the host still holds an intake.
    journal: Mutex<Option<Arc<dyn Journal>>>,
    /// Permits for deliveries in flight.
    permits: Arc<Semaphore>,
    /// Reason why the last write to the journal failed; `None` if it succeeded.
    journal_error: Mutex<Option<String>>,
}

/// The intake for transports.
pub(crate) struct EngineIntake(pub(crate) Arc<Inlet>);

/// Outcome of decoding a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reading {
    /// At least a part could be read.
    Read,
    /// At least a part could be read, and a participant who asks to join waits for the reply.
    WantsJoinResponse(Option<CallId>),
    /// No part could be read.
    Unreadable,
}

#[async_trait]
impl Intake for EngineIntake {
    async fn deliver(&self, post: Received) -> IntakeAnswer {
        let inlet = &self.0;
        let settings = &inlet.shared.settings;
        let busy = IntakeAnswer::Busy { retry_after: settings.retry_after };
        if inlet.shared.stopping.is_cancelled() {
            return busy;
        }
        let Ok(permit) = Arc::clone(&inlet.permits).try_acquire_owned() else {
            metrics::counter!("call_engine_busy_total").increment(1);
            return busy;
        };
        let (working, body) = (Arc::clone(inlet), Arc::clone(&post.body));
        // A separate task: the work continues if the service closes the connection.
        let taken = inlet.shared.tasks.spawn(async move { working.take_post(post, permit).await });
        match taken.await {
            Ok(Ok(Reading::Read)) => IntakeAnswer::Accepted,
            Ok(Ok(Reading::WantsJoinResponse(call))) => {
                let response = inlet.join_response(Joining { call, body }).await;
                IntakeAnswer::Reply(response.to_json().to_string().into_bytes().into())
            }
            Ok(Ok(Reading::Unreadable)) if is_older_format(&body) => IntakeAnswer::SendAgain,
            Ok(Ok(Reading::Unreadable)) => IntakeAnswer::Unreadable,
            Ok(Err(error)) => {
                tracing::error!(error = chain(&error), "cannot store a delivery, so it is not acknowledged");
                busy
            }
            Err(error) => {
                tracing::error!(%error, "the task that processes a delivery panicked, so the delivery is not acknowledged");
                busy
            }
        }
    }
}

impl Inlet {
    pub(crate) fn new(shared: Arc<Shared>, journal: Arc<dyn Journal>, stamper: Stamper) -> Self {
        let settings = &shared.settings;
        Self {
            stamper: Mutex::new(stamper),
            journal: Mutex::new(Some(journal)),
            permits: Arc::new(Semaphore::new(settings.max_deliveries_in_flight.max(1))),
            journal_error: Mutex::default(),
            shared,
        }
    }

    /// Lets the hook of the host decide about a participant who asks to join.
    async fn join_response(&self, joining: Joining) -> JoinResponse {
        let settings = &self.shared.settings;
        let Some(hook) = &settings.join_hook else { return settings.join_response.clone() };
        // A separate task: a hook that panics must not take the intake with it.
        let deciding = tokio::spawn(hook.decide(joining));
        let abort = deciding.abort_handle();
        match tokio::time::timeout(settings.join_within, deciding).await {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                tracing::error!(%error, "the hook for joining participants panicked, so the default response is sent");
                settings.join_response.clone()
            }
            Err(_) => {
                abort.abort();
                metrics::counter!("call_engine_join_timeouts_total").increment(1);
                tracing::warn!("the hook for joining participants took too long, so the default response is sent");
                settings.join_response.clone()
            }
        }
    }

    fn stamp(&self) -> Stamp {
        // The clock is read under the lock, so that number and time never contradict each other.
        let mut stamper = self.stamper.lock().unwrap_or_else(PoisonError::into_inner);
        stamper.stamp(self.shared.clock.now())
    }

    /// Processes a webhook post. An error means that it must not be acknowledged.
    async fn take_post(&self, post: Received, permit: OwnedSemaphorePermit) -> Result<Reading, JournalError> {
        let record = Record::from(post.stamped(self.stamp()));
        self.keep(&record).await?;
        Ok(self.dispatch(&record, Some(permit)))
    }

    /// Processes the response to a request of this engine.
    pub(crate) async fn take_reply(&self, reply: Received) {
        let record = Record::from(reply.stamped(self.stamp()));
        if let Err(error) = self.keep(&record).await {
            // The service does not send a response again, so it counts until this engine stops.
            tracing::error!(error = chain(&error), "cannot store a response; it is lost at the next restart");
        }
        // Even if the body cannot be read, the status of a response counts.
        self.dispatch(&record, None);
    }

    /// Journals that a request is about to be sent, so that a restarted engine knows it. After an error, it must not be sent.
    pub(crate) async fn intend(&self, intent: Intent) -> Result<(), JournalError> {
        let record = Record::Intended { stamp: self.stamp(), intent };
        self.keep(&record).await?;
        self.dispatch(&record, None);
        Ok(())
    }

    /// Journals that a request had no effect, so that a restarted engine does not wait for it.
    pub(crate) async fn refuse(&self, refused: Refused) {
        let record = Record::Refused { stamp: self.stamp(), refused };
        if let Err(error) = self.keep(&record).await {
            tracing::error!(
                error = chain(&error),
                "cannot store that a request was refused; after the next restart, its outcome is unknown"
            );
        }
        self.dispatch(&record, None);
    }

    /// Returns the journal; `None` after the engine has stopped.
    pub(crate) fn journal(&self) -> Option<Arc<dyn Journal>> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn keep(&self, record: &Record) -> Result<(), JournalError> {
        let began = self.shared.clock.now();
        let journal = self.journal();
        let kept = match journal {
            Some(journal) => journal.append(std::slice::from_ref(record)).await,
            None => Err(JournalError::Closed),
        };
        metrics::histogram!("call_engine_journal_seconds")
            .record(self.shared.clock.now().saturating_since(began).as_secs_f64());
        let error = kept.as_ref().err().map(|error| chain(error));
        *self.journal_error.lock().unwrap_or_else(PoisonError::into_inner) = error;
        kept
    }

    /// Sends the hearings of a record to the shards of their calls.
    fn dispatch(&self, record: &Record, permit: Option<OwnedSemaphorePermit>) -> Reading {
        let kind = record.delivery().map(|delivery| delivery.kind);
        let name = kind.map_or("request", |kind| kind.as_str());
        let _span = tracing::debug_span!("record", kind = name, sequence = record.stamp().sequence).entered();
        let (decoded, caller) = self.shared.creates.hearings(record);
        report(&decoded, kind);
        let reading = Reading::of(&decoded);
        let permit = permit.map(Arc::new);
        for hearing in decoded.hearings {
            self.shared.mail.hear(hearing, permit.clone());
        }
        if let Some(caller) = caller {
            // The shard has received the letter by now, so the caller finds the call.
            caller.notify();
        }
        reading
    }

    /// Returns why the last write to the journal failed; `None` if it succeeded.
    pub(crate) fn journal_error(&self) -> Option<String> {
        self.journal_error.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Releases the journal. Later writes fail.
    pub(crate) fn release_journal(&self) {
        let journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner).take();
        // Closing the journal can take a moment, so it happens outside the lock.
        drop(journal);
    }
}

impl Reading {
    fn of(decoded: &Decoded) -> Self {
        if decoded.hearings.is_empty() && !decoded.rejected.is_empty() {
            Self::Unreadable
        } else if decoded.wants_join_response {
            Self::WantsJoinResponse(decoded.joining.clone())
        } else {
            Self::Read
        }
    }
}

/// Counts a delivery, and logs the parts that cannot be read.
fn report(decoded: &Decoded, kind: Option<DeliveryKind>) {
    if kind.is_some() {
        metrics::counter!("call_engine_deliveries_total").increment(1);
    }
    metrics::counter!("call_engine_rejected_total").increment(decoded.rejected.len() as u64);
    log::rejected(&decoded.rejected);
}
