//! The simulated calling service.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use call_core::{CallId, CallState, Direction, Timestamp};
use call_msgraph::internal::is_local_http;
use call_msgraph::{Method, Permissions, judge};
use call_transport::Response;
use fastrand::Rng;
use serde_json::{Value, json};

use crate::service::bodies;
use crate::service::call::{Draft, SimulatedCall, operation_id};
use crate::service::commands::{answer, hang_up, redirect, reject, transfer};
use crate::service::story;
use crate::service::story::{Happening, Story};
use crate::service::truth::{Report, Truth};

/// A simulated calling service. A seed decides everything. It reads no clock and does no I/O.
///
/// ```
/// use call_core::{CallState, Timestamp};
/// use call_msgraph::Method;
/// use call_transport_mock::{Output, Service, ServiceInput, ServiceSettings};
///
/// let mut service = Service::new(ServiceSettings { seed: 7, ..ServiceSettings::default() });
/// let now = Timestamp::from_millis(0);
/// let body = serde_json::json!({
///     "callbackUri": "https://bot.contoso.com/callback", "requestedModalities": ["audio"],
///     "mediaConfig": {"@odata.type": "#microsoft.graph.serviceHostedMediaConfig"},
///     "targets": [{"identity": {"user": {"id": "112f7296-5fa4-42ca-bae8-6a692b15d4b8"}}}],
/// });
/// let path = "/communications/calls".to_owned();
/// service.handle(ServiceInput::Request { id: 1, method: Method::Post, path, body: Some(body) }, now);
/// let Some(Output::Response { id: 1, response }) = service.poll_output() else { panic!() };
/// assert_eq!(response.status, 201);
/// assert!(matches!(service.poll_output(), Some(Output::Notification(_)))); // it is establishing
///
/// while let Some(at) = service.next_deadline() {
///     service.handle(ServiceInput::DeadlineReached, at);
/// }
/// let truth = service.truths().next().unwrap();
/// assert_eq!(truth.steps.first().unwrap().state, CallState::Establishing);
/// assert!(truth.has_ended());
/// ```
pub struct Service {
    settings: ServiceSettings,
    rng: Rng,
    calls: BTreeMap<CallId, SimulatedCall>,
    deadlines: BTreeSet<(Timestamp, CallId)>,
    /// Stories of the next calls.
    stories: VecDeque<Story>,
    outputs: VecDeque<Output>,
    messages: u64,
    operations: u64,
}

/// Settings of the service.
#[derive(Debug, Clone)]
pub struct ServiceSettings {
    /// Seed of all random choices.
    pub seed: u64,
    /// Permissions of the application; `None` grants all.
    pub permissions: Option<BTreeSet<String>>,
    /// Speed, as a multiple of real time, at least 1.
    pub speed: u32,
    /// Whether the service also posts to http addresses of its own machine. The real service requires https.
    pub calls_back_locally: bool,
}

/// An input of the service.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum ServiceInput {
    /// A request of the bot.
    Request {
        /// Id that the response repeats.
        id: u64,
        /// Method.
        method: Method,
        /// Path after the version of the API.
        path: String,
        /// Body.
        body: Option<Value>,
    },
    /// An incoming call to the bot.
    Incoming {
        /// Address of the webhook of the bot.
        callback: String,
    },
    /// A deadline was reached. An early, late or repeated input is harmless.
    DeadlineReached,
}

/// An output of the service.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Output {
    /// A response.
    Response {
        /// The request.
        id: u64,
        /// The response.
        response: Response,
    },
    /// A notification.
    Notification(Notification),
}

/// A notification, before the network carries it.
#[derive(Debug, Clone)]
pub struct Notification {
    /// Address of the post.
    pub callback: String,
    /// Id of the message.
    pub message_id: String,
    /// One element of `value`.
    pub value: Value,
    /// Content, for comparisons.
    pub report: Report,
}

impl Default for ServiceSettings {
    fn default() -> Self {
        Self { seed: 0, permissions: None, speed: 1, calls_back_locally: false }
    }
}

/// Time within which an incoming call must be answered ("call: answer", v1.0 reference).
const TO_ANSWER: Duration = Duration::from_secs(15);

impl Service {
    /// Returns a service without calls.
    #[must_use]
    pub fn new(settings: ServiceSettings) -> Self {
        Self {
            rng: Rng::with_seed(settings.seed),
            settings: ServiceSettings { speed: settings.speed.max(1), ..settings },
            calls: BTreeMap::new(),
            deadlines: BTreeSet::new(),
            stories: VecDeque::new(),
            outputs: VecDeque::new(),
            messages: 0,
            operations: 0,
        }
    }

