use std::time::Duration;

use call_core::{CallState::*, Direction};
use call_msgraph::{Account, Answer, MediaConfig, Redirect, RejectReason};
use call_transport::SendError;
use call_transport_mock::{Fault, SimulationSettings, Story};

use super::{Rig, callback, pass};

#[tokio::test(start_paused = true)]
async fn an_incoming_call_is_offered_once() {
    let mut rig = Rig::start().await;
    rig.service.set_next_story(Story::Endless);
    let offered = rig.ring().await;
    assert_eq!(offered.handle().state(), Some(Incoming));
    let call = offered.answer(Answer::new(&MediaConfig::service_hosted())).await.unwrap();
    call.wait_has_been(Established).await.unwrap();
    assert_eq!(call.timeline().direction, Some(Direction::Incoming));
    assert_eq!(call.timeline().states(), [Incoming, Establishing, Established]);
    assert!(tokio::time::timeout(Duration::from_secs(3_600), rig.incoming.next()).await.is_err());
    assert_eq!(call.state(), Some(Established), "it is kept alive as any other");
}

#[tokio::test(start_paused = true)]
async fn incoming_calls_are_a_stream() {
    let mut rig = Rig::start().await;
    rig.service.ring(callback().as_str());
    let offered = tokio_stream::StreamExt::next(&mut rig.incoming).await.unwrap();
    assert_eq!(offered.handle().state(), Some(Incoming));
}

#[tokio::test(start_paused = true)]
async fn a_possibly_answered_call_is_kept_alive() {
    let mut rig = Rig::start().await;
    rig.service.set_next_story(Story::Endless);
    let offered = rig.ring().await;
    let call = offered.handle().clone();
    rig.service.fail_next(Fault::ResponseLost);
    let answered = offered.answer(Answer::new(&MediaConfig::service_hosted())).await;
    assert!(matches!(answered, Err(SendError::Uncertain(_))), "{answered:?}");
    pass(Duration::from_secs(5 * 3_600)).await;
    assert_eq!(call.state(), Some(Established));
}

#[tokio::test(start_paused = true)]
async fn an_incoming_call_can_be_rejected_or_redirected() {
    let mut rig = Rig::start().await;
    let rejected = rig.ring().await.reject(RejectReason::Busy).await.unwrap();
    rejected.wait_ended().await.unwrap();
    assert_eq!(rejected.timeline().states(), [Incoming, Terminating, Terminated]);
    rig.service.ring(callback().as_str());
    let redirect = Redirect::to(Account::new("112f7296-5fa4-42ca-bae8-6a692b15d4b8").unwrap());
    let sent_on = rig.incoming.next().await.unwrap().redirect(redirect).await.unwrap();
    sent_on.wait_ended().await.unwrap();
    assert_eq!(sent_on.timeline().states(), [Incoming, Redirecting, Terminated]);
}

#[tokio::test(start_paused = true)]
async fn an_undecided_incoming_call_is_dropped() {
    let mut rig = Rig::with(SimulationSettings::default(), |settings| settings.incoming_queue = 1).await;
    for _ in 0..2 {
        rig.service.ring(callback().as_str());
        pass(Duration::from_secs(60)).await;
    }
    let offered = rig.incoming.next().await.expect("there was room for one");
    assert_eq!(offered.handle().state(), Some(Terminated));
    let late = offered.answer(Answer::new(&MediaConfig::service_hosted())).await;
    assert!(late.is_err(), "it has ended: {late:?}");
    assert!(tokio::time::timeout(Duration::from_secs(60), rig.incoming.next()).await.is_err());
}
