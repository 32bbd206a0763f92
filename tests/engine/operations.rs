//! Operations through the handle: what is added and checked before sending, and how replies are read.

use std::time::Duration;

use call_core::{OperationKey, OperationStatus};
use call_msgraph::{
    Answer, ApiOperation, ChangeScreenSharingRole, CreateAudioRoutingGroup, DeviceQuality, MediaConfig, MediaQuality,
    Medium, Mute, MuteParticipant, OperationRequest, PlayPrompt, Prompt, ScreenSharingRole,
};
use call_transport::{Retry, SendError};
use serde_json::json;

use super::scripted::{Answered, Rig};
use super::{callback, pass};

fn beep() -> PlayPrompt {
    PlayPrompt::new(Prompt::new("https://cdn.contoso.com/beep.wav"))
}

#[tokio::test(start_paused = true)]
async fn a_started_operation_has_key_context_and_status() {
    let rig = Rig::with_call(0).await;
    rig.answer(200, json!({ "@odata.type": "#microsoft.graph.playPromptOperation", "id": "o1", "status": "running", "clientContext": "mine" }));
    let started = rig.call.play_prompt(beep().with_client_context("mine")).await.unwrap();
    assert_eq!((started.key.clone(), started.status), (OperationKey::Id("o1".into()), Some(OperationStatus::Running)));
    assert_eq!(started.client_context.as_deref(), Some("mine"));
    assert_eq!(rig.call.timeline().operations[0].key, started.key, "it is in the timeline when the future resolves");
}

#[tokio::test(start_paused = true)]
async fn the_engine_chooses_a_client_context() {
    let rig = Rig::with_call(0).await;
    for _ in 0..2 {
        rig.answer(200, "{}");
        let started = rig.call.play_prompt(beep()).await.unwrap();
        let context = started.client_context.expect("the engine chose one");
        assert_eq!(started.key, OperationKey::ClientContext(context.clone()), "the strange reply has no id");
        let body = rig.sent().pop().and_then(|sent| sent.body).expect("a body");
        assert_eq!(body["clientContext"], *context);
    }
    let sent = rig.sent();
    assert_ne!(sent[0].body, sent[1].body, "each operation has its own");
    rig.answer(200, "{}");
    rig.call.mute(Mute::new()).await.unwrap();
    assert!(
        rig.sent()[2].body.as_ref().is_some_and(|body| body["clientContext"].is_string()),
        "an empty body gets one too"
    );
}

#[tokio::test(start_paused = true)]
async fn an_invalid_request_is_not_sent() {
    let rig = Rig::with_call(0).await;
    let error = rig.call.play_prompt(PlayPrompt::new(Prompt::new("beep.wav"))).await.unwrap_err();
    let SendError::Invalid(problems) = &error else { panic!("{error}") };
    assert_eq!(
        (&*problems[0].path, problems[0].source),
        ("/prompts/0/mediaInfo/uri", "call: playPrompt, v1.0 reference")
    );
    assert_eq!(error.retry(), Retry::Never);
    for hostile in ["", "..", "a/b", "a%2Fb", "../../users", "a.b", "a?b", "a b"] {
        assert!(matches!(rig.call.get_participant(hostile).await, Err(SendError::Invalid(_))), "{hostile:?}");
        assert!(matches!(rig.call.mute_participant(MuteParticipant::new(hostile)).await, Err(SendError::Invalid(_))));
    }
    let answer = OperationRequest::new(
        ApiOperation::Answer,
        Some(rig.call.id().clone()),
        None,
        Some(
            json!({ "acceptedModalities": ["audio"], "mediaConfig": { "@odata.type": "#microsoft.graph.serviceHostedMediaConfig" } }),
        ),
    );
    let error = rig.call.operate(answer).await.unwrap_err();
    assert!(
        error.to_string().contains("needs an incoming call that was not answered; the call is established"),
        "{error}"
    );
    assert_eq!(rig.sent(), []);
}

