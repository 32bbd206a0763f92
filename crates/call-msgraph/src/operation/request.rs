//! A request to carry out an operation.

use std::time::Duration;

use call_core::{CallId, Command};
use serde_json::{Map, Value, json};

use crate::create::judge::Problem;
use crate::create::request::CallbackUri;
use crate::delivery::DeliveryKind;
use crate::odata::short_name;
use crate::operation::check::check_id;
use crate::operation::spec::ReplyKind;
use crate::operation::table::ApiOperation;
use crate::request::operation_path::OperationPath;
use crate::request::spec::{Method, RequestSpec};
use crate::segment::encoded;

/// A request to carry out an operation. The typed bodies make one ([`CallOperation::on`]).
///
/// `Debug` hides the body.
///
/// ```
/// use call_msgraph::{ApiOperation, OperationRequest};
/// let body = serde_json::json!({ "clientContext": "7" });
/// let mute = OperationRequest::new(ApiOperation::MuteParticipant, Some("c1".into()), Some("p1"), Some(body));
/// assert_eq!(mute.path(), "/communications/calls/c1/participants/p1/mute");
/// assert!(mute.check().is_empty());
/// let hostile = OperationRequest::new(ApiOperation::GetParticipant, Some("c1".into()), Some("../../users"), None);
/// assert_eq!(hostile.path(), "/communications/calls/c1/participants/..%2F..%2Fusers");
/// assert!(hostile.check()[0].reason.starts_with("the id of the participant is invalid"));
/// ```
#[derive(Clone, PartialEq)]
pub struct OperationRequest {
    call: Option<CallId>,
    what: What,
    body: Option<Value>,
    /// How long the operation takes, if the host knows it.
    length: Option<Duration>,
    /// Query that leads to a later page of a list.
    query: Option<String>,
}

#[derive(Clone, PartialEq)]
enum What {
    /// An operation of the table, with the second id in its path.
    Known(ApiOperation, Option<String>),
    /// An operation that the table does not have.
    Raw(OperationPath),
}

/// A typed body of an operation, with the id in the path of the operation if it has one beside the call's.
pub trait CallOperation {
    /// Returns the request to carry out the operation on a call.
    fn on(self, call: CallId) -> OperationRequest;
}

impl OperationRequest {
    /// Returns a request. `part` is the id of the participant, operation, session or group in the path.
    #[must_use]
    pub fn new(operation: ApiOperation, call: Option<CallId>, part: Option<&str>, body: Option<Value>) -> Self {
        Self { call, what: What::Known(operation, part.map(str::to_owned)), body, length: None, query: None }
    }

    /// Returns a POST of an operation that the table does not have: one that the service added later, or that only old or beta pages
    /// describe. Nothing is checked.
    #[must_use]
    pub const fn raw(call: CallId, path: OperationPath, body: Value) -> Self {
        Self { call: Some(call), what: What::Raw(path), body: Some(body), length: None, query: None }
    }

    /// Returns the operation; `None` for a raw one.
    #[must_use]
    pub const fn operation(&self) -> Option<ApiOperation> {
        match self.what {
            What::Known(operation, _) => Some(operation),
            What::Raw(_) => None,
        }
    }

    /// Returns the call; `None` if the operation is not about one.
    #[must_use]
    pub const fn call(&self) -> Option<&CallId> {
        self.call.as_ref()
    }

    /// Returns the body; `None` if the request has none. It may contain names and numbers.
    #[must_use]
    pub const fn body(&self) -> Option<&Value> {
        self.body.as_ref()
    }

    /// Returns the path after the version of the API, with the query if it has one. Ids are percent-encoded.
    #[must_use]
    pub fn path(&self) -> String {
        let mut path = "/communications/calls".to_owned();
        let call = self.call.as_ref().map(CallId::spelling);
        let call = call.as_deref();
        match &self.what {
            What::Known(operation, part) => {
                for segment in operation.spec().path.split('/') {
                    match segment {
                        "{call}" => push(&mut path, call),
                        _ if segment.starts_with('{') => push(&mut path, part.as_deref()),
                        _ => path.extend(["/", segment]),
                    }
                }
            }
            What::Raw(raw) => {
                push(&mut path, call);
                path.extend(["/", raw.as_str()]);
            }
        }
        if let Some(query) = &self.query {
            path.extend(["?", query]);
        }
        path
    }

