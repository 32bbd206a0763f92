use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use call_engine::Engine;
use call_engine::EngineSettings;
use call_journal::{Journal, JournalError, Page, Position};
use call_msgraph::{JoinResponse, Received, Record, RejectReason};
use call_transport::{Intake, IntakeAnswer};
use call_transport_mock::{SimulatedService, SimulationSettings};
use tokio::sync::Semaphore;

use super::{Rig, callback};

/// Accepts every request and sends no notification.
pub(crate) struct Deaf;

#[async_trait]
impl Intake for Deaf {
    async fn deliver(&self, _: Received) -> IntakeAnswer {
        IntakeAnswer::Accepted
    }
}

/// A journal that is slow or fails.
struct Stubborn {
    may: Semaphore,
    fails: bool,
}

#[async_trait]
impl Journal for Stubborn {
    async fn append(&self, _: &[Record]) -> Result<(), JournalError> {
        if self.fails {
            return Err(JournalError::Unavailable("as the test wants it".into()));
        }
        self.may.acquire().await.expect("it is never closed").forget();
        Ok(())
    }

    async fn read(&self, _: Position, _: usize) -> Result<Page, JournalError> {
        Ok(Page::default())
    }

    async fn discard(&self, _: &[Position]) -> Result<(), JournalError> {
        Ok(())
    }
}

pub(crate) const ESTABLISHED: &str = r##"{"value": [{"changeType": "updated", "resourceUrl": "/communications/calls/c1",
    "resourceData": {"@odata.type": "#microsoft.graph.call", "state": "established"}}]}"##;

async fn engine(journal: Arc<Stubborn>) -> Engine {
    let service = SimulatedService::start(SimulationSettings::default());
    let settings = EngineSettings { max_deliveries_in_flight: 2, ..EngineSettings::new(callback()) };
    Engine::start(settings, service.transport(), journal).await.expect("nothing is kept yet").0
}

#[tokio::test(start_paused = true)]
async fn nothing_is_acknowledged_before_it_is_stored() {
    let journal = Arc::new(Stubborn { may: Semaphore::new(0), fails: false });
    let engine = engine(Arc::clone(&journal)).await;
    let intake = engine.intake();
    let mut delivery = Box::pin(intake.deliver(Received::post(ESTABLISHED.as_bytes())));
    assert!(tokio::time::timeout(Duration::from_secs(60), &mut delivery).await.is_err());
    assert!(engine.call(&"c1".into()).await.is_none(), "nor is it known before");
    journal.may.add_permits(1);
    assert_eq!(delivery.await, IntakeAnswer::Accepted);
    assert!(engine.call(&"c1".into()).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_closed_connection_does_not_lose_its_delivery() {
    let journal = Arc::new(Stubborn { may: Semaphore::new(0), fails: false });
    let engine = engine(Arc::clone(&journal)).await;
    let intake = engine.intake();
    let dropped = tokio::time::timeout(Duration::ZERO, intake.deliver(Received::post(ESTABLISHED.as_bytes()))).await;
    assert!(dropped.is_err());
    journal.may.add_permits(1);
    super::pass(Duration::from_secs(1)).await;
    assert!(engine.call(&"c1".into()).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_full_engine_answers_retry_later() {
    let journal = Arc::new(Stubborn { may: Semaphore::new(0), fails: false });
    let engine = engine(Arc::clone(&journal)).await;
    let (first, second) = (engine.intake(), engine.intake());
    let waiting = tokio::spawn(async move { first.deliver(Received::post(ESTABLISHED.as_bytes())).await });
    let too = tokio::spawn(async move { second.deliver(Received::post(ESTABLISHED.as_bytes())).await });
    super::pass(Duration::from_secs(1)).await;
    let busy = IntakeAnswer::Busy { retry_after: Duration::from_secs(2) };
    assert_eq!(engine.intake().deliver(Received::post(ESTABLISHED.as_bytes())).await, busy);
    journal.may.add_permits(3);
    assert_eq!((waiting.await.unwrap(), too.await.unwrap()), (IntakeAnswer::Accepted, IntakeAnswer::Accepted));
    super::pass(Duration::from_secs(1)).await;
    assert_eq!(engine.intake().deliver(Received::post(ESTABLISHED.as_bytes())).await, IntakeAnswer::Accepted);
}

#[tokio::test(start_paused = true)]
async fn a_journal_failure_is_reported() {
    let engine = engine(Arc::new(Stubborn { may: Semaphore::new(0), fails: true })).await;
    let answer = engine.intake().deliver(Received::post(ESTABLISHED.as_bytes())).await;
    assert!(matches!(answer, IntakeAnswer::Busy { .. }), "{answer:?}");
    assert!(engine.call(&"c1".into()).await.is_none());
    let health = engine.health();
    assert!(health.is_alive() && !health.is_ready(), "a restart does not help");
    assert!(health.journal_error.is_some_and(|error| error.ends_with("as the test wants it")));
}

#[tokio::test(start_paused = true)]
async fn unreadable_deliveries_are_reported_and_stored() {
    let rig = Rig::start().await;
    for body in ["", "{", "[]", r#"{"value": 7}"#] {
        assert_eq!(
            rig.engine.intake().deliver(Received::post(body.as_bytes())).await,
            IntakeAnswer::Unreadable,
            "{body}"
        );
    }
    assert_eq!(rig.journal.records().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_joining_participant_is_answered() {
    let body = r##"{"value": [{"changeType": "updated", "resourceUrl": "/communications/calls/c1", "resourceData":
        {"@odata.type": "#microsoft.graph.participantJoiningNotification", "call": {"id": "c1"}}}]}"##;
    for (response, expected) in [
        (JoinResponse::Accept, r##"{"@odata.type":"#microsoft.graph.acceptJoinResponse"}"##),
        (
            JoinResponse::Reject(RejectReason::Busy),
            r##"{"@odata.type":"#microsoft.graph.rejectJoinResponse","reason":"busy"}"##,
        ),
    ] {
        let rig = Rig::with(SimulationSettings::default(), |settings| settings.join_response = response).await;
        let answer = rig.engine.intake().deliver(Received::post(body.as_bytes())).await;
        assert_eq!(answer, IntakeAnswer::Reply(expected.as_bytes().into()));
    }
    // The name of the notification alone requires no answer.
    let named = ESTABLISHED.replace("c1", "participantJoiningNotification");
    let answer = Rig::start().await.engine.intake().deliver(Received::post(named.into_bytes())).await;
    assert_eq!(answer, IntakeAnswer::Accepted);
}

#[tokio::test(start_paused = true)]
async fn the_older_format_is_redelivered() {
    let body = r#"{"id": "11111111-2222", "participants": [{"identity": "8:john", "originator": true}],
        "isMultiparty": false, "presentedModalityTypes": ["audio"], "callState": "incoming"}"#;
    let answer = Rig::start().await.engine.intake().deliver(Received::post(body.as_bytes())).await;
    assert_eq!(answer, IntakeAnswer::SendAgain);
}
