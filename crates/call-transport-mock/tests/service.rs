//! What the simulated service sends, refuses and does.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::time::Duration;

use call_core::{CallState, Timestamp};
use call_msgraph::{
    Account, Answer, CallOperation as _, CallbackUri, CreateCall, MediaConfig, PlayPrompt, Prompt, Redirect, Reject,
    RejectReason, Request, ServiceError, SubscribeToTone, Transfer,
};
use call_transport::Response;
use call_transport_mock::{Notification, Output, Service, ServiceInput, ServiceSettings, Story, sample_requests};
use serde_json::{Value, json};

/// A service, and a clock that advances with its events.
struct Scene {
    service: Service,
    now: Timestamp,
    notifications: Vec<Notification>,
}

impl Scene {
    fn new(settings: ServiceSettings) -> Self {
        Self { service: Service::new(settings), now: Timestamp::from_millis(0), notifications: Vec::new() }
    }

    fn of(story: Story) -> Self {
        let mut scene = Self::new(ServiceSettings::default());
        scene.service.set_next_story(story);
        scene
    }

    fn send(&mut self, request: &Request) -> Response {
        self.send_raw(request, request.body().map(Cow::into_owned))
    }

    fn send_raw(&mut self, request: &Request, body: Option<Value>) -> Response {
        let input = ServiceInput::Request { id: 7, method: request.spec().method, path: request.path(), body };
        self.service.handle(input, self.now);
        self.hear().expect("every request is answered")
    }

    fn hear(&mut self) -> Option<Response> {
        let mut answer = None;
        while let Some(output) = self.service.poll_output() {
            match output {
                Output::Response { id: 7, response } => answer = Some(response),
                Output::Notification(notification) => self.notifications.push(notification),
                Output::Response { .. } | _ => panic!("nothing else was asked"),
            }
        }
        answer
    }

    /// Runs everything that is due within a time.
    fn pass(&mut self, time: Duration) {
        let until = self.now.saturating_add(time);
        while let Some(at) = self.service.next_deadline().filter(|at| *at <= until) {
            self.service.handle(ServiceInput::DeadlineReached, at);
            self.hear();
        }
        self.now = until;
    }

    fn ring(&mut self) -> call_core::CallId {
        let callback = "https://bot.contoso.com/callback".to_owned();
        self.service.handle(ServiceInput::Incoming { callback }, self.now);
        self.hear();
        self.service.truths().last().expect("it rings").call.clone()
    }

    /// Returns the notifications, such as `updated established`, or with the path if there is no state.
    fn changes(&self) -> Vec<String> {
        let text = |notification: &Notification| {
            let value = &notification.value;
            let part =
                value["resourceUrl"].as_str().unwrap_or_default().split('/').skip(4).collect::<Vec<_>>().join("/");
            let state = value["resourceData"]["state"].as_str().unwrap_or(&part);
            format!("{} {state}", value["changeType"].as_str().unwrap_or_default()).trim_end().to_owned()
        };
        self.notifications.iter().map(text).collect()
    }

    fn states(&self) -> Vec<CallState> {
        self.service.truths().next().expect("there is a call").steps.iter().map(|step| step.state).collect()
    }
}

fn callback() -> CallbackUri {
    CallbackUri::new("https://bot.contoso.com/callback").expect("an https address")
}

fn samples() -> Vec<CreateCall> {
    let samples = sample_requests(&callback()).expect("every part is a constant");
    samples.into_iter().map(|(_, request)| request).collect()
}

fn create() -> Request {
    Request::Create(samples().swap_remove(0))
}

fn body(response: &Response) -> Value {
    serde_json::from_slice(&response.body).expect("a body of JSON")
}

const HOUR: Duration = Duration::from_secs(3_600);

#[test]
fn each_kind_is_created_and_notified() {
    for request in samples() {
        let mut scene = Scene::of(Story::Endless);
        let response = scene.send(&Request::Create(request));
        let body = body(&response);
        let id = body["id"].as_str().expect("an id");
        let location = format!("/communications/calls/{id}");
        assert_eq!((response.status, response.location), (201, Some(location)));
        assert_eq!((&body["state"], &body["direction"]), (&json!("establishing"), &json!("outgoing")));
        scene.pass(Duration::from_secs(60));
        let changes = scene.changes();
        assert_eq!(changes.first().map(String::as_str), Some("updated establishing"));
        assert_eq!(changes.last().map(String::as_str), Some("updated established"));
        assert!(scene.notifications.iter().all(|notification| notification.callback == callback().as_str()));
    }
}