    /// Returns the request for the next page of a list; `None` if the link leads to anything else.
    ///
    /// Only the query of the link counts, so that a request never leaves the list.
    #[must_use]
    pub fn next_page(&self, link: &str) -> Option<Self> {
        let (path, query) = link.split_once('?')?;
        let own = Self { query: None, ..self.clone() }.path();
        let end = |path: &str| path.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        let is_query = query.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#');
        let is_new = self.query.as_deref() != Some(query);
        (is_query && is_new && end(path) == end(&own)).then(|| Self { query: Some(query.to_owned()), ..self.clone() })
    }

    /// Returns what the service would refuse, as far as the request shows it.
    #[must_use]
    pub fn check(&self) -> Vec<Problem> {
        let What::Known(operation, part) = &self.what else { return Vec::new() };
        let mut problems = operation.check_body(self.body.as_ref());
        let name = operation.spec().ids().find(|id| *id != "call");
        let id = name.and_then(|name| check_id(name, part.as_deref().unwrap_or_default(), operation.spec().source));
        problems.extend(id);
        problems
    }

    /// Sets the `callbackUri`, if the operation has one and the host set none.
    #[must_use]
    pub fn with_default_callback(mut self, callback: &CallbackUri) -> Self {
        let has_one = self.operation().is_some_and(|operation| operation.spec().has_member("callbackUri"));
        if let (true, Some(Value::Object(members))) = (has_one, &mut self.body)
            && members.get("callbackUri").is_none_or(Value::is_null)
        {
            members.insert("callbackUri".to_owned(), callback.as_str().into());
        }
        self
    }

    /// Sets how long the operation takes, such as the length of all prompts. The engine then knows when its completion is overdue.
    #[must_use]
    pub const fn lasting(mut self, length: Duration) -> Self {
        self.length = Some(length);
        self
    }

    pub(super) const fn known_length(&self) -> Option<Duration> {
        self.length
    }

    /// Returns the `clientContext`, if the body has one.
    #[must_use]
    pub fn client_context(&self) -> Option<&str> {
        self.body.as_ref()?.get("clientContext")?.as_str()
    }

    /// Sets the `clientContext`, if the operation has one and the host set none.
    #[must_use]
    pub fn with_default_client_context(mut self, context: impl FnOnce() -> Option<String>) -> Self {
        if !self.operation().is_some_and(|operation| operation.spec().has_member("clientContext")) {
            return self;
        }
        if let Value::Object(members) = self.body.get_or_insert_with(|| json!({}))
            && members.get("clientContext").is_none_or(Value::is_null)
            && let Some(context) = context()
        {
            members.insert("clientContext".to_owned(), context.into());
        }
        self
    }

    pub(crate) fn spec(&self) -> RequestSpec<'_> {
        let call = self.call.as_ref();
        match &self.what {
            What::Known(operation, _) => {
                let spec = operation.spec();
                let reply = match spec.reply {
                    ReplyKind::Call | ReplyKind::Participant | ReplyKind::Participants => DeliveryKind::Snapshot,
                    ReplyKind::Operation if spec.method == Method::Get => DeliveryKind::Snapshot,
                    // The core knows no groups. And an empty list of sessions must not be read as an empty roster.
                    ReplyKind::Nothing
                    | ReplyKind::Operation
                    | ReplyKind::ContentSharingSession
                    | ReplyKind::ContentSharingSessions
                    | ReplyKind::AudioRoutingGroup
                    | ReplyKind::AudioRoutingGroups => DeliveryKind::Accepted(spec.command()),
                };
                let is_idempotent = spec.is_repeatable;
                RequestSpec {
                    name: spec.name,
                    method: spec.method,
                    call,
                    reply,
                    is_idempotent,
                    is_about_the_call: spec.is_about_the_call(),
                }
            }
            What::Raw(path) => RequestSpec {
                name: "raw",
                method: Method::Post,
                call,
                reply: DeliveryKind::Accepted(Command::from_word(short_name(path.as_str()))),
                is_idempotent: false,
                is_about_the_call: false,
            },
        }
    }
}

fn push(path: &mut String, id: Option<&str>) {
    path.push('/');
    match id.and_then(encoded) {
        Some(segment) => path.extend(segment),
        None => path.push_str(NO_ID),
    }
}

/// Segment for an id that cannot be a segment. Nothing has this id.
const NO_ID: &str = "-";

impl std::fmt::Debug for OperationRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let members = self.body.as_ref().and_then(Value::as_object).map(Map::len);
        f.debug_struct("OperationRequest").field("path", &self.path()).field("members", &members).finish()
    }
}
