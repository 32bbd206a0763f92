//! What each operation does in the simulated service.

use std::borrow::Cow;
use std::time::Duration;

use call_core::{CallId, Timestamp};
use call_msgraph::{
    Account, AddLargeGalleryView, ApiOperation, CallOperation, CallbackUri, CancelMediaProcessing,
    CreateAudioRoutingGroup, Invitation, Invite, Method, Mute, MuteParticipant, OperationRequest, PlayPrompt, Prompt,
    RecordResponse, RecordingStatus, Request, RoutingMode, ServiceError, StartHoldMusic, StopHoldMusic,
    SubscribeToTone, Transfer, UpdateAudioRoutingGroup, UpdateRecordingStatus,
};
use call_transport::Response;
use call_transport_mock::{Output, Service, ServiceInput, ServiceSettings, sample_requests};
use serde_json::{Value, json};

/// An established call, and what the service has posted about it since.
struct Scene {
    service: Service,
    now: Timestamp,
    call: CallId,
    posts: Vec<Value>,
}

impl Scene {
    /// Creates one of the sample calls, and waits until it is established.
    fn of(sample: usize) -> Self {
        let service = Service::new(ServiceSettings { draws: false, ..ServiceSettings::default() });
        let mut scene = Self { service, now: Timestamp::from_millis(0), call: "none".into(), posts: Vec::new() };
        let callback = CallbackUri::new("https://bot.contoso.com/callback").expect("https");
        let (_, create) = sample_requests(&callback).expect("samples").swap_remove(sample);
        let response = scene.send(&Request::Create(create));
        scene.call = CallId::from(json_of(&response)["id"].as_str().expect("an id"));
        scene.pass(20);
        assert_eq!(json_of(&scene.send(&Request::get(scene.call.clone())))["state"], "established");
        scene.posts.clear();
        scene
    }

    /// Returns a meeting with the bot and one other.
    fn meeting() -> Self {
        Self::of(4)
    }

    fn send(&mut self, request: &Request) -> Response {
        let body = request.body().map(Cow::into_owned);
        self.ask(request.spec().method, &request.path(), body)
    }

    fn ask(&mut self, method: Method, path: &str, body: Option<Value>) -> Response {
        self.service.handle(ServiceInput::Request { id: 1, method, path: path.to_owned(), body }, self.now);
        self.collect().expect("a response")
    }

    fn does(&mut self, operation: impl CallOperation) -> Response {
        let request = operation.on(self.call.clone()).into();
        self.send(&request)
    }

    fn about(&mut self, operation: ApiOperation, part: Option<&str>) -> Response {
        self.send(&OperationRequest::new(operation, Some(self.call.clone()), part, None).into())
    }

    fn collect(&mut self) -> Option<Response> {
        let mut response = None;
        while let Some(output) = self.service.poll_output() {
            match output {
                Output::Response { response: one, .. } => response = Some(one),
                Output::Notification(notification) => self.posts.push(notification.value),
                other => panic!("{other:?}"),
            }
        }
        response
    }

    fn pass(&mut self, seconds: u64) {
        let until = self.now.saturating_add(Duration::from_secs(seconds));
        while let Some(at) = self.service.next_deadline().filter(|at| *at <= until) {
            self.service.handle(ServiceInput::DeadlineReached, at);
            self.collect();
        }
        self.now = until;
    }

    /// Returns the ends of operations, as `KIND STATUS CONTEXT`.
    fn ended(&self) -> Vec<String> {
        let ended = self.posts.iter().filter(|post| post["changeType"] == "deleted");
        let word = |data: &Value, key: &str| data[key].as_str().unwrap_or("-").to_owned();
        ended
            .map(|post| &post["resourceData"])
            .map(|data| {
                let kind = word(data, "@odata.type").replace("#microsoft.graph.", "").replace("Operation", "");
                format!("{kind} {} {}", word(data, "status"), word(data, "clientContext"))
            })
            .collect()
    }