#[test]
fn each_story_takes_its_course() {
    use CallState::*;
    for (story, expected, codes) in [
        (Story::Answered, vec![Establishing, Ringing, Established, Terminated], (0, 0)),
        (
            Story::HeldAndResumed,
            vec![Establishing, Ringing, Established, Hold, Established, Hold, Established, Terminated],
            (0, 0),
        ),
        (Story::Busy, vec![Establishing, Ringing, Terminated], (486, 560_486)),
        (Story::Declined, vec![Establishing, Ringing, Terminated], (603, 0)),
        (Story::NoAnswer, vec![Establishing, Ringing, Terminated], (487, 10_004)),
        (Story::Endless, vec![Establishing, Ringing, Established, Terminated], (408, 8_537)),
    ] {
        let mut scene = Scene::of(story);
        scene.send(&create());
        scene.pass(HOUR);
        assert_eq!(scene.states(), expected, "{story:?}");
        let result = scene.service.truths().next().and_then(|truth| truth.result.clone()).expect("a result");
        assert_eq!((result.code, result.subcode), (Some(codes.0), Some(codes.1)), "{story:?}");
        assert_eq!(scene.changes().last().map(String::as_str), Some("deleted terminated"));
    }
}

#[test]
fn a_meeting_reports_roster_and_sharing() {
    let mut scene = Scene::of(Story::Meeting);
    scene.send(&Request::Create(samples().swap_remove(4)));
    scene.pass(HOUR);
    let changes = scene.changes();
    let sharing: Vec<_> = changes.iter().filter(|change| change.ends_with("contentsharingsessions")).collect();
    assert_eq!(
        sharing,
        ["created contentsharingsessions", "updated contentsharingsessions", "deleted contentsharingsessions"]
    );
    assert!(changes.iter().filter(|change| *change == "updated participants").count() >= 3, "{changes:?}");
}

#[test]
fn a_participant_keeps_its_number_until_it_changes() {
    let mut scene = Scene::of(Story::Meeting);
    scene.send(&create());
    scene.pass(Duration::from_secs(600));
    let lists = scene.notifications.iter().filter_map(|notification| notification.value["resourceData"].as_array());
    let numbers = |list: &Vec<Value>| {
        let number = |one: &Value| one["rosterSequenceNumber"].as_i64().expect("every participant has a number");
        list.iter().filter(|one| one.get("rosterSequenceNumber").is_some()).map(number).collect::<Vec<_>>()
    };
    let rosters: Vec<Vec<i64>> = lists.map(numbers).filter(|numbers| !numbers.is_empty()).collect();
    // Everybody joined in an update of their own. When the last one leaves, the largest number becomes smaller.
    let joined = rosters.len() - 1;
    for (place, roster) in rosters[..joined].iter().enumerate() {
        assert_eq!(*roster, (1..=place as i64 + 1).collect::<Vec<_>>());
    }
    assert_eq!(rosters[joined], (1..joined as i64).collect::<Vec<_>>());
}

#[test]
fn a_transfer_ends_as_its_story_says() {
    use CallState::*;
    let whom = || Transfer::to(Account::new("550fae72-d251-43ec-868c-373732c2704f").expect("an id"));
    for (story, end) in [
        (Story::Transferred, vec![Transferring, TransferAccepted, Terminated]),
        (Story::TransferFails, vec![Transferring, Established, Terminated]),
    ] {
        let mut scene = Scene::of(story);
        let id = call_msgraph::internal::created_call(&scene.send(&create()).body, None).expect("an id");
        let early = scene.send(&whom().on(id.clone()).into());
        assert_eq!(early.status, 400, "it is not connected");
        scene.pass(Duration::from_secs(20));
        assert_eq!(scene.send(&whom().on(id).into()).status, 202);
        scene.pass(HOUR);
        assert_eq!(scene.states()[3..], end);
        let failed = scene
            .notifications
            .iter()
            .any(|notification| notification.value["resourceData"]["resultInfo"]["code"] == 500);
        assert_eq!(failed, story == Story::TransferFails);
    }
}

#[test]
fn forbidden_requests_create_nothing() {
    let mut six = samples().swap_remove(2).to_json();
    let target = six["targets"][0].clone();
    six["targets"] = vec![target; 6].into();
    let mut no_instance = samples().swap_remove(8).to_json();
    no_instance["source"] = Value::Null;
    let mut plain = create().body().expect("a body").into_owned();
    plain["callbackUri"] = "http://bot.contoso.com".into();
    for (request, words) in
        [(six, "at most 5"), (no_instance, "application instance"), (plain, "https"), (json!(7), "object")]
    {
        let mut scene = Scene::new(ServiceSettings::default());
        let response = scene.send_raw(&create(), Some(request));
        assert_eq!(response.status, 400);
        assert!(String::from_utf8_lossy(&response.body).contains(words), "{words}");
        assert!(scene.service.truths().next().is_none() && scene.notifications.is_empty());
    }
}

