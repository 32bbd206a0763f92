use std::time::Duration;

use call_core::{CallState::*, Direction};
use call_engine::{IncomingPolicy, JoinHook, OfferGone};
use call_msgraph::{Account, Answer, JoinResponse, MediaConfig, Received, Redirect, RejectReason};
use call_transport::{IntakeAnswer, SendError};
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

#[tokio::test(start_paused = true)]
async fn a_throttled_answer_can_be_repeated() {
    let mut rig = Rig::start().await;
    rig.service.set_next_story(Story::Endless);
    let offered = rig.ring().await;
    rig.service.fail_next(Fault::Throttled(Duration::from_secs(1)));
    let answer = || Answer::new(&MediaConfig::service_hosted());
    assert!(matches!(offered.answer(answer()).await, Err(SendError::Throttled { .. })));
    pass(Duration::from_secs(1)).await;
    offered.answer(answer()).await.unwrap().wait_has_been(Established).await.unwrap();
    assert_eq!(offered.gone().await, OfferGone::Decided);
}

#[tokio::test(start_paused = true)]
async fn an_offer_tells_who_calls_whom_until_when() {
    let mut rig = Rig::start().await;
    let offered = rig.ring().await;
    assert!(offered.caller().is_some_and(|caller| caller.id.is_some()));
    assert!(!offered.called().is_empty());
    assert_eq!(offered.answered_by(), None);
    let first = offered.handle().timeline().steps[0].basis.receipts()[0].stamp.received_at;
    assert_eq!(offered.answer_by(), first.saturating_add(Duration::from_secs(15)));
    post(&rig, "recorded", r#", "incomingContext": {"observedParticipantId": "p1"}"#).await;
    let recorded = rig.incoming.next().await.expect("it rings");
    let first = recorded.handle().timeline().steps[0].basis.receipts()[0].stamp.received_at;
    assert_eq!(recorded.answer_by(), first.saturating_add(Duration::from_secs(5)));
    assert_eq!(recorded.gone().await, OfferGone::TooLate);
}

/// Posts a notification of an incoming call that the service does not know.
async fn post(rig: &Rig, call: &str, more: &str) {
    let body = format!(
        r##"{{"value": [{{"resource": "/app/calls/{call}", "changeType": "created", "resourceData":
        {{"@odata.type": "#microsoft.graph.call", "state": "incoming", "direction": "incoming"{more}}}}}]}}"##
    );
    rig.engine.intake().deliver(Received::post(body.into_bytes())).await;
}

#[tokio::test(start_paused = true)]
async fn an_offer_says_when_and_why_it_is_gone() {
    for (state, gone) in [("terminated", OfferGone::Ended(None)), ("established", OfferGone::AnsweredElsewhere)] {
        let mut rig = Rig::start().await;
        post(&rig, "c1", "").await;
        let offered = rig.incoming.next().await.expect("it rings");
        let later = async {
            pass(Duration::from_secs(3)).await;
            let body = format!(
                r#"{{"changeType": "updated", "resource": "/app/calls/c1", "resourceData": {{"state": "{state}"}}}}"#
            );
            rig.engine.intake().deliver(Received::post(body.into_bytes())).await;
        };
        assert_eq!(tokio::join!(offered.gone(), later).0, gone);
    }
    let mut rig = Rig::start().await;
    post(&rig, "c1", "").await;
    let offered = rig.incoming.next().await.expect("it rings");
    rig.engine.shutdown().await;
    assert_eq!(offered.gone().await, OfferGone::Unwatched);
}

#[tokio::test(start_paused = true)]
async fn a_policy_decides_about_incoming_calls() {
    let answer = Answer::new(&MediaConfig::service_hosted());
    let redirect = Redirect::to(Account::new("112f7296-5fa4-42ca-bae8-6a692b15d4b8").unwrap());
    for (policy, states) in [
        (IncomingPolicy::Answer(answer), vec![Incoming, Establishing, Established]),
        (IncomingPolicy::Reject(RejectReason::Busy), vec![Incoming, Terminating, Terminated]),
        (IncomingPolicy::Redirect(redirect), vec![Incoming, Redirecting, Terminated]),
        (IncomingPolicy::LeaveAlone, vec![Incoming, Terminated]),
    ] {
        let mut rig = Rig::with(SimulationSettings::default(), |settings| settings.incoming = policy.clone()).await;
        rig.service.set_next_story(Story::Endless);
        // The service throttles the first request, which is repeated.
        rig.service.fail_next(Fault::Throttled(Duration::from_secs(2)));
        rig.service.ring(callback().as_str());
        pass(Duration::from_secs(60)).await;
        let (_, view) = rig.engine.calls(None, 1).await.pop().expect("a call");
        assert_eq!(view.timeline.states(), states, "{policy:?}");
        assert!(rig.incoming.next().await.is_none(), "it is not offered");
    }
}

#[tokio::test(start_paused = true)]
async fn a_hook_decides_who_joins_in_time() {
    let body = br##"{"value": [{"changeType": "updated", "resource": "/app/calls/c1", "resourceData":
        {"@odata.type": "#microsoft.graph.participantJoiningNotification", "call": {"id": "c1"}}}]}"##;
    let hook = JoinHook::new(|joining| async move {
        let call = joining.call.as_ref().map_or_else(String::new, ToString::to_string);
        match call.as_str() {
            "c1" => JoinResponse::Reject(RejectReason::Forbidden),
            "c2" => std::future::pending().await,
            "c3" => panic!("a hook may do anything"),
            _ => JoinResponse::InviteNewBot("https://other.contoso.com".to_owned()),
        }
    });
    let rig = Rig::with(SimulationSettings::default(), |settings| settings.join_hook = Some(hook)).await;
    for (call, reply) in [
        ("c1", "#microsoft.graph.rejectJoinResponse"),
        ("c2", "#microsoft.graph.acceptJoinResponse"),
        ("c3", "#microsoft.graph.acceptJoinResponse"),
        ("c4", "#microsoft.graph.inviteNewBotResponse"),
    ] {
        let body = String::from_utf8_lossy(body).replace("c1", call);
        let IntakeAnswer::Reply(answer) = rig.engine.intake().deliver(Received::post(body.into_bytes())).await else {
            panic!("the service waits for a reply about {call}")
        };
        assert!(String::from_utf8_lossy(&answer).contains(reply), "{call}");
    }
}