    /// Returns the participants: `ID`, with `muted` and `onHold`.
    fn people(&mut self) -> Vec<String> {
        let list = json_of(&self.about(ApiOperation::ListParticipants, None));
        let one = |person: &Value| {
            let is = |key: &str| if person[key] == true { format!(" {key}") } else { String::new() };
            format!("{}{}{}", person["id"].as_str().unwrap_or_default(), is("isMuted"), is("isOnHold"))
        };
        list["value"].as_array().expect("a list").iter().map(one).collect()
    }
}

fn json_of(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap_or_default()
}

fn code(response: &Response) -> (u16, String) {
    (response.status, ServiceError::read(&response.body).code.unwrap_or_default().to_string())
}

fn beep() -> Prompt {
    Prompt::new("https://cdn.contoso.com/beep.wav")
}

#[test]
fn prompts_queue_and_end_in_order() {
    let mut scene = Scene::of(0);
    for context in ["a", "b"] {
        let started = scene.does(PlayPrompt::new(beep()).and(beep()).with_client_context(context));
        let body = json_of(&started);
        assert_eq!(
            (started.status, &body["status"], &body["clientContext"]),
            (200, &json!("running"), &json!(context))
        );
        let location = started.location.expect("a location");
        assert!(location.ends_with(&format!("/operations/{}", body["id"].as_str().unwrap())), "{location}");
        let got = scene.ask(Method::Get, &location, None);
        assert_eq!(json_of(&got)["status"], "running");
    }
    scene.pass(1);
    assert_eq!(scene.ended(), [""; 0]);
    scene.pass(30);
    assert_eq!(scene.ended(), ["playPrompt completed a", "playPrompt completed b"]);
}

#[test]
fn cancelled_media_ends_as_failed() {
    let mut scene = Scene::of(0);
    scene.does(PlayPrompt::new(beep()).with_client_context("a"));
    scene.does(RecordResponse::new().with_client_context("b"));
    let cancelled = scene.does(CancelMediaProcessing::new().with_client_context("c"));
    assert_eq!(json_of(&cancelled)["status"], "completed");
    scene.pass(60);
    assert_eq!(scene.ended(), ["playPrompt failed a", "record failed b"]);
    let data = &scene.posts[0]["resourceData"];
    assert_eq!((&data["resultInfo"]["code"], &data["resultInfo"]["subcode"]), (&json!(400), &json!(8508)));
    assert_eq!(data["completionReason"], "operationCanceled");
}

#[test]
fn a_recording_that_barges_in_cancels_prompts() {
    let mut scene = Scene::of(0);
    scene.does(PlayPrompt::new(beep()).with_client_context("a"));
    scene.does(RecordResponse::new().barging_in().with_client_context("b"));
    scene.pass(60);
    assert_eq!(scene.ended(), ["playPrompt failed a", "record completed b"]);
    let data = &scene.posts[1]["resourceData"];
    assert!(data["recordingLocation"].is_string() && data["recordingAccessToken"].is_string(), "{data}");
}

#[test]
fn tones_follow_a_subscription_with_their_numbers() {
    let mut scene = Scene::of(0);
    scene.pass(60);
    assert_eq!(scene.posts.len(), 0, "an undrawn call continues, and there are no tones without a subscription");
    assert_eq!(json_of(&scene.does(SubscribeToTone::new()))["status"], "completed");
    scene.pass(60);
    let tones: Vec<_> = scene.posts.iter().map(|post| &post["resourceData"]["toneInfo"]).collect();
    assert_eq!(tones.iter().map(|tone| tone["sequenceId"].as_i64()).collect::<Vec<_>>(), [Some(1), Some(2), Some(3)]);
    assert_eq!(scene.posts[0]["resourceData"]["state"], "established");
}