#[test]
fn a_missing_permission_is_named() {
    let given = |names: &[&str]| Some(names.iter().map(ToString::to_string).collect::<BTreeSet<_>>());
    for (kind, permissions, missing) in [
        (0, given(&[]), Some("Calls.Initiate.All")),
        (0, given(&["Calls.Initiate.All"]), None),
        (1, given(&["Calls.Initiate.All"]), Some("Calls.AccessMedia.All")),
        (2, given(&["Calls.Initiate.All"]), Some("Calls.InitiateGroupCall.All")),
        (6, given(&["Calls.JoinGroupCallAsGuest.All"]), None),
    ] {
        let mut scene = Scene::new(ServiceSettings { permissions, ..ServiceSettings::default() });
        let response = scene.send(&Request::Create(samples().swap_remove(kind)));
        assert_eq!(response.status, if missing.is_some() { 403 } else { 201 });
        if let Some(missing) = missing {
            assert_eq!(ServiceError::read(&response.body).code.as_deref(), Some("7504"));
            assert!(String::from_utf8_lossy(&response.body).contains(missing), "{missing}");
        }
    }
}

#[test]
fn an_incoming_call_can_be_decided_once() {
    use CallState::*;
    let whom = Account::new("112f7296-5fa4-42ca-bae8-6a692b15d4b8").expect("an id");
    for (made, expected, last) in [
        (None, vec![Incoming, Terminated], "deleted terminated"),
        (Some(0), vec![Incoming, Terminating, Terminated], "deleted"),
        (Some(1), vec![Incoming, Redirecting, Terminated], "deleted terminated"),
        (Some(2), vec![Incoming, Establishing, Established, Terminated], "deleted terminated"),
    ] {
        let mut scene = Scene::of(Story::Answered);
        let call = scene.ring();
        let request = made.map(|made| match made {
            0 => Request::from(Reject::new(RejectReason::Busy).on(call.clone())),
            1 => Redirect::to(whom.clone()).on(call.clone()).into(),
            _ => Answer::new(&MediaConfig::service_hosted()).with_callback(&callback()).on(call.clone()).into(),
        });
        if let Some(request) = request {
            assert_eq!(scene.send(&request).status, 202);
            assert_eq!(scene.send(&request).status, 409, "only once");
        }
        scene.pass(HOUR);
        assert_eq!(scene.states(), expected);
        assert_eq!(scene.changes().last().map(String::as_str), Some(last));
        assert!(scene.notifications.iter().all(|notification| notification.value["resourceData"].is_null()
            || notification.value["resourceData"]["direction"] == "incoming"
            || notification.value["resourceData"].is_array()));
    }
}

#[test]
fn a_prompt_lasts_and_then_disappears() {
    let mut scene = Scene::of(Story::Endless);
    let id = call_msgraph::internal::created_call(&scene.send(&create()).body, None).expect("an id");
    let prompt = PlayPrompt::new(Prompt::new("https://cdn.contoso.com/beep.wav")).on(id.clone()).into();
    scene.pass(Duration::from_secs(20));
    assert_eq!(body(&scene.send(&prompt))["status"], "running");
    let subscribe = SubscribeToTone::new().on(id.clone()).into();
    assert_eq!(body(&scene.send(&subscribe))["status"], "completed");
    scene.pass(Duration::from_secs(60));
    assert!(scene.changes().contains(&"deleted operations/operation-1".to_owned()), "{:?}", scene.changes());
    assert_eq!(scene.send(&Request::hang_up(id.clone())).status, 204);
    assert_eq!(scene.send(&Request::hang_up(id.clone())).status, 204, "it is being taken down");
    scene.pass(Duration::from_secs(60));
    for request in [Request::hang_up(id.clone()), Request::get(id.clone()), Request::keep_alive(id)] {
        let response = scene.send(&request);
        assert_eq!((response.status, ServiceError::read(&response.body).code.as_deref()), (404, Some("8522")));
    }
}

#[test]
fn a_keep_alive_lasts_45_minutes() {
    let mut scene = Scene::of(Story::Endless);
    let id = call_msgraph::internal::created_call(&scene.send(&create()).body, None).expect("an id");
    for _ in 0..8 {
        scene.pass(Duration::from_secs(44 * 60));
        assert_eq!(scene.send(&Request::keep_alive(id.clone())).status, 200);
    }
    scene.pass(Duration::from_secs(46 * 60));
    assert_eq!(scene.states().last(), Some(&CallState::Terminated));
}

#[test]
fn unsupported_requests_are_refused() {
    let mut scene = Scene::new(ServiceSettings::default());
    let get = |path: &str| ServiceInput::Request {
        id: 7,
        method: call_msgraph::Method::Get,
        path: path.to_owned(),
        body: None,
    };
    for (path, status) in [("/users", 404), ("/communications/calls", 405), ("/communications/calls/x", 404)] {
        scene.service.handle(get(path), scene.now);
        assert_eq!(scene.hear().expect("an answer").status, status, "{path}");
    }
}
