//! What became of an operation, as its future tells it: in any order, without its notification, and after a restart.

use std::time::Duration;

use call_core::{CallState::Established, OperationKey, Redacted};
use call_engine::{OperationError, Started};
use call_msgraph::{
    Account, CancelMediaProcessing, Intent, Invite, Mute, PlayPrompt, Prompt, Record, RecordResponse, Refused, Transfer,
};
use call_transport_mock::{Fault, Story};
use serde_json::json;

use super::scripted::{Answered, Rig as Scripted};
use super::{Rig, pass};

fn beep() -> PlayPrompt {
    PlayPrompt::new(Prompt::new("https://cdn.contoso.com/beep.wav"))
}

#[tokio::test(start_paused = true)]
async fn each_kind_ends_with_its_own_result() {
    let rig = Rig::start().await;
    let call = rig.create(Story::Transferred).await;
    call.wait_has_been(Established).await.unwrap();
    let played = call.play_prompt(beep()).await.unwrap().finished().await.unwrap();
    assert_eq!(played.details.completion_reason.as_deref(), Some("completedSuccessfully"));
    let recorded = call.record_response(RecordResponse::new()).await.unwrap().finished().await.unwrap();
    assert!(recorded.location.is_some_and(|location| location.expose().starts_with("https://")));
    assert!(recorded.access_token.is_some());
    let whom = Account::new("550fae72-d251-43ec-868c-373732c2704f").unwrap();
    let transfer = call.transfer(Transfer::to(whom.clone())).await.unwrap();
    transfer.finished().await.unwrap();
    let hung_up = call.hang_up().await.unwrap().finished().await.unwrap();
    assert!(hung_up.result.is_some());

    let failing = rig.create(Story::TransferFails).await;
    failing.wait_has_been(Established).await.unwrap();
    let transfer = failing.transfer(Transfer::to(whom.clone())).await.unwrap();
    let Err(OperationError::Failed { result, meaning }) = transfer.finished().await else { panic!("it fails") };
    assert_eq!(result.and_then(|result| result.subcode), Some(7000));
    assert!(meaning.is_some_and(|meaning| !meaning.is_empty()));
}

