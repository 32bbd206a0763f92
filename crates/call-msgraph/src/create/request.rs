//! A request that creates a call.

use serde_json::{Map, Value, json};

use crate::create::judge::{Judgement, Problem, judge};
use crate::create::media::{MediaConfig, Modality};
use crate::create::meeting::Meeting;
use crate::create::party::{Account, PhoneNumber, source, target};
use crate::create::rules::{InvalidPart, MOST_USERS, is_http, is_https, is_local_http, not_empty};
use crate::operation::check::unknown_members;
use crate::operation::resources::CREATE_CALL;
use crate::token::Token;

/// Address to which the service posts the notifications of a call. It is https, except on this machine.
///
/// `Debug` hides it, because it may contain a token.
#[derive(Clone, PartialEq, Eq)]
pub struct CallbackUri(String);

/// A request that creates a call. Each constructor makes one kind of call.
///
/// ```
/// use call_msgraph::{Account, CallbackUri, CreateCall, MediaConfig, RequestKind, judge};
///
/// let callback = CallbackUri::new("https://bot.contoso.com/callback")?;
/// let john = Account::new("112f7296-5fa4-42ca-bae8-6a692b15d4b8")?.with_display_name("John");
/// let request = CreateCall::to_user(callback, &john, &MediaConfig::service_hosted());
///
/// let judgement = judge(&request.to_json());
/// assert_eq!(judgement.kind, Some(RequestKind::PeerToPeer));
/// assert_eq!(judgement.permissions.any_of, ["Calls.Initiate.All"]);
/// assert!(judgement.problems.is_empty());
/// # Ok::<(), call_msgraph::InvalidPart>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct CreateCall {
    body: Map<String, Value>,
}

impl CallbackUri {
    /// Reads an https address.
    ///
    /// # Errors
    /// [`InvalidPart::NotHttps`]
    pub fn new(uri: &str) -> Result<Self, InvalidPart> {
        if is_https(uri) { Ok(Self(uri.to_owned())) } else { Err(InvalidPart::NotHttps) }
    }

    /// Reads an http address of this machine, for a simulated service.
    ///
    /// # Errors
    /// [`InvalidPart::NotLocal`]
    pub fn on_this_machine(uri: &str) -> Result<Self, InvalidPart> {
        if is_local_http(uri) { Ok(Self(uri.to_owned())) } else { Err(InvalidPart::NotLocal) }
    }

    /// Reads an https or http address of any machine, for a simulated service in a network that is trusted. The real service
    /// requires https.
    ///
    /// # Errors
    /// [`InvalidPart::NotHttps`] if it is neither.
    pub fn plain(uri: &str) -> Result<Self, InvalidPart> {
        if is_https(uri) || is_http(uri) { Ok(Self(uri.to_owned())) } else { Err(InvalidPart::NotHttps) }
    }

    /// Returns the address one segment below, with the token of a call as the segment.
    #[must_use]
    pub fn with_token(&self, token: &Token) -> Self {
        let (path, query) = self.0.split_once('?').map_or((self.0.as_str(), None), |(path, query)| (path, Some(query)));
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        Self(format!("{}/{}{query}", path.trim_end_matches('/'), token.expose()))
    }

    /// Returns the address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl CreateCall {
    /// Calls a user.
    #[must_use]
    pub fn to_user(callback: CallbackUri, user: &Account, media: &MediaConfig) -> Self {
        Self::new(callback, media, json!({ "targets": [target("user", user.identity())] }))
    }

    /// Calls two to five users at once.
    ///
    /// # Errors
    /// [`InvalidPart::GroupSize`]
    pub fn to_group(callback: CallbackUri, users: &[Account], media: &MediaConfig) -> Result<Self, InvalidPart> {
        if !(2..=MOST_USERS).contains(&users.len()) {
            return Err(InvalidPart::GroupSize(users.len()));
        }
        let targets: Value = users.iter().map(|user| target("user", user.identity())).collect();
        Ok(Self::new(callback, media, json!({ "targets": targets })))
    }

