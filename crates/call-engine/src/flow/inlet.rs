//! The one entrance: whatever is received is stamped, journalled, read, and handed to the shards of the calls it is about.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use call_core::{Stamp, Stamper};
use call_journal::{Journal, JournalError};
use call_msgraph::{Decoded, DeliveryKind, Intent, Received, Record, is_older_format};
use call_transport::{Intake, IntakeAnswer};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::base::ground::Ground;

/// Takes deliveries and intents in: stamp, journal, hearings, mail.
pub(crate) struct Inlet {
    ground: Arc<Ground>,
    stamper: Mutex<Stamper>,
    /// `None` once the engine has stopped, so that the journal can be opened again while an intake or a handle is still held.
    journal: Mutex<Option<Arc<dyn Journal>>>,
    /// Room for the deliveries in flight.
    room: Arc<Semaphore>,
    /// Whether the last record could be stored.
    can_keep: AtomicBool,
}

/// The door for transports.
pub(crate) struct EngineIntake(pub(crate) Arc<Inlet>);

/// What could be read of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// All of it, or a part.
    Read,
    /// All of it, or a part; a participant who asks to join waits for an answer.
    WantsJoinResponse,
    /// Nothing.
    Unreadable,
}

#[async_trait]
impl Intake for EngineIntake {
    async fn deliver(&self, post: Received) -> IntakeAnswer {
        let inlet = &self.0;
        let settings = &inlet.ground.settings;
        let busy = IntakeAnswer::Busy { retry_after: settings.retry_after };
        if inlet.ground.stopping.is_cancelled() {
            return busy;
        }
        let Ok(permit) = Arc::clone(&inlet.room).try_acquire_owned() else {
            metrics::counter!("call_engine_busy_total").increment(1);
            return busy;
        };
        let (working, body) = (Arc::clone(inlet), Arc::clone(&post.body));
        // A task of its own: the work goes on if the service hangs up.
        let taken = inlet.ground.tasks.spawn(async move { working.take_post(post, permit).await });
        match taken.await {
            Ok(Ok(Reading::Read)) => IntakeAnswer::Taken,
            Ok(Ok(Reading::WantsJoinResponse)) => {
                IntakeAnswer::Reply(settings.join_response.to_json().to_string().into_bytes().into())
            }
            Ok(Ok(Reading::Unreadable)) if is_older_format(&body) => IntakeAnswer::SendAgain,
            Ok(Ok(Reading::Unreadable)) => IntakeAnswer::Unreadable,
            Ok(Err(error)) => {
                tracing::error!(%error, "a delivery could not be kept");
                busy
            }
            Err(error) => {
                tracing::error!(%error, "a delivery was not taken");
                busy
            }
        }
    }
}

impl Inlet {
    pub(crate) fn new(ground: Arc<Ground>, journal: Arc<dyn Journal>, stamper: Stamper) -> Self {
        let settings = &ground.settings;
        Self {
            stamper: Mutex::new(stamper),
            journal: Mutex::new(Some(journal)),
            room: Arc::new(Semaphore::new(settings.max_deliveries_in_flight.max(1))),
            can_keep: AtomicBool::new(true),
            ground,
        }
    }

    fn stamp(&self) -> Stamp {
        // The clock is read under the lock, so that number and time never contradict each other.
        let mut stamper = self.stamper.lock().unwrap_or_else(PoisonError::into_inner);
        stamper.stamp(self.ground.clock.now())
    }

    /// Takes a webhook post. An error means that it was not accepted.
    async fn take_post(&self, post: Received, permit: OwnedSemaphorePermit) -> Result<Reading, JournalError> {
        let record = Record::from(post.stamped(self.stamp()));
        self.keep(&record).await?;
        Ok(self.hand_on(&record, Some(permit)))
    }

    /// Takes the reply to a request of our own.
    pub(crate) async fn take_reply(&self, reply: Received) {
        let record = Record::from(reply.stamped(self.stamp()));
        if let Err(error) = self.keep(&record).await {
            // The service does not repeat a reply, so it counts for as long as this engine runs.
            tracing::error!(%error, "a reply could not be kept");
        }
        // Whatever cannot be read of a reply was logged; its status counts.
        self.hand_on(&record, None);
    }

    /// Records that a request is about to be sent, so that a restarted engine knows of it. If that fails, it must not be sent.
    pub(crate) async fn intend(&self, intent: Intent) -> Result<(), JournalError> {
        let record = Record::Intended { stamp: self.stamp(), intent };
        self.keep(&record).await?;
        self.hand_on(&record, None);
        Ok(())
    }

    async fn keep(&self, record: &Record) -> Result<(), JournalError> {
        let began = self.ground.clock.now();
        let journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let kept = match journal {
            Some(journal) => journal.append(std::slice::from_ref(record)).await,
            None => Err(JournalError::Closed),
        };
        metrics::histogram!("call_engine_journal_seconds")
            .record(self.ground.clock.now().saturating_since(began).as_secs_f64());
        self.can_keep.store(kept.is_ok(), Ordering::Relaxed);
        kept
    }

    /// Hands what a record says to the shards of the calls that it is about.
    fn hand_on(&self, record: &Record, permit: Option<OwnedSemaphorePermit>) -> Reading {
        let kind = record.delivery().map(|delivery| delivery.kind);
        let _span = tracing::debug_span!("delivery", ?kind, sequence = record.stamp().sequence).entered();
        let (decoded, caller) = self.ground.creates.hearings(record);
        report(&decoded, kind);
        let reading = Reading::of(&decoded);
        let permit = permit.map(Arc::new);
        for hearing in decoded.hearings {
            self.ground.mail.hear(hearing, permit.clone());
        }
        if let Some(caller) = caller {
            // After the shard has the letter, so that the caller finds the call.
            caller.tell();
        }
        reading
    }

    /// Returns whether the last record could be stored.
    pub(crate) fn can_keep(&self) -> bool {
        self.can_keep.load(Ordering::Relaxed)
    }

    /// Releases the journal: nothing is stored from here on.
    pub(crate) fn release_journal(&self) {
        let journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner).take();
        // The last owner closes the journal, which can take a moment: not under the lock.
        drop(journal);
    }
}

impl Reading {
    fn of(decoded: &Decoded) -> Self {
        if decoded.hearings.is_empty() && !decoded.rejected.is_empty() {
            Self::Unreadable
        } else if decoded.wants_join_response {
            Self::WantsJoinResponse
        } else {
            Self::Read
        }
    }
}

/// Counts a delivery, and logs what cannot be read of it.
fn report(decoded: &Decoded, kind: Option<DeliveryKind>) {
    if kind.is_some() {
        metrics::counter!("call_engine_deliveries_total").increment(1);
    }
    for rejected in &decoded.rejected {
        metrics::counter!("call_engine_rejected_total").increment(1);
        tracing::warn!(line = rejected.line, column = rejected.column, path = rejected.path, "cannot be read");
    }
}
