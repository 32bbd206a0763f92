//! What a 404 says about a call depends on the request and on the body.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use call_core::{AnomalyKind, CallState, Present};
use call_engine::{CallHandle, Engine, EngineSettings};
use call_journal::MemoryJournal;
use call_msgraph::{OperationPath, Request};
use call_transport::{Reply, Response, SendError, Transport};
use call_transport_mock::{SimulatedService, SimulationSettings, Story};
use serde_json::json;

use super::{callback, pass, request};

const NOT_FOUND: &str = r#"{"error": {"code": "8522", "message": "Call not found."}}"#;

/// Answers every operation with one response, and passes everything else to the simulated service.
struct Answering {
    service: Arc<dyn Transport>,
    status: u16,
    body: &'static str,
    /// Names of the requests.
    sent: Mutex<Vec<&'static str>>,
}

#[async_trait]
impl Transport for Answering {
    async fn send(&self, request: &Request) -> Result<Reply, SendError> {
        self.sent().push(request.spec().name);
        if matches!(request.spec().name, "raw" | "keepAlive") {
            return Reply::read(request, Response::new(self.status).with_body(self.body.as_bytes()));
        }
        self.service.send(request).await
    }
}

impl Answering {
    fn sent(&self) -> MutexGuard<'_, Vec<&'static str>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An engine with an established call.
struct Rig {
    call: CallHandle,
    transport: Arc<Answering>,
    // Both live as long as the call.
    _running: (Engine, SimulatedService),
}

impl Rig {
    async fn with_response(status: u16, body: &'static str) -> Self {
        let service = SimulatedService::start(SimulationSettings::default());
        let sent = Mutex::default();
        let transport = Arc::new(Answering { service: Arc::new(service.transport()), status, body, sent });
        let settings = EngineSettings { epoch: Some(service.epoch()), ..EngineSettings::new(callback()) };
        let journal = Arc::new(MemoryJournal::keeping(usize::MAX));
        let (engine, _) =
            Engine::start(settings, Arc::clone(&transport) as _, journal).await.expect("the journal is in memory");
        service.connect(engine.intake());
        service.set_next_story(Story::Endless);
        let call = engine.create_call(request(0)).await.expect("nothing is refused");
        pass(Duration::from_secs(60)).await;
        assert_eq!(present(&call), Some(Present::Certain(CallState::Established)));
        transport.sent().clear();
        Self { call, transport, _running: (engine, service) }
    }

    /// Sends an operation, and returns its error.
    async fn fail(&self, path: &str) -> SendError {
        let path = OperationPath::new(path).expect("segments");
        self.call.raw(path, json!({})).await.expect_err("every operation fails")
    }

    /// Returns the requests since the operation, after the engine had time to probe.
    async fn followed_by(&self) -> Vec<&'static str> {
        pass(Duration::from_secs(5)).await;
        self.transport.sent()[1..].to_vec()
    }

    fn anomalies(&self) -> Vec<AnomalyKind> {
        self.call.timeline().anomalies.iter().map(|anomaly| anomaly.kind.clone()).collect()
    }
}

fn present(call: &CallHandle) -> Option<Present> {
    call.timeline().present.clone()
}

#[tokio::test(start_paused = true)]
async fn the_page_of_a_proxy_ends_no_call() {
    let rig = Rig::with_response(404, "<html>no route</html>").await;
    assert!(matches!(rig.call.keep_alive().await, Err(SendError::Rejected { status: 404, .. })));
    assert_eq!(rig.followed_by().await, ["getCall"]);
    assert_eq!(present(&rig.call), Some(Present::Certain(CallState::Established)));
    assert_eq!(rig.anomalies(), []);
}

#[tokio::test(start_paused = true)]
async fn the_404_of_a_part_is_only_a_hint() {
    for (status, body) in [(404, NOT_FOUND), (400, r#"{"error": {"code": "8528"}}"#)] {
        let rig = Rig::with_response(status, body).await;
        assert!(matches!(rig.fail("participants/p/mute").await, SendError::Rejected { .. }));
        assert_eq!(rig.followed_by().await, ["getCall"]);
        assert_eq!(present(&rig.call), Some(Present::Certain(CallState::Established)));
    }
}

#[tokio::test(start_paused = true)]
async fn any_other_refusal_causes_no_probe() {
    let rig = Rig::with_response(403, r#"{"error": {"code": "7504"}}"#).await;
    rig.fail("mute").await;
    assert_eq!(rig.followed_by().await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_false_404_is_refuted_by_the_probe() {
    let rig = Rig::with_response(404, NOT_FOUND).await;
    assert!(matches!(rig.call.keep_alive().await, Err(SendError::Gone(_))));
    assert!(matches!(present(&rig.call), Some(Present::Ambiguous { likely: CallState::Terminated, .. })));
    assert!(!rig.call.view().has_ended());
    assert_eq!(rig.followed_by().await, ["getCall"]);
    assert_eq!(present(&rig.call), Some(Present::Certain(CallState::Established)));
    assert_eq!(rig.anomalies(), [AnomalyKind::FalseGone]);
}