    /// Sets the story of the next call.
    pub fn set_next_story(&mut self, story: Story) {
        self.stories.push_back(story);
    }

    /// Processes an input.
    pub fn handle(&mut self, input: ServiceInput, now: Timestamp) {
        self.advance(now);
        match input {
            ServiceInput::Request { id, method, path, body } => {
                let before = self.outputs.len();
                let response = self.respond(method, &path, body.as_ref(), now);
                // The notifications that a request causes come after its response. The network may reorder them.
                self.outputs.insert(before, Output::Response { id, response });
            }
            ServiceInput::Incoming { callback } => self.ring(callback, now),
            ServiceInput::DeadlineReached => {}
        }
    }

    /// Returns the next output; `None` when all outputs are drained.
    #[must_use]
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// Returns when to call [`handle`](Self::handle) with [`ServiceInput::DeadlineReached`], unless another input comes first.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    /// Returns the truth of all calls, in order of id.
    pub fn truths(&self) -> impl Iterator<Item = &Truth> {
        self.calls.values().map(|call| &call.truth)
    }

    /// Returns the truth of a call.
    #[must_use]
    pub fn truth(&self, call: &CallId) -> Option<&Truth> {
        self.calls.get(call).map(|call| &call.truth)
    }

    /// Returns the story of a call.
    #[must_use]
    pub fn story(&self, call: &CallId) -> Option<Story> {
        self.calls.get(call).map(|call| call.story)
    }

    fn advance(&mut self, now: Timestamp) {
        while let Some((at, id)) = self.deadlines.first().cloned().filter(|(at, _)| *at <= now) {
            let drafts = self.calls.get_mut(&id).and_then(|call| call.advance(now)).unwrap_or_default();
            self.deadlines.remove(&(at, id.clone()));
            self.put_deadline(&id);
            self.post(drafts);
        }
    }

    /// Changes a call, and updates its deadline.
    fn with(&mut self, id: &CallId, act: impl FnOnce(&mut SimulatedCall, &mut Rng) -> Vec<Draft>) {
        let Some(call) = self.calls.get_mut(id) else { return };
        if let Some(at) = call.deadline() {
            self.deadlines.remove(&(at, id.clone()));
        }
        let drafts = act(call, &mut self.rng);
        self.put_deadline(id);
        self.post(drafts);
    }

    fn put_deadline(&mut self, id: &CallId) {
        if let Some(at) = self.calls.get(id).and_then(SimulatedCall::deadline) {
            self.deadlines.insert((at, id.clone()));
        }
    }

    fn post(&mut self, drafts: Vec<Draft>) {
        for Draft { callback, value, report } in drafts {
            self.messages += 1;
            let message_id = format!("message-{}", self.messages);
            self.outputs.push_back(Output::Notification(Notification { callback, message_id, value, report }));
        }
    }

    fn new_id(&mut self) -> String {
        CallId::from(format!("{:032x}", self.rng.u128(..)).as_str()).to_string()
    }

    fn ring(&mut self, callback: String, now: Timestamp) {
        let id = self.new_id();
        let resource = json!({ "callbackUri": callback });
        let mut call = SimulatedCall::new(&id, Direction::Incoming, resource, now, self.settings.speed);
        call.story = self.stories.pop_front().unwrap_or_else(|| Story::of_incoming(&mut self.rng));
        call.plan(vec![(TO_ANSWER, Happening::End(story::NOT_ANSWERED))], now);
        let draft = call.draft("created");
        let id = call.truth.call.clone();
        self.calls.insert(id.clone(), call);
        self.put_deadline(&id);
        self.post(vec![draft]);
    }

