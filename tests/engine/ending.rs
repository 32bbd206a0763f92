//! What a 404 says about a call depends on the request and on the body.

use std::time::Duration;

use call_core::{AnomalyKind, CallState, Present};
use call_engine::CallHandle;
use call_msgraph::OperationPath;
use call_transport::SendError;
use serde_json::json;

use super::pass;
use super::scripted::Rig;

const NOT_FOUND: &str = r#"{"error": {"code": "8522", "message": "Call not found."}}"#;

/// Returns an engine with an established call, whose next request gets a response.
async fn with_response(status: u16, body: &str) -> Rig {
    let rig = Rig::with_call(0).await;
    assert_eq!(present(&rig.call), Some(Present::Certain(CallState::Established)));
    rig.answer(status, body);
    rig
}

impl Rig {
    /// Sends an operation, and returns its error.
    async fn fail(&self, path: &str) -> SendError {
        let path = OperationPath::new(path).expect("segments");
        self.call.raw(path, json!({})).await.expect_err("it fails")
    }

    /// Returns the requests since the operation, after the engine had time to probe.
    async fn followed_by(&self) -> Vec<&'static str> {
        pass(Duration::from_secs(5)).await;
        self.sent()[1..].iter().map(|sent| sent.name).collect()
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
    let rig = with_response(404, "<html>no route</html>").await;
    assert!(matches!(rig.call.keep_alive().await, Err(SendError::Rejected { status: 404, .. })));
    assert_eq!(rig.followed_by().await, ["getCall"]);
    assert_eq!(present(&rig.call), Some(Present::Certain(CallState::Established)));
    assert_eq!(rig.anomalies(), []);
}

#[tokio::test(start_paused = true)]
async fn the_404_of_a_part_is_only_a_hint() {
    for (status, body) in [(404, NOT_FOUND), (400, r#"{"error": {"code": "8528"}}"#)] {
        let rig = with_response(status, body).await;
        assert!(matches!(rig.fail("participants/p/mute").await, SendError::Rejected { .. }));
        assert_eq!(rig.followed_by().await, ["getCall"]);
        assert_eq!(present(&rig.call), Some(Present::Certain(CallState::Established)));
    }
}

#[tokio::test(start_paused = true)]
async fn any_other_refusal_causes_no_probe() {
    let rig = with_response(403, r#"{"error": {"code": "7504"}}"#).await;
    rig.fail("mute").await;
    assert_eq!(rig.followed_by().await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_false_404_is_refuted_by_the_probe() {
    let rig = with_response(404, NOT_FOUND).await;
    assert!(matches!(rig.call.keep_alive().await, Err(SendError::Gone(_))));
    assert!(matches!(present(&rig.call), Some(Present::Ambiguous { likely: CallState::Terminated, .. })));
    assert!(!rig.call.view().has_ended());
    assert_eq!(rig.followed_by().await, ["getCall"]);
    assert_eq!(present(&rig.call), Some(Present::Certain(CallState::Established)));
    assert_eq!(rig.anomalies(), [AnomalyKind::FalseGone]);
}
