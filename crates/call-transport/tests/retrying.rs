//! Which requests are retried, and when.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use call_msgraph::{CallbackUri, Request};
use call_transport::{RetrySettings, Retrying, SendError, Transport};
use call_transport_mock::{Fault, SimulatedService, SimulationSettings, sample_requests};
use tokio::time::Instant;

struct Rig {
    service: SimulatedService,
    transport: Retrying<std::sync::Arc<dyn Transport>>,
}

fn rig(settings: RetrySettings) -> Rig {
    let service = SimulatedService::start(SimulationSettings::default());
    let transport = Retrying::new(service.transport(), settings);
    Rig { service, transport }
}

fn create() -> Request {
    let callback = CallbackUri::new("https://bot.contoso.com/callback").unwrap();
    Request::Create(sample_requests(&callback).unwrap().swap_remove(0).1)
}

#[tokio::test(start_paused = true)]
async fn an_unsent_request_is_retried() {
    let rig = rig(RetrySettings::default());
    for _ in 0..3 {
        rig.service.fail_next(Fault::NotSent);
    }
    rig.transport.send(&create()).await.unwrap();
    assert_eq!(rig.service.truths().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn retries_stop_after_the_maximum_attempts() {
    let rig = rig(RetrySettings { max_attempts: 3, ..RetrySettings::default() });
    for _ in 0..3 {
        rig.service.fail_next(Fault::NotSent);
    }
    assert!(matches!(rig.transport.send(&create()).await, Err(SendError::NotSent(_))));
    rig.transport.send(&create()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn retries_wait_for_retry_after() {
    let rig = rig(RetrySettings::default());
    rig.service.fail_next(Fault::Throttled(Duration::from_secs(7)));
    let begun = Instant::now();
    rig.transport.send(&create()).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(7));
    rig.service.fail_next(Fault::Throttled(Duration::from_secs(3_600)));
    assert!(matches!(rig.transport.send(&create()).await, Err(SendError::Throttled { .. })));
}

#[tokio::test(start_paused = true)]
async fn an_uncertain_create_is_not_retried() {
    let rig = rig(RetrySettings::default());
    rig.service.fail_next(Fault::ResponseLost);
    assert!(matches!(rig.transport.send(&create()).await, Err(SendError::Uncertain(_))));
    assert_eq!(rig.service.truths().len(), 1, "it was done once");
}

#[tokio::test(start_paused = true)]
async fn uncertain_idempotent_requests_are_retried() {
    // The simulation reports a lost response after 30 s.
    let rig = rig(RetrySettings { max_elapsed: Duration::from_secs(60), ..RetrySettings::default() });
    let call = rig.transport.send(&create()).await.unwrap().call.unwrap();
    rig.service.fail_next(Fault::ResponseLost);
    rig.transport.send(&Request::keep_alive(call)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_refused_request_is_not_retried() {
    let rig = rig(RetrySettings::default());
    let begun = Instant::now();
    assert!(matches!(rig.transport.send(&Request::get("unknown".into())).await, Err(SendError::Gone(_))));
    assert!(begun.elapsed() < Duration::from_millis(1), "virtual time stands still");
}
