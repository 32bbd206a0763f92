//! Judges create requests: their kind, the permissions that they need, and what the service would refuse.

use call_core::MediaKind;
use serde_json::Value;

use crate::create::kind::{Permissions, RequestKind};
use crate::create::media::Modality;
use crate::create::rules::{MOST_USERS, is_e164, is_https};
use crate::odata::{media_kind, short_name};

/// Outcome of judging a create request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Judgement {
    /// Kind of the request; `None` if it is none that the service accepts.
    pub kind: Option<RequestKind>,
    /// Where the media are hosted; `None` if the request does not say it.
    pub media: Option<MediaKind>,
    /// Permissions that the request needs.
    pub permissions: Permissions,
    /// Problems that the service would refuse, by path.
    pub problems: Vec<Problem>,
}

/// A problem that the service would refuse.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Problem {
    /// Place in the request, as a JSON Pointer (RFC 6901).
    pub path: String,
    /// Description of the problem.
    pub reason: String,
    /// Page of the reference that requires it.
    pub source: &'static str,
}

impl Problem {
    /// Returns a problem at a path in the request.
    #[must_use]
    pub const fn new(path: String, reason: String, source: &'static str) -> Self {
        Self { path, reason, source }
    }
}

const CREATE: &str = "Create call, v1.0 reference";
const NOTIFICATIONS: &str = "cloud communications: notifications";

/// Judges the body of a create request.
#[must_use]
pub fn judge(request: &Value) -> Judgement {
    let mut judge = Judge { request, problems: Vec::new() };
    if !request.is_object() {
        judge.find("", "expected an object", CREATE);
        return Judgement { problems: judge.problems, ..Judgement::default() };
    }
    let kind = judge.kind();
    judge.common();
    let media = judge.media();
    match kind {
        Some(RequestKind::ScheduledMeeting) => judge.scheduled_meeting(),
        Some(RequestKind::JoinMeetingId) => judge.join_meeting_id(),
        Some(RequestKind::PeerToPeer | RequestKind::Group | RequestKind::Pstn) => judge.targets(),
        None => {}
    }
    let mut problems = judge.problems;
    problems.sort();
    Judgement { kind, media, permissions: Permissions::of(kind, media), problems }
}

struct Judge<'r> {
    request: &'r Value,
    problems: Vec<Problem>,
}

impl<'r> Judge<'r> {
    fn find(&mut self, path: impl Into<String>, reason: impl Into<String>, source: &'static str) {
        self.problems.push(Problem { path: path.into(), reason: reason.into(), source });
    }