    fn respond(&mut self, method: Method, path: &str, body: Option<&Value>, now: Timestamp) -> Response {
        let Some(rest) = path.strip_prefix("/communications/calls") else {
            return self.refuse(404, "ResourceNotFound", "There is no such resource.");
        };
        let (id, operation) =
            rest.trim_start_matches('/').split_once('/').unwrap_or((rest.trim_start_matches('/'), ""));
        if id.is_empty() {
            return match method {
                Method::Post => self.create(body.unwrap_or(&Value::Null), now),
                Method::Get | Method::Delete | _ => {
                    self.refuse(405, "MethodNotAllowed", "Only POST is allowed for this path.")
                }
            };
        }
        let id = CallId::from(id);
        let Some(call) = self.calls.get_mut(&id).filter(|call| !call.truth.has_ended()) else {
            return self.refuse(404, "8522", "Call not found.");
        };
        let state = call.truth.state();
        match (method, operation) {
            (Method::Get, "") => ok(200, Some(&call.resource())),
            (Method::Get, "participants") => ok(200, Some(&json!({ "value": call.participants() }))),
            (Method::Delete, "") => {
                if state != CallState::Terminating {
                    self.with(&id, |call, rng| hang_up(call, rng, now));
                }
                ok(204, None)
            }
            (Method::Post, "keepAlive") => {
                self.with(&id, |call, _| {
                    call.keep_alive(now);
                    Vec::new()
                });
                ok(200, None)
            }
            (Method::Post, "answer" | "reject" | "redirect") if state != CallState::Incoming => {
                self.refuse(409, "Conflict", "The call is not incoming any more.")
            }
            (Method::Post, "answer") => {
                let callback = body.and_then(|body| body.get("callbackUri")?.as_str()).map(str::to_owned);
                self.with(&id, |call, rng| answer(call, rng, callback, now));
                ok(202, None)
            }
            (Method::Post, "reject") => {
                self.with(&id, |call, rng| reject(call, rng, now));
                ok(202, None)
            }
            (Method::Post, "redirect") => {
                self.with(&id, |call, rng| redirect(call, rng, now));
                ok(202, None)
            }
            (Method::Post, "transfer") if !matches!(state, CallState::Established | CallState::Hold) => {
                self.refuse(409, "Conflict", "Only a connected call can be transferred.")
            }
            (Method::Post, "transfer") => {
                self.with(&id, |call, rng| transfer(call, rng, now));
                ok(202, None)
            }
            (Method::Post, name) => self.operate(&id, name, now),
            (Method::Get | Method::Delete | _, _) => self.refuse(404, "ResourceNotFound", "There is no such resource."),
        }
    }

    fn create(&mut self, body: &Value, now: Timestamp) -> Response {
        let judgement = judge(body);
        let is_excused = self.settings.calls_back_locally
            && body.get("callbackUri").and_then(Value::as_str).is_some_and(is_local_http);
        let mut problems = judgement.problems.iter().filter(|problem| !(is_excused && problem.path == "/callbackUri"));
        if let Some(problem) = problems.next() {
            return self.refuse(400, "BadRequest", &format!("{}: {}", problem.path, problem.reason));
        }
        if let Some(missing) = self.missing(&judgement.permissions) {
            return self.refuse(403, "7504", &format!("Insufficient permissions: {missing} is needed."));
        }
        let Some(kind) = judgement.kind else { return self.refuse(400, "BadRequest", "The request names no target.") };
        let id = self.new_id();
        let story = self.stories.pop_front().unwrap_or_else(|| Story::of_created(kind, &mut self.rng));
        let mut call = SimulatedCall::new(&id, Direction::Outgoing, body.clone(), now, self.settings.speed);
        (call.story, call.kind) = (story, Some(kind));
        call.plan(story.plan(Some(kind), &mut self.rng), now);
        let draft = call.draft("updated");
        let mut response = ok(201, Some(&call.resource()));
        response.location = Some(format!("/communications/calls/{id}"));
        let id = call.truth.call.clone();
        self.calls.insert(id.clone(), call);
        self.put_deadline(&id);
        self.post(vec![draft]);
        response
    }

    /// Returns a missing permission.
    fn missing(&self, needed: &Permissions) -> Option<&'static str> {
        let given = self.settings.permissions.as_ref()?;
        let is_missing = |name: &&&'static str| !given.contains(**name);
        let none_of = !needed.any_of.is_empty() && needed.any_of.iter().all(|name| is_missing(&name));
        let missing = if none_of { needed.any_of.first() } else { needed.all_of.iter().find(is_missing) };
        missing.copied()
    }

    /// Starts an operation. A prompt takes some time. Any other operation completes at once.
    fn operate(&mut self, id: &CallId, name: &str, now: Timestamp) -> Response {
        self.operations += 1;
        let number = self.operations;
        let is_prompt = name == "playPrompt";
        if is_prompt {
            self.with(id, |call, rng| {
                call.also(Duration::from_millis(rng.u64(1_000..4_000)), Happening::PromptPlayed(number), now);
                Vec::new()
            });
        }
        let (kind, status) =
            if is_prompt { ("playPromptOperation", "running") } else { ("commsOperation", "completed") };
        let kind = format!("#microsoft.graph.{kind}");
        ok(200, Some(&json!({ "@odata.type": kind, "id": operation_id(number), "status": status })))
    }

    fn refuse(&mut self, status: u16, code: &str, message: &str) -> Response {
        self.operations += 1;
        Response::new(status).with_body(bodies::error(code, message, self.operations))
    }
}

fn ok(status: u16, body: Option<&Value>) -> Response {
    Response::new(status).with_body(body.map(bodies::to_bytes).unwrap_or_default())
}
