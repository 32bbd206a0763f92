//! The intent to start an operation whose outcome is awaited.

use std::time::Duration;

use call_core::{Awaited, CallId, Identity, Redacted, RequestedOperation, Timestamp};
use serde_json::Value;

use crate::operation::request::OperationRequest;
use crate::operation::spec::ReplyKind;
use crate::operation::table::ApiOperation;
use crate::request::spec::Method;

/// An operation that is about to be requested, and whose outcome is awaited.
///
/// ```
/// use call_core::{Awaited, Timestamp};
/// use call_msgraph::{CallOperation, PlayPrompt, Prompt};
/// use std::time::Duration;
///
/// let prompt = Prompt::new("https://cdn.contoso.com/beep.wav").lasting(Duration::from_secs(2));
/// let play = PlayPrompt::new(prompt).with_client_context("greeting").on("c1".into());
/// let intended = play.intended(|| None).expect("its outcome is awaited");
/// assert_eq!(intended.patience, Some(Duration::from_secs(12)));
/// assert_eq!(intended.requested(Timestamp::from_millis(0)).awaits, Awaited::Completion);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct IntendedOperation {
    /// The call.
    pub call: CallId,
    /// Name of the operation in the API.
    pub kind: Box<str>,
    /// The `clientContext` of the request, or a text that identifies a request that has none.
    pub client_context: Box<str>,
    /// The parties that are invited.
    pub invited: Box<[Identity]>,
    /// Time by which the outcome should be known, if the request says how long the operation takes.
    pub patience: Option<Duration>,
}

/// Time after the end of an operation of a known length within which its notification should be received.
const NOTIFIED_WITHIN: Duration = Duration::from_secs(10);
/// Default of the times of a recording ("call: record", v1.0 reference).
const DEFAULT_SECONDS: u64 = 5;

impl IntendedOperation {
    /// Returns an intent without invited parties and without a patience of its own.
    #[must_use]
    pub fn new(call: CallId, kind: &str, client_context: &str) -> Self {
        let (kind, client_context) = (kind.into(), client_context.into());
        Self { call, kind, client_context, invited: Box::default(), patience: None }
    }

    /// Returns the operation as the core tracks it. `at` is when the request is made.
    #[must_use]
    pub fn requested(&self, at: Timestamp) -> RequestedOperation {
        let awaits = match ApiOperation::from_name(&self.kind) {
            Some(ApiOperation::Transfer) => Awaited::Transfer,
            Some(ApiOperation::HangUp) => Awaited::End,
            Some(ApiOperation::Invite) => Awaited::Participants(self.invited.clone()),
            _ => Awaited::Completion,
        };
        let mut requested = RequestedOperation::new(&self.kind, &self.client_context, awaits, at);
        requested.patience = self.patience;
        requested
    }
}

impl OperationRequest {
    /// Returns the intent to start the operation; `None` if there is no outcome to wait for.
    ///
    /// `context` makes a text that identifies a request that has no client context.
    #[must_use]
    pub fn intended(&self, context: impl FnOnce() -> Option<String>) -> Option<IntendedOperation> {
        let operation = self.operation()?;
        let spec = operation.spec();
        let starts = spec.reply == ReplyKind::Operation && spec.method != Method::Get;
        if !starts && !matches!(operation, ApiOperation::Transfer | ApiOperation::HangUp) {
            return None;
        }
        let known = self.client_context().map(str::to_owned);
        let mut intended = IntendedOperation::new(self.call()?.clone(), spec.name, &known.or_else(context)?);
        intended.patience = self.length().map(|length| length.saturating_add(NOTIFIED_WITHIN));
        if let (ApiOperation::Invite, Some(body)) = (operation, self.body()) {
            intended.invited = invited(body).collect();
        }
        Some(intended)
    }

    /// Returns how long the operation takes, if the request says it.
    fn length(&self) -> Option<Duration> {
        if self.operation() != Some(ApiOperation::RecordResponse) {
            return self.known_length();
        }
        let seconds = |key: &str| self.body()?.get(key)?.as_u64();
        let longest = ["initialSilenceTimeoutInSeconds", "maxRecordDurationInSeconds"];
        let longest = longest.map(|key| Duration::from_secs(seconds(key).unwrap_or(DEFAULT_SECONDS)));
        Some(longest.into_iter().chain(self.known_length()).fold(Duration::ZERO, Duration::saturating_add))
    }
}

fn invited(body: &Value) -> impl Iterator<Item = Identity> {
    body.get("participants").and_then(Value::as_array).into_iter().flatten().filter_map(|participant| {
        let set = participant.get("identity")?.as_object()?;
        let (kind, id) = set.iter().find_map(|(kind, identity)| Some((kind, identity.get("id")?.as_str()?)))?;
        let mut identity = Identity::new(kind);
        identity.id = Some(Redacted::new(id));
        Some(identity)
    })
}