    /// Returns the value at a path. A null counts as missing.
    fn at(&self, path: &str) -> Option<&'r Value> {
        self.request.pointer(path).filter(|value| !value.is_null())
    }

    /// Returns the kind of the request. A request that joins a meeting has no targets.
    fn kind(&mut self) -> Option<RequestKind> {
        if let Some(info) = self.at("/meetingInfo") {
            if self.at("/targets").is_some_and(|targets| targets != &Value::Array(Vec::new())) {
                self.find(
                    "/targets",
                    "a request that joins a meeting must not call targets; remove `targets` or `meetingInfo`",
                    CREATE,
                );
            }
            return self.meeting_kind(info);
        }
        let targets = self.target_list();
        match targets {
            [] if self.at("/chatInfo").is_some() => {
                self.find(
                    "/meetingInfo",
                    "missing; a request with `chatInfo` needs the organizer or a token in `meetingInfo`",
                    CREATE,
                );
                return Some(RequestKind::ScheduledMeeting);
            }
            [] => {
                let reason = "the request has neither `targets` to call nor a meeting to join in `meetingInfo`";
                let path = if self.at("/targets").is_some() { "/targets" } else { "" };
                self.find(path, reason, CREATE);
                return None;
            }
            _ if self.at("/chatInfo").is_some() => {
                self.find("/chatInfo", "only allowed with `meetingInfo`: a new call has no chat yet", CREATE);
            }
            _ => {}
        }
        Some(match targets {
            [target] if is_phone(target) => RequestKind::Pstn,
            [_] => RequestKind::PeerToPeer,
            _ => RequestKind::Group,
        })
    }

    fn meeting_kind(&mut self, info: &Value) -> Option<RequestKind> {
        let has = |key: &str| info.get(key).is_some();
        let name = odata_type(info);
        match name.as_deref() {
            Some("organizermeetinginfo" | "tokenmeetinginfo") => Some(RequestKind::ScheduledMeeting),
            Some("joinmeetingidmeetinginfo") => Some(RequestKind::JoinMeetingId),
            None if has("joinMeetingId") => Some(RequestKind::JoinMeetingId),
            None if has("organizer") || has("token") => Some(RequestKind::ScheduledMeeting),
            _ => {
                let reason = "must be an organizerMeetingInfo, a tokenMeetingInfo or a joinMeetingIdMeetingInfo";
                self.find("/meetingInfo/@odata.type", reason, CREATE);
                None
            }
        }
    }

    /// Checks what every request needs.
    fn common(&mut self) {
        if odata_type(self.request).is_some_and(|name| name != "call") {
            self.find("/@odata.type", "must be #microsoft.graph.call", CREATE);
        }
        match self.at("/callbackUri").map(Value::as_str) {
            None => self.find(
                "/callbackUri",
                "missing; the service posts the notifications of the call to this address",
                CREATE,
            ),
            Some(Some(uri)) if is_https(uri) => {}
            Some(_) => self.find("/callbackUri", "must be an absolute https address", NOTIFICATIONS),
        }
        match self.at("/requestedModalities").map(Value::as_array) {
            None => self.find("/requestedModalities", "missing; for example [\"audio\"]", CREATE),
            Some(Some(modalities)) if !modalities.is_empty() => {
                for (index, modality) in modalities.iter().enumerate() {
                    let is_known = |known: Modality| {
                        modality.as_str().is_some_and(|word| word.eq_ignore_ascii_case(known.as_str()))
                    };
                    if !Modality::ALL.into_iter().any(is_known) {
                        let reason = "must be one of audio, video, videoBasedScreenSharing, data";
                        self.find(
                            format!("/requestedModalities/{index}"),
                            reason,
                            "call resource type, v1.0 reference",
                        );
                    }
                }
            }
            Some(_) => self.find("/requestedModalities", "must be a list with at least one element", CREATE),
        }
        if self
            .at("/direction")
            .is_some_and(|direction| !direction.as_str().is_some_and(|word| word.eq_ignore_ascii_case("outgoing")))
        {
            self.find("/direction", "must be outgoing: a created call is outgoing", CREATE);
        }
        if self.at("/clientContext").and_then(Value::as_str).is_some_and(|context| context.chars().count() > 256) {
            self.find(
                "/clientContext",
                "must have at most 256 characters",
                "commsOperation resource type, v1.0 reference",
            );
        }
    }

    fn media(&mut self) -> Option<MediaKind> {
        let Some(config) = self.at("/mediaConfig") else {
            self.find("/mediaConfig", "missing; expected serviceHostedMediaConfig or appHostedMediaConfig", CREATE);
            return None;
        };
        let kind = config.get("@odata.type").and_then(Value::as_str).and_then(media_kind);
        if kind.is_none() {
            let reason = "must be #microsoft.graph.serviceHostedMediaConfig or #microsoft.graph.appHostedMediaConfig";
            self.find("/mediaConfig/@odata.type", reason, CREATE);
        }
        let prefetched = self.at("/mediaConfig/preFetchMedia");
        if kind == Some(MediaKind::AppHosted) && prefetched.is_some() {
            let reason = "only allowed with serviceHostedMediaConfig: the application fetches its own media";
            self.find("/mediaConfig/preFetchMedia", reason, CREATE);
        }
        kind
    }

    fn targets(&mut self) {
        let targets = self.target_list();
        let phones = targets.iter().filter(|target| is_phone(target)).count();
        let users = targets.len() - phones;
        if users > MOST_USERS {
            self.find("/targets", format!("{users} users: a group call has at most {MOST_USERS}"), CREATE);
        }
        targets.iter().enumerate().for_each(|(index, target)| self.target(index, target));
        if phones > 0 && self.text("/source/identity/applicationInstance/id").is_none() {
            let reason = "missing; a phone can only be called as an application instance";
            self.find("/source/identity/applicationInstance", reason, CREATE);
        }
    }

    fn target_list(&self) -> &'r [Value] {
        self.at("/targets").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    fn target(&mut self, index: usize, target: &Value) {
        let set = format!("/targets/{index}/identity");
        if is_phone(target) {
            let id = format!("{set}/phone/id");
            if !self.text(&id).is_some_and(is_e164) {
                self.find(id, "must be an E.164 number such as +14255550100", CREATE);
            }
            return;
        }
        let identities = self.at(&set).and_then(Value::as_object).into_iter().flatten();
        let mut identities = identities.filter(|(key, value)| !key.starts_with('@') && !value.is_null());
        let Some((kind, _)) = identities.next() else {
            self.find(set, "missing; expected a `user` or a `phone` to call", CREATE);
            return;
        };
        let id = format!("{set}/{}/id", kind.replace('~', "~0").replace('/', "~1"));
        self.need(&id, "the id of the callee");
    }

    fn scheduled_meeting(&mut self) {
        self.need("/chatInfo/threadId", "the thread of the meeting's chat");
        self.need("/chatInfo/messageId", "the message in the meeting's chat, or \"0\" if there is none");
        self.need("/tenantId", "the tenant of the meeting");
        match self.at("/meetingInfo") {
            None => {}
            Some(info) if info.get("token").is_some() || odata_type(info).as_deref() == Some("tokenmeetinginfo") => {
                self.need("/meetingInfo/token", "the token of the meeting");
            }
            Some(_) => self.need("/meetingInfo/organizer/user/id", "the organizer of the meeting"),
        }
    }

    fn join_meeting_id(&mut self) {
        self.need("/meetingInfo/joinMeetingId", "the id of the meeting");
        if self.at("/meetingInfo/passcode").is_some() && self.text("/meetingInfo/passcode").is_none() {
            self.find("/meetingInfo/passcode", "must be the passcode, or null if the meeting has none", CREATE);
        }
    }

    /// Returns a text that is not empty.
    fn text(&self, path: &str) -> Option<&'r str> {
        self.at(path).and_then(Value::as_str).filter(|text| !text.trim().is_empty())
    }

    fn need(&mut self, path: &str, what: &str) {
        if self.text(path).is_none() {
            let problem = if self.at(path).is_some() { "empty, or not a text" } else { "missing" };
            self.find(path, format!("{problem}; expected {what}"), CREATE);
        }
    }
}

fn is_phone(target: &Value) -> bool {
    target.pointer("/identity/phone").is_some_and(|phone| !phone.is_null())
}

/// Returns the name of a type without `#` and namespace, in lower case.
fn odata_type(value: &Value) -> Option<String> {
    Some(short_name(value.get("@odata.type")?.as_str()?).to_ascii_lowercase())
}