#[tokio::test(start_paused = true)]
async fn the_call_says_who_hosts_its_media() {
    let service_hosted = Rig::with_call(0).await;
    let role = || ChangeScreenSharingRole::to(ScreenSharingRole::Sharer);
    assert!(matches!(service_hosted.call.change_screen_sharing_role(role()).await, Err(SendError::Invalid(_))));
    let app_hosted = Rig::with_call(1).await;
    assert!(matches!(app_hosted.call.play_prompt(beep()).await, Err(SendError::Invalid(_))));
    app_hosted.answer(202, "");
    app_hosted.call.change_screen_sharing_role(role()).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_refused_operation_is_sent_once() {
    let rig = Rig::with_call(0).await;
    for status in [400, 403, 404, 409, 429] {
        rig.answer(status, json!({ "error": { "code": "8523" } }));
        rig.call.play_prompt(beep()).await.unwrap_err();
    }
    for status in [Some(500), Some(503), None] {
        match status {
            Some(status) => rig.answer(status, json!({ "error": { "code": "8523" } })),
            None => rig.transport.script().answers.push_back(Answered::Never),
        }
        let started = rig.call.play_prompt(beep()).await.expect("it may have started");
        let retry = started.uncertain.as_ref().map(SendError::retry);
        assert_eq!(retry, Some(Retry::IfIdempotent), "{status:?}");
    }
    pass(Duration::from_secs(5)).await;
    let names: Vec<_> = rig.sent().iter().map(|sent| sent.name).filter(|name| *name != "getCall").collect();
    assert_eq!(names, ["playPrompt"; 8]);
    assert!(rig.call.timeline().operations.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_list_is_read_to_its_last_page() {
    let rig = Rig::with_call(0).await;
    let page = |ids: &[&str], next: Option<&str>| {
        let person = |id: &&str| json!({ "@odata.type": "#microsoft.graph.participant", "id": id, "info": { "identity": { "user": { "id": id } } } });
        let mut body = json!({ "value": ids.iter().map(person).collect::<Vec<_>>() });
        if let Some(next) = next {
            body["@odata.nextLink"] = next.into();
        }
        body
    };
    rig.answer(
        200,
        page(&["a", "b"], Some("https://graph.microsoft.com/v1.0/communications/calls/x/participants?$skip=2")),
    );
    rig.answer(200, page(&["c"], Some("https://graph.microsoft.com/v1.0/communications/calls/x/participants?$skip=3")));
    rig.answer(200, page(&["d"], None));
    let found = rig.call.list_participants().await.unwrap();
    assert_eq!(found.len(), 4);
    assert_eq!(rig.call.timeline().roster.participants.len(), 4, "it is one whole roster");
    let paths: Vec<_> =
        rig.sent().iter().map(|sent| sent.path.rsplit('/').next().unwrap_or_default().to_owned()).collect();
    assert_eq!(paths, ["participants", "participants?$skip=2", "participants?$skip=3"]);
    // A participant that is missing on the first page has not left, if the second page is not received.
    rig.answer(200, page(&["a"], Some("https://graph.microsoft.com/v1.0/communications/calls/x/participants?$skip=1")));
    rig.transport.script().answers.push_back(Answered::Never);
    assert_eq!(rig.call.list_participants().await.unwrap().len(), 1);
    assert_eq!(rig.call.timeline().roster.participants.len(), 4);
    rig.answer(200, page(&["a"], None));
    rig.call.list_participants().await.unwrap();
    assert_eq!(rig.call.timeline().roster.participants.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_removed_participant_leaves_the_timeline() {
    let rig = Rig::with_call(0).await;
    let list = |ids: &[&str]| json!({ "value": ids.iter().map(|id| json!({ "id": id })).collect::<Vec<_>>() });
    rig.answer(200, list(&["a", "b"]));
    rig.call.list_participants().await.unwrap();
    rig.answer(204, "");
    rig.answer(200, list(&["a"]));
    rig.call.delete_participant("b").await.unwrap();
    let left: Vec<_> = rig.call.timeline().roster.participants.iter().map(|one| one.key.clone()).collect();
    assert_eq!(left.len(), 1);
    assert_eq!(
        rig.sent().iter().map(|sent| sent.name).collect::<Vec<_>>(),
        ["listParticipants", "deleteParticipant", "listParticipants"]
    );
}

#[tokio::test(start_paused = true)]
async fn typed_replies_are_read() {
    let rig = Rig::with_call(0).await;
    rig.answer(200, json!({ "id": "g", "routingMode": "oneToOne", "sources": ["a"], "receivers": ["b"] }));
    let group = rig.call.create_audio_routing_group(CreateAudioRoutingGroup::one_to_one("a", "b")).await.unwrap();
    assert_eq!(
        (&*group.id.spelling(), &*group.sources[0].spelling(), &*group.receivers[0].spelling()),
        ("g", "a", "b")
    );
    rig.answer(200, json!({ "value": [{ "@odata.type": "#microsoft.graph.contentSharingSession", "id": "s" }] }));
    assert_eq!(rig.call.list_content_sharing_sessions().await.unwrap(), ["s".into()]);
    assert_eq!(rig.call.timeline().sharing.len(), 1);
    rig.answer(200, json!({ "@odata.type": "#microsoft.graph.playPromptOperation", "id": "o", "status": "completed" }));
    assert_eq!(rig.call.get_operation("o").await.unwrap().status, Some(OperationStatus::Completed));
    rig.answer(200, "<html>");
    let error = rig.call.get_participant("p").await.unwrap_err();
    let SendError::Strange(reply) = &error else { panic!("{error}") };
    assert_eq!(reply.body.as_ref(), b"<html>", "it is kept as it came");
    assert!(!format!("{error:?} {error}").contains("html"));
}

#[tokio::test(start_paused = true)]
async fn the_engine_sends_what_is_not_about_calls() {
    let rig = Rig::with_call(0).await;
    rig.answer(200, "");
    rig.engine.log_teleconference_device_quality(DeviceQuality::new(MediaQuality::new(Medium::Audio))).await.unwrap();
    assert_eq!(rig.sent()[0].path, "/communications/calls/logTeleconferenceDeviceQuality");
    rig.answer(403, json!({ "error": { "code": "7504" } }));
    let refused = rig.engine.log_teleconference_device_quality(DeviceQuality::new(MediaQuality::new(Medium::Audio)));
    assert!(refused.await.unwrap_err().to_string().contains("Calls.AccessMedia.All"));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_to_an_ended_call() {
    let rig = Rig::with_call(0).await;
    rig.call.hang_up().await.unwrap();
    rig.call.wait_ended().await.unwrap();
    rig.transport.script().sent.clear();
    assert!(matches!(rig.call.play_prompt(beep()).await, Err(SendError::Gone(_))));
    assert_eq!(rig.sent(), []);
}

#[tokio::test(start_paused = true)]
async fn every_operation_is_sent_once() {
    for operation in ApiOperation::ALL {
        let spec = operation.spec();
        if spec.needs.incoming || !spec.path.starts_with("{call}") {
            continue; // see `incoming.rs`, and the device quality above
        }
        let rig = Rig::with_call(usize::from(spec.needs.app_hosted)).await;
        let body = spec.example.map(|example| serde_json::from_str(example).expect("JSON"));
        let request = OperationRequest::new(*operation, Some(rig.call.id().clone()), spec.ids().nth(1), body);
        for status in [400, 403, 404, 409, 429, 500, 503, 0] {
            match status {
                0 => rig.transport.script().answers.push_back(Answered::Never),
                _ => rig.answer(status, json!({ "error": { "code": "8523" } })),
            }
            let operated = rig.call.operate(request.clone()).await;
            if operated.is_ok() && status == 404 {
                assert_eq!(*operation, ApiOperation::HangUp, "a call that is gone has ended");
                break;
            }
            let uncertain = operated.map(|operated| operated.started.and_then(|started| started.uncertain));
            let error = uncertain.unwrap_or_else(Some).expect("it fails");
            let expected = match status {
                0 | 500 | 503 => Retry::IfIdempotent,
                429 => Retry::SafeAfter(Duration::from_secs(5)),
                _ => Retry::Never,
            };
            assert_eq!(error.retry(), expected, "{} with {status}", spec.name);
            let sent = std::mem::take(&mut rig.transport.script().sent);
            assert_eq!(sent.iter().filter(|sent| sent.name == spec.name).count(), 1, "{}: {sent:?}", spec.name);
            // A 404 is followed by a probe, which shows that the call is still there.
            pass(Duration::from_secs(5)).await;
            rig.transport.script().sent.clear();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_names_the_address_of_the_engine() {
    let mut rig = Rig::with_call(0).await;
    rig.service.ring(callback().as_str());
    let offered = rig.incoming.next().await.expect("it rings");
    offered.answer(Answer::new(&MediaConfig::service_hosted())).await.unwrap();
    let sent = rig.sent().pop().expect("an answer");
    assert_eq!((sent.name, &sent.body.expect("a body")["callbackUri"]), ("answer", &json!(callback().as_str())));
}