#[tokio::test(start_paused = true)]
async fn an_invitation_ends_with_who_joined() {
    let rig = Scripted::with_call(2).await;
    let whom = Account::new("550fae72-d251-43ec-868c-373732c2704f").unwrap();
    let joined = rig.call.invite(Invite::new(whom)).await.unwrap().finished().await.unwrap();
    let identity = joined.participants[0].identity.clone().expect("an identity");
    assert_eq!(identity.id, Some(Redacted::new("550fae72-d251-43ec-868c-373732c2704f")));
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_prompt_says_so() {
    let rig = Scripted::with_call(0).await;
    let prompt = rig.call.play_prompt(beep()).await.unwrap();
    rig.call.cancel_media_processing(CancelMediaProcessing::new()).await.unwrap().finished().await.unwrap();
    let Err(OperationError::Cancelled(result)) = prompt.finished().await else { panic!("it was cancelled") };
    assert_eq!((result.code, result.subcode), (Some(400), Some(8508)));
    assert!(prompt.is_finished());
}

#[tokio::test(start_paused = true)]
async fn a_lost_response_is_no_second_request() {
    let rig = Scripted::with_call(0).await;
    rig.transport.script().answers.push_back(Answered::Never);
    let lost = rig.call.mute(Mute::new()).await.unwrap();
    assert!(lost.uncertain.is_some());
    assert!(matches!(lost.key, OperationKey::ClientContext(_)));
    assert_eq!(lost.finished().await, Err(OperationError::Unknown), "the request never reached the service");
    let mutes = rig.sent().iter().filter(|sent| sent.name == "mute").count();
    assert_eq!(mutes, 1);
}

#[tokio::test(start_paused = true)]
async fn the_notification_alone_tells_the_outcome() {
    let rig = Rig::start().await;
    let call = rig.create(Story::Endless).await;
    call.wait_has_been(Established).await.unwrap();
    rig.service.fail_next(Fault::ResponseLost);
    let prompt = call.play_prompt(beep()).await.unwrap();
    assert!(prompt.uncertain.is_some());
    prompt.finished().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_lost_notification_is_probed() {
    let rig = Rig::start().await;
    let call = rig.create(Story::Endless).await;
    call.wait_has_been(Established).await.unwrap();
    let prompt = call.play_prompt(beep()).await.unwrap();
    rig.service.connect(std::sync::Arc::new(super::taking::Deaf));
    let finished = prompt.finished().await.unwrap();
    let how_known = finished.how_known.expect("a receipt");
    assert!(matches!(how_known.source, call_core::Source::Snapshot { .. }), "{how_known}");
}

#[tokio::test(start_paused = true)]
async fn an_operation_survives_a_crash_at_any_moment() {
    for moment in [1, 50, 200, 1_000, 5_000, 30_000] {
        let rig = Rig::start().await;
        let call = rig.create(Story::Endless).await;
        call.wait_has_been(Established).await.unwrap();
        let id = call.id().clone();
        let mut operation = tokio::spawn(async move { call.play_prompt(beep().with_client_context("mine")).await });
        tokio::select! {
            _ = &mut operation => {}
            () = pass(Duration::from_millis(moment)) => {}
        }
        pass(Duration::from_millis(moment)).await;
        let rig = rig.crash().await;
        let call = rig.engine.call(&id).await.expect("it is followed");
        let prompt = call.operation(&OperationKey::ClientContext("mine".into())).expect("it was intended");
        assert_eq!(call.operations().len(), usize::from(!prompt.is_finished()), "after {moment} ms");
        prompt.finished().await.unwrap_or_else(|error| panic!("after {moment} ms: {error}"));
        let posted = rig.service.truths().len();
        assert_eq!(posted, 1);
        let crashed_again = rig.crash().await;
        let call = crashed_again.engine.call(&id).await.expect("it is followed");
        assert!(call.operation(&OperationKey::ClientContext("mine".into())).expect("it ended").is_finished());
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_operation_is_not_awaited_after_a_restart() {
    let rig = Rig::start().await;
    let call = rig.create(Story::Endless).await;
    call.wait_has_been(Established).await.unwrap();
    rig.service.fail_next(Fault::Throttled(Duration::from_secs(1)));
    call.play_prompt(beep().with_client_context("mine")).await.unwrap_err();
    let records = rig.journal.records();
    let intended = |record: &Record| matches!(record, Record::Intended { intent: Intent::Operation(_), .. });
    let refused = |record: &Record| matches!(record, Record::Refused { refused: Refused::Operation(..), .. });
    let (intended, refused) = (records.iter().position(intended), records.iter().position(refused));
    assert!(intended.is_some() && intended < refused, "the intent comes before the request");
    let id = call.id().clone();
    let rig = rig.crash().await;
    let call = rig.engine.call(&id).await.expect("it is followed");
    assert_eq!(call.operations().len(), 0);
    let prompt = call.operation(&OperationKey::ClientContext("mine".into())).expect("it is remembered");
    assert_eq!(prompt.finished().await, Err(OperationError::NotStarted));
}

#[tokio::test(start_paused = true)]
async fn the_end_of_the_call_ends_its_operations() {
    let rig = Scripted::with_call(0).await;
    rig.answer(200, json!({ "@odata.type": "#microsoft.graph.playPromptOperation", "id": "o1", "status": "running" }));
    let prompt = rig.call.play_prompt(beep()).await.unwrap();
    rig.call.hang_up().await.unwrap();
    let Err(OperationError::CallEnded(result)) = prompt.finished().await else { panic!("the call ended") };
    assert!(result.is_some());
    pass(Duration::from_secs(600)).await;
    assert!(
        matches!(prompt.finished().await, Err(OperationError::CallEnded(_))),
        "it stays so after the call is forgotten"
    );
    assert!(rig.call.operation(&prompt.key).is_some_and(|again| again.is_finished()));
    assert!(rig.call.operation(&OperationKey::Id("nothing".into())).is_none());
}

#[tokio::test(start_paused = true)]
async fn a_stopped_engine_leaves_no_future_waiting() {
    let rig = Scripted::with_call(0).await;
    let prompt: Started = rig.call.play_prompt(beep()).await.unwrap();
    rig.engine.shutdown().await;
    assert_eq!(prompt.finished().await, Err(OperationError::Unwatched));
}