#[test]
fn participants_are_invited_muted_held_and_removed() {
    let mut scene = Scene::meeting();
    assert_eq!(scene.people(), ["participant-0", "participant-1 isMuted"]);
    scene.does(Mute::new());
    assert_eq!(
        scene.posts.last().expect("a roster")["resourceUrl"],
        format!("/communications/calls/{}/participants", scene.call)
    );
    scene.does(Invite::new(Account::new("278405a3-f568-4b3e-b684-009193463064").unwrap()).with_client_context("i"));
    scene.pass(5);
    assert_eq!(scene.ended(), ["inviteParticipants completed i"]);
    scene.does(MuteParticipant::new("participant-2"));
    scene.does(StartHoldMusic::new("participant-1"));
    assert_eq!(scene.people(), ["participant-0 isMuted", "participant-1 isMuted isOnHold", "participant-2 isMuted"]);
    assert_eq!(code(&scene.does(StartHoldMusic::new("participant-2"))), (409, "Conflict".into()), "one at a time");
    scene.does(StopHoldMusic::new("participant-1"));
    let before = scene.posts.len();
    assert_eq!(scene.about(ApiOperation::DeleteParticipant, Some("participant-2")).status, 204);
    assert_eq!(scene.posts.len(), before, "no notification follows a removal");
    assert_eq!(scene.people(), ["participant-0 isMuted", "participant-1 isMuted"]);
    for (operation, part) in
        [(ApiOperation::GetParticipant, "participant-2"), (ApiOperation::DeleteParticipant, "no-one")]
    {
        assert_eq!(code(&scene.about(operation, Some(part))), (404, "8522".into()));
    }
    let changed: Vec<_> = scene
        .posts
        .iter()
        .filter_map(|post| post["resourceData"].as_array()?.last()?["rosterSequenceNumber"].as_u64())
        .collect();
    assert!(changed.is_sorted() && !changed.is_empty(), "{changed:?}");
}

#[test]
fn a_recording_status_is_shown_on_the_roster() {
    let mut scene = Scene::meeting();
    scene.does(UpdateRecordingStatus::to(RecordingStatus::Recording));
    let roster = &scene.posts.last().expect("a roster")["resourceData"];
    assert_eq!(roster[0]["recordingInfo"]["recordingStatus"], "recording");
}

#[test]
fn a_recording_ends_at_limit_or_silence() {
    let mut scene = Scene::of(0);
    let longest = |seconds| RecordResponse::new().with_max_duration(Duration::from_secs(seconds));
    scene.does(longest(2));
    scene.does(longest(60).with_max_silence(Duration::from_secs(2)));
    scene.pass(60);
    let codes: Vec<_> = scene.posts.iter().map(|post| &post["resourceData"]["resultInfo"]["subcode"]).collect();
    assert_eq!(codes, [8515, 0]);
}

#[test]
fn a_consultative_transfer_ends_with_a_reason() {
    let mut scene = Scene::of(0);
    let target = Account::new("550fae72-d251-43ec-868c-373732c2704f").unwrap();
    scene.does(Transfer::to(Invitation::from(target).replacing(&"c2".into())));
    scene.pass(60);
    let end = &scene.posts.last().expect("the end")["resourceData"];
    assert_eq!((&end["terminationReason"], &end["resultInfo"]), (&json!("AppTransferred"), &Value::Null));
}

#[test]
fn an_invitation_drops_the_call_that_it_replaces() {
    let mut scene = Scene::meeting();
    let callback = CallbackUri::new("https://bot.contoso.com/callback").unwrap();
    let (_, create) = sample_requests(&callback).unwrap().swap_remove(0);
    let other = CallId::from(json_of(&scene.send(&Request::Create(create)))["id"].as_str().unwrap());
    scene.pass(20);
    let guest = Account::new("278405a3-f568-4b3e-b684-009193463064").unwrap();
    scene.does(Invite::new(Invitation::from(guest).replacing(&other)));
    scene.pass(5);
    assert_eq!(code(&scene.send(&Request::get(other))), (404, "8522".into()));
    assert_eq!(scene.people().len(), 3);
}

