//! The simulated calling service.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use call_core::{CallId, Direction, Phase, Timestamp};
use call_msgraph::internal::is_local_http;
use call_msgraph::{ApiOperation, KnownCall, Method, Permissions, judge};
use call_transport::Response;
use fastrand::Rng;
use serde_json::{Value, json};

use crate::service::bodies;
use crate::service::call::{Draft, SimulatedCall};
use crate::service::callbacks::Callbacks;
use crate::service::commands::replace;
use crate::service::operating::{Asked, carry_out, ok};
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
    /// Whether the seed draws the stories of calls. Otherwise each call is answered, and continues until the bot hangs up.
    pub draws: bool,
    /// To which addresses the service posts. The real one requires https.
    pub callbacks: Callbacks,
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
        Self { seed: 0, permissions: None, speed: 1, draws: true, callbacks: Callbacks::Https }
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

    /// Returns the operations of a call as resources of the API, in the order of their requests.
    #[must_use]
    pub fn operations(&self, call: &CallId) -> Vec<Value> {
        self.calls.get(call).map(|call| call.operations.all().collect()).unwrap_or_default()
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
        let caller = json!({ "user": { "id": format!("{:032x}", 7), "displayName": "Caller" } });
        let bot = json!({ "application": { "id": "bot", "displayName": "Bot" } });
        let resource = json!({
            "callbackUri": callback,
            "source": { "@odata.type": "#microsoft.graph.participantInfo", "identity": caller },
            "targets": [{ "@odata.type": "#microsoft.graph.invitationParticipantInfo", "identity": bot }],
        });
        let mut call = SimulatedCall::new(&id, Direction::Incoming, resource, now, self.settings.speed);
        let draws = self.settings.draws;
        let drawn = |rng: &mut Rng| if draws { Story::of_incoming(rng) } else { Story::UNDRAWN };
        call.story = self.stories.pop_front().unwrap_or_else(|| drawn(&mut self.rng));
        call.plan(vec![(TO_ANSWER, Happening::End(story::NOT_ANSWERED))], now);
        let draft = call.draft("created");
        let id = call.truth.call.clone();
        self.calls.insert(id.clone(), call);
        self.put_deadline(&id);
        self.post(vec![draft]);
    }

    fn respond(&mut self, method: Method, path: &str, body: Option<&Value>, now: Timestamp) -> Response {
        let path = path.split('?').next().unwrap_or_default();
        let decoded: Vec<_> = path.split('/').filter(|segment| !segment.is_empty()).map(decoded).collect();
        let segments: Vec<_> = decoded.iter().map(String::as_str).collect();
        let [feature, calls, segments @ ..] = segments.as_slice() else { return self.no_resource() };
        // The second one is deprecated, and some pages still list it.
        let is_known = ["communications", "app"].iter().any(|known| known.eq_ignore_ascii_case(feature));
        if !is_known || !calls.eq_ignore_ascii_case("calls") {
            return self.no_resource();
        }
        if segments.is_empty() {
            return match method {
                Method::Post => self.create(body.unwrap_or(&Value::Null), now),
                Method::Get | Method::Patch | Method::Delete | _ => self.no_method(),
            };
        }
        let Some((operation, ids)) = ApiOperation::at(method, segments) else {
            let others = [Method::Get, Method::Post, Method::Patch, Method::Delete];
            let is_known = others.into_iter().any(|method| ApiOperation::at(method, segments).is_some());
            return if is_known { self.no_method() } else { self.no_resource() };
        };
        let id = ids.first().map(|id| CallId::from(*id));
        let known = id.as_ref().and_then(|id| self.calls.get(id)).filter(|call| !call.truth.has_ended());
        if id.is_some() && known.is_none() {
            return self.refuse(404, "8522", "Call not found.");
        }
        let known = known.map(SimulatedCall::known).unwrap_or_default();
        if let Some((status, code, message)) = self.judged(operation, body, &known) {
            return self.refuse(status, code, &message);
        }
        let Some(id) = id else { return ok(200, None) };
        self.operations += 1;
        let part = ids.get(1).copied().unwrap_or_default();
        let asked = Asked { operation, part, body: body.unwrap_or(&Value::Null), number: self.operations, now };
        let mut outcome = Err((404, "8522", "Call not found."));
        self.with(&id, |call, rng| match carry_out(call, rng, &asked) {
            Ok((response, drafts)) => {
                outcome = Ok(response);
                drafts
            }
            Err(refusal) => {
                outcome = Err(refusal);
                Vec::new()
            }
        });
        if operation == ApiOperation::Invite && outcome.is_ok() {
            // Only the first participant counts ("participant: invite", v1.0 reference).
            let replaced = body.and_then(|body| body["participants"][0]["replacesCallId"].as_str()).map(CallId::from);
            if let Some(replaced) = replaced {
                self.with(&replaced, |call, _| replace(call, now));
            }
        }
        outcome.unwrap_or_else(|(status, code, message)| self.refuse(status, code, message))
    }

    /// Returns the refusal of an operation that the judge does not accept.
    fn judged(
        &self,
        operation: ApiOperation,
        body: Option<&Value>,
        call: &KnownCall,
    ) -> Option<(u16, &'static str, String)> {
        let spec = operation.spec();
        let callback = body.and_then(|body| body.get("callbackUri")?.as_str());
        let is_excused = self.settings.callbacks.excuse(callback);
        let problems = operation.check_body(body);
        if let Some(problem) = problems.iter().find(|problem| !(is_excused && problem.path == "/callbackUri")) {
            return Some((400, "8523", format!("{}: {}", problem.path, problem.reason)));
        }
        if !is_excused && callback.is_some_and(is_local_http) {
            return Some((400, "8523", "/callbackUri: must be an absolute https address".to_owned()));
        }
        if let Some(missing) = self.missing(&spec.permissions).filter(|_| !spec.is_checked_at_creation) {
            return Some((403, "7504", format!("Insufficient permissions: {missing} is needed.")));
        }
        let problem = operation.check_call(body, call).into_iter().next()?;
        let is_established = call.state.is_some_and(|state| state.phase() == Phase::Connected);
        Some(match () {
            () if spec.needs.incoming => (409, "Conflict", problem.reason),
            () if !is_established => (400, "8501", problem.reason),
            () => (400, "8500", problem.reason),
        })
    }

    fn no_resource(&mut self) -> Response {
        self.refuse(404, "ResourceNotFound", "There is no such resource.")
    }

    fn no_method(&mut self) -> Response {
        self.refuse(405, "MethodNotAllowed", "The resource has no such method.")
    }

    fn create(&mut self, body: &Value, now: Timestamp) -> Response {
        let judgement = judge(body);
        let is_excused = self.settings.callbacks.excuse(body.get("callbackUri").and_then(Value::as_str));
        let mut problems = judgement.problems.iter().filter(|problem| !(is_excused && problem.path == "/callbackUri"));
        if let Some(problem) = problems.next() {
            return self.refuse(400, "BadRequest", &format!("{}: {}", problem.path, problem.reason));
        }
        if let Some(missing) = self.missing(&judgement.permissions) {
            return self.refuse(403, "7504", &format!("Insufficient permissions: {missing} is needed."));
        }
        let Some(kind) = judgement.kind else { return self.refuse(400, "BadRequest", "The request names no target.") };
        let id = self.new_id();
        let drawn = |rng: &mut Rng| if self.settings.draws { Story::of_created(kind, rng) } else { Story::UNDRAWN };
        let story = self.stories.pop_front().unwrap_or_else(|| drawn(&mut self.rng));
        let mut call = SimulatedCall::new(&id, Direction::Outgoing, body.clone(), now, self.settings.speed);
        (call.story, call.kind) = (story, Some(kind));
        let mut plan = story.plan(Some(kind), &mut self.rng);
        if !self.settings.draws && call.known().is_group == Some(true) {
            // The bot and the others are on the roster once the call is established.
            plan.extend([(Duration::from_millis(300), Happening::Join); 2]);
        }
        call.plan(plan, now);
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
        needed.missing(|name| given.contains(name)).first().copied()
    }

    fn refuse(&mut self, status: u16, code: &str, message: &str) -> Response {
        self.operations += 1;
        Response::new(status).with_body(bodies::error(code, message, self.operations))
    }
}

/// Decodes a segment of a path.
fn decoded(segment: &str) -> String {
    percent_encoding::percent_decode_str(segment).decode_utf8_lossy().into_owned()
}