    /// Joins a meeting.
    #[must_use]
    pub fn to_meeting(callback: CallbackUri, meeting: &Meeting, media: &MediaConfig) -> Self {
        Self::new(callback, media, meeting.to_json().clone())
    }

    /// Calls a phone as an application instance that belongs to the bot's application.
    #[must_use]
    pub fn to_phone(callback: CallbackUri, instance: &Account, phone: &PhoneNumber, media: &MediaConfig) -> Self {
        let target = target("phone", phone.identity());
        let source = source("applicationInstance", instance);
        Self::new(callback, media, json!({ "source": source, "targets": [target] }))
    }

    fn new(CallbackUri(callback): CallbackUri, media: &MediaConfig, parts: Value) -> Self {
        let common = json!({
            "@odata.type": "#microsoft.graph.call", "callbackUri": callback, "requestedModalities": ["audio"],
            "mediaConfig": media.json(),
        });
        let objects = [common, parts]
            .into_iter()
            .filter_map(|part| if let Value::Object(part) = part { Some(part) } else { None });
        Self { body: objects.flatten().collect() }
    }

    /// Reads the body of a create request, and replaces its callback address.
    ///
    /// # Errors
    /// The problems that the service would refuse, and members that a call does not have: most of them are misspelt.
    pub fn from_json(body: Value, callback: &CallbackUri) -> Result<Self, Vec<Problem>> {
        let Value::Object(body) = body else { return Err(judge(&body).problems) };
        // An address of this machine is valid only for tests, so the judge sees a valid one instead.
        let judged = Self { body }.with("callbackUri", "https://callback.invalid".into());
        let whole = Value::Object(judged.body.clone());
        let Judgement { mut problems, .. } = judge(&whole);
        problems.extend(unknown_members(&CREATE_CALL, &whole, "Create call, v1.0 reference"));
        if problems.is_empty() { Ok(judged.with_callback(callback)) } else { Err(problems) }
    }

    /// Sets the callback address.
    #[must_use]
    pub fn with_callback(self, callback: &CallbackUri) -> Self {
        self.with("callbackUri", callback.as_str().into())
    }

    /// Sets the modalities. Default: audio.
    #[must_use]
    pub fn with_modalities(self, first: Modality, others: &[Modality]) -> Self {
        let words = std::iter::once(&first).chain(others).map(|modality| modality.as_str());
        let words: Value = words.collect();
        self.with("requestedModalities", words)
    }

    /// Sets the subject of the call.
    #[must_use]
    pub fn with_subject(self, subject: &str) -> Self {
        self.with("subject", subject.into())
    }

    /// Sets the application that calls. Has no effect on a call to a phone, which has an application instance as its source.
    #[must_use]
    pub fn with_source(mut self, application: &Account) -> Self {
        self.body.entry("source").or_insert_with(|| source("application", application));
        self
    }

    /// Sets the tenant.
    ///
    /// # Errors
    /// [`InvalidPart::Empty`]
    pub fn with_tenant_id(self, tenant_id: &str) -> Result<Self, InvalidPart> {
        Ok(self.with("tenantId", not_empty(tenant_id, "the tenant id")?.into()))
    }

    /// Subscribes to notifications of content sharing.
    #[must_use]
    pub fn with_content_sharing_notifications(self) -> Self {
        let options = json!({
            "@odata.type": "#microsoft.graph.outgoingCallOptions", "isContentSharingNotificationEnabled": true,
        });
        self.with("callOptions", options)
    }

    fn with(mut self, key: &str, value: Value) -> Self {
        self.body.insert(key.to_owned(), value);
        self
    }

    /// Returns the body of the request. It contains names, numbers and passcodes.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Value::Object(self.body.clone())
    }
}

impl std::fmt::Debug for CreateCall {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.body.keys()).finish()
    }
}

impl std::fmt::Debug for CallbackUri {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CallbackUri(***)")
    }
}