#[test]
fn groups_are_kept_and_large_gallery_completes() {
    let mut scene = Scene::meeting();
    let made = json_of(&scene.does(CreateAudioRoutingGroup::one_to_one("participant-0", "participant-1")));
    let id = made["id"].as_str().expect("the service chose an id").to_owned();
    scene.does(UpdateAudioRoutingGroup::new(&id, RoutingMode::Multicast, "participant-0", &["participant-1", "p"]));
    let listed = json_of(&scene.about(ApiOperation::ListAudioRoutingGroups, None));
    assert_eq!(listed["value"][0]["receivers"], json!(["participant-1", "p"]));
    assert_eq!(scene.about(ApiOperation::DeleteAudioRoutingGroup, Some(&id)).status, 204);
    assert_eq!(code(&scene.about(ApiOperation::GetAudioRoutingGroup, Some(&id))), (404, "8522".into()));
    assert_eq!(scene.does(AddLargeGalleryView::new().with_client_context("v")).status, 202);
    scene.pass(5);
    assert_eq!(scene.ended(), ["addLargeGalleryView completed v"]);
    assert_eq!(json_of(&scene.about(ApiOperation::ListContentSharingSessions, None))["value"], json!([]));
}

#[test]
fn client_and_service_have_one_judge() {
    let mut scene = Scene::of(0);
    let call = scene.call.clone();
    let path = |operation: &str| format!("/communications/calls/{call}/{operation}");
    let refused = scene.ask(Method::Post, &path("playPrompt"), Some(json!({ "prompts": [] })));
    assert_eq!(code(&refused), (400, "8523".into()));
    let message = ServiceError::read(&refused.body).message.expect("a message");
    assert_eq!(message.expose(), "/prompts: has 0 elements; expected a list with 1 to 20 elements");
    assert_eq!(code(&scene.does(Mute::new())), (400, "8500".into()), "not in a call between two");
    let mut app_hosted = Scene::of(1);
    assert_eq!(code(&app_hosted.does(PlayPrompt::new(beep()))), (400, "8500".into()));
}

#[test]
fn names_are_read_as_clients_write_them() {
    let mut scene = Scene::of(0);
    let call = scene.call.clone();
    let path = |operation: &str| format!("/communications/calls/{call}/{operation}");
    for name in
        ["subscribeToTone", "SUBSCRIBETOTONE", "microsoft.graph.subscribeToTone", "Microsoft.Graph.SubscribeToTone"]
    {
        assert_eq!(scene.ask(Method::Post, &path(name), Some(json!({}))).status, 200, "{name}");
    }
    for prefix in ["/Communications/Calls", "/app/calls"] {
        assert_eq!(scene.ask(Method::Get, &format!("{prefix}/{call}"), None).status, 200, "{prefix}");
    }
    for (method, path, expected) in [
        (Method::Post, path("playPromt"), (404, "ResourceNotFound")),
        (Method::Get, path("playPrompt"), (405, "MethodNotAllowed")),
        (Method::Delete, "/communications/calls".to_owned(), (405, "MethodNotAllowed")),
        (Method::Post, path("a/b/c"), (404, "ResourceNotFound")),
        (Method::Get, "/users".to_owned(), (404, "ResourceNotFound")),
        (Method::Post, "/communications/calls/no-such-call/mute".to_owned(), (404, "8522")),
    ] {
        let response = scene.ask(method, &path, None);
        assert_eq!(code(&response), (expected.0, expected.1.into()), "{path}");
        assert!(ServiceError::read(&response.body).request_id.is_some());
    }
}

#[test]
fn every_operation_of_the_table_is_carried_out() {
    for operation in ApiOperation::ALL {
        let spec = operation.spec();
        let is_group = spec.needs.group || *operation == ApiOperation::GetParticipant;
        let mut scene = Scene::of(if spec.needs.app_hosted {
            5
        } else if is_group {
            4
        } else {
            0
        });
        if spec.needs.incoming || spec.ids().any(|id| matches!(id, "operation" | "session" | "group")) {
            continue; // tested above, and with incoming calls
        }
        let body = spec.example.map(|example| serde_json::from_str(example).expect("JSON"));
        let part = spec.ids().any(|id| id == "participant").then_some("participant-1");
        let call = spec.ids().any(|id| id == "call").then(|| scene.call.clone());
        let response = scene.send(&OperationRequest::new(*operation, call, part, body).into());
        assert!((200..300).contains(&response.status), "{}: {:?}", spec.name, code(&response));
    }
}
