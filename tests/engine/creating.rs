use std::time::Duration;

use call_core::CallState::*;
use call_engine::CreateError;
use call_transport::Retry;
use call_transport_mock::{Fault, ServiceSettings, SimulationSettings, Story};

use super::{Rig, request};

#[tokio::test(start_paused = true)]
async fn each_kind_is_created_and_followed() {
    let rig = Rig::start().await;
    for kind in 0..10 {
        let call = rig.engine.create_call(request(kind)).await.expect("nothing is refused");
        let ended = call.wait_ended();
        let hung_up = async {
            tokio::time::sleep(Duration::from_secs(600)).await;
            call.hang_up().await.expect("nothing goes wrong");
            std::future::pending::<()>().await
        };
        tokio::select! {
            ended = ended => assert!(ended.expect("it is followed").is_some(), "kind {kind}"),
            () = hung_up => {}
        }
    }
    assert_eq!(rig.engine.counts().await.foreign, 0);
}

#[tokio::test(start_paused = true)]
async fn a_lost_create_response_is_adopted_by_token() {
    let rig = Rig::start().await;
    rig.service.set_next_story(Story::Endless);
    rig.service.fail_next(Fault::ResponseLost);
    // A notification that is received before the request times out adopts the call.
    let call = rig.engine.create_call(request(0)).await.expect("it is adopted");
    assert_eq!(call.id(), &rig.service.truths()[0].call);
    assert_eq!(call.state(), Some(Established));
    assert_eq!(rig.engine.counts().await.foreign, 0, "it is kept alive as any other");
}

#[tokio::test(start_paused = true)]
async fn an_uncertain_create_is_adopted_later() {
    let rig = Rig::impatient().await;
    rig.service.set_next_story(Story::Endless);
    let pending = rig.create_uncertain().await;
    rig.service.connect(rig.engine.intake());
    let call = pending.adopted().await.expect("a `ringing` notification adopts the call");
    assert_eq!(call.timeline().states(), [Establishing, Ringing]);
}

#[tokio::test(start_paused = true)]
async fn an_uncertain_create_expires() {
    let rig = Rig::start().await;
    rig.service.connect(std::sync::Arc::new(super::taking::Deaf));
    let pending = rig.create_uncertain().await;
    assert!(pending.adopted().await.is_none());
    assert_eq!(rig.engine.shutdown().await.uncertain, 0);
}

#[tokio::test(start_paused = true)]
async fn an_unsent_or_refused_create_leaves_nothing() {
    let permissions = Some(["Calls.JoinGroupCall.All".to_owned()].into());
    let service = ServiceSettings { permissions, ..ServiceSettings::default() };
    let rig = Rig::with(SimulationSettings { service, ..SimulationSettings::default() }, |_| {}).await;
    rig.service.fail_next(Fault::NotSent);
    let Err(CreateError::Failed(error)) = rig.engine.create_call(request(0)).await else { panic!() };
    assert_eq!(error.retry(), Retry::Safe);
    let Err(CreateError::Failed(error)) = rig.engine.create_call(request(0)).await else { panic!() };
    let says = error.to_string();
    assert!(says.starts_with("the service refused the request with status 403: the service said 7504"), "{says}");
    assert!(says.contains("It needs one of Calls.Initiate.All; an administrator grants it"), "{says}");
    assert_eq!(rig.engine.shutdown().await.uncertain, 0);
    assert!(rig.service.truths().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_abandoned_create_is_still_followed() {
    let rig = Rig::start().await;
    rig.service.set_next_story(Story::Endless);
    let dropped = tokio::time::timeout(Duration::ZERO, rig.engine.create_call(request(0))).await;
    assert!(dropped.is_err());
    super::pass(Duration::from_secs(60)).await;
    let call = rig.engine.call(&rig.service.truths()[0].call).await.expect("it is followed");
    assert_eq!(call.state(), Some(Established));
    assert_eq!(rig.engine.counts().await.foreign, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn several_threads_create_and_follow_many_calls() {
    // The scale is 1,000 times faster than real time, because threads and clock are real here.
    let service = ServiceSettings { speed: 1_000, ..ServiceSettings::default() };
    let rig = Rig::with(SimulationSettings { service, ..SimulationSettings::default() }, |_| {}).await;
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..500 {
        rig.service.set_next_story(Story::Answered);
        let engine = rig.engine.clone();
        calls.spawn(async move {
            let call = engine.create_call(request(0)).await.expect("nothing is refused");
            call.wait_ended().await.expect("it is followed");
            call.timeline().states()
        });
    }
    while let Some(states) = calls.join_next().await {
        // The end may overtake earlier notifications. A late notification is put in its place.
        let states = states.expect("nothing panics");
        assert_eq!((states.first(), states.last()), (Some(&Establishing), Some(&Terminated)));
    }
    assert_eq!(rig.engine.shutdown().await.calls.ended, 500);
}
