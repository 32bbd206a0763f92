//! The judge of operations: what the service would refuse, with the place and the source of each limit.

use call_core::{CallState, MediaKind};
use serde_json::{Map, Value};
use url::Url;

use crate::create::judge::Problem;
use crate::create::rules::{is_e164, is_https, is_local_http};
use crate::foreign::clip;
use crate::odata::short_name;
use crate::operation::schema::{LONGEST_ID, LONGEST_LIST, LONGEST_URI, Member, ObjectType, ValueType};
use crate::operation::table::ApiOperation;

/// What is known about a call, for [`ApiOperation::check_call`]. Nothing is checked that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct KnownCall {
    /// State of the call.
    pub state: Option<CallState>,
    /// Where its media are hosted.
    pub media: Option<MediaKind>,
    /// Whether it is a group call.
    pub is_group: Option<bool>,
}

/// Source of the bounds that no page states.
const OWN: &str = "bound of this library; the reference states none";
/// Maximum number of problems that are listed.
const MOST_PROBLEMS: usize = 20;

impl ApiOperation {
    /// Returns what the service would refuse in a body. At most 20 problems are listed.
    ///
    /// ```
    /// use call_msgraph::ApiOperation;
    /// let body = serde_json::json!({ "prompts": [], "clientContxt": "a" });
    /// let problems = ApiOperation::PlayPrompt.check_body(Some(&body));
    /// assert_eq!((&*problems[0].path, &*problems[0].reason), ("/clientContxt", "playPrompt has no such member"));
    /// assert_eq!((&*problems[1].path, &*problems[1].reason), ("/prompts", "has 0 elements; expected a list with 1 to 20 elements"));
    /// assert_eq!(problems[1].source, "call: playPrompt, v1.0 reference");
    /// ```
    #[must_use]
    pub fn check_body(self, body: Option<&Value>) -> Vec<Problem> {
        let spec = self.spec();
        let mut check = Check::everything(spec.source);
        match (spec.body, body) {
            (Some(shape), body) => {
                let empty = Value::Object(Map::new());
                check.object("", shape, body.unwrap_or(&empty), spec.name);
                if self == Self::CreateAudioRoutingGroup {
                    check.receivers(body.unwrap_or(&empty));
                }
            }
            (None, Some(body)) if !body.is_null() => check.find("", "the request has no body", spec.source),
            (None, _) => {}
        }
        check.problems.sort();
        check.problems
    }

    /// Returns what the service would refuse because of the call, as far as the call is known.
    ///
    /// ```
    /// use call_msgraph::{ApiOperation, KnownCall};
    /// use call_core::{CallState, MediaKind};
    /// let mut call = KnownCall::default();
    /// assert!(ApiOperation::PlayPrompt.check_call(None, &call).is_empty());
    /// call.state = Some(CallState::Ringing);
    /// assert_eq!(ApiOperation::PlayPrompt.check_call(None, &call)[0].reason, "needs an established call; the call is ringing");
    /// ```
    #[must_use]
    pub fn check_call(self, body: Option<&Value>, call: &KnownCall) -> Vec<Problem> {
        let spec = self.spec();
        let needs = spec.needs;
        let mut check = Check::everything(spec.source);
        let mut need = |is_needed: bool, is_met: bool, reason: &dyn Fn() -> String| {
            if is_needed && !is_met {
                check.find("", reason(), spec.source);
            }
        };
        if let Some(state) = call.state {
            need(needs.incoming, state == CallState::Incoming, &|| {
                format!("needs an incoming call that was not answered; the call is {state}")
            });
            need(needs.established, is_connected(state), &|| format!("needs an established call; the call is {state}"));
        }
        if let Some(media) = call.media {
            need(needs.service_hosted, media == MediaKind::ServiceHosted, &|| {
                "needs service-hosted media; the bot hosts the media of this call".into()
            });
            need(needs.app_hosted, media == MediaKind::AppHosted, &|| {
                "needs app-hosted media; the service hosts the media of this call".into()
            });
        }
        if let Some(is_group) = call.is_group {
            need(needs.group, is_group, &|| "needs a group call; this call is between two parties".into());
            let names_nobody = body.is_none_or(|body| body["transferee"].is_null());
            if self == Self::Transfer && is_group && names_nobody {
                let reason = "missing; in a group call, the participant who is transferred must be named";
                check.find("/transferee", reason, spec.source);
            }
        }
        check.problems
    }
}

/// Returns whether a call in this state is established, perhaps on hold or in a transfer.
const fn is_connected(state: CallState) -> bool {
    matches!(state, CallState::Established | CallState::Hold | CallState::Transferring | CallState::TransferAccepted)
}

fn is_web_address(uri: &str) -> bool {
    Url::parse(uri).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// Returns the problem of an id in a path.
pub(super) fn check_id(name: &str, id: &str, source: &'static str) -> Option<Problem> {
    let reason = || format!("the id of the {name} is invalid; expected {}", ValueType::Id.phrase());
    (!is_id(id)).then(|| Problem::new(String::new(), reason(), source))
}

/// Returns whether a text can be an id of the service, which is one segment of a path and needs no encoding.
fn is_id(text: &str) -> bool {
    let is_harmless =
        |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '/' | '\\' | '.' | '%' | '?' | '#');
    !text.is_empty() && text.len() <= LONGEST_ID && text.chars().all(is_harmless)
}

/// Returns the members that a type does not have, anywhere in a value. A null is no member.
pub(crate) fn unknown_members(shape: &ObjectType, value: &Value, source: &'static str) -> Vec<Problem> {
    let mut check = Check { source, scope: Scope::UnknownMembers, problems: Vec::new() };
    check.object("", shape, value, shape.name);
    check.problems
}

/// Returns the type of an object; `None` for other values, and for an object of an unknown type.
fn object_type(expected: ValueType, value: &Value) -> Option<&'static ObjectType> {
    let name = || value.get("@odata.type").and_then(Value::as_str).map(short_name).unwrap_or_default();
    if let ValueType::Object(shape) = expected {
        return Some(shape);
    }
    let ValueType::OneOf(shapes) = expected else { return None };
    shapes.iter().copied().find(|shape| shape.name.eq_ignore_ascii_case(name()))
}

/// What is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    Everything,
    UnknownMembers,
}

struct Check {
    /// Page of the reference that states the limits.
    source: &'static str,
    scope: Scope,
    problems: Vec<Problem>,
}

impl Check {
    const fn everything(source: &'static str) -> Self {
        Self { source, scope: Scope::Everything, problems: Vec::new() }
    }

    fn find(&mut self, path: impl Into<String>, reason: impl Into<String>, source: &'static str) {
        if self.scope == Scope::Everything {
            self.push(path.into(), reason.into(), source);
        }
    }

    fn push(&mut self, path: String, reason: String, source: &'static str) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(Problem::new(path, reason, source));
        }
    }

    fn wrong(&mut self, path: &str, value: ValueType) {
        self.find(path, format!("expected {}", value.phrase()), self.source);
    }

    fn object(&mut self, path: &str, shape: &ObjectType, value: &Value, name: &str) {
        let Some(object) = value.as_object() else {
            return self.find(path, "expected an object", self.source);
        };
        for (key, value) in object {
            if key.starts_with('@') {
                continue;
            }
            let at = below(path, key);
            match shape.members.iter().find(|member| member.name == key) {
                // A null counts as missing.
                Some(_) if value.is_null() => {}
                Some(member) => self.value(&at, member.value, value),
                None if value.is_null() && self.scope == Scope::UnknownMembers => {}
                None => self.push(at, format!("{name} has no such member"), self.source),
            }
        }
        for Member { name, value, is_required, .. } in shape.members {
            if *is_required && object.get(*name).is_none_or(Value::is_null) {
                self.find(below(path, name), format!("missing; expected {}", value.phrase()), self.source);
            }
        }
    }

    fn value(&mut self, path: &str, expected: ValueType, value: &Value) {
        let source = self.source;
        match (expected, value) {
            (ValueType::Text { most, is_stated }, Value::String(text)) => {
                let length = text.chars().count();
                if text.trim().is_empty() {
                    self.wrong(path, expected);
                } else if length > most {
                    let reason = format!("has {length} characters; the maximum is {most}");
                    self.find(path, reason, if is_stated { source } else { OWN });
                }
            }
            (ValueType::Id, Value::String(text)) if is_id(text) => {}
            (ValueType::CallbackUri, Value::String(uri))
                if uri.len() <= LONGEST_URI && (is_https(uri) || is_local_http(uri)) => {}
            (ValueType::Uri, Value::String(uri)) if uri.len() <= LONGEST_URI && is_web_address(uri) => {}
            (ValueType::Word(words), Value::String(word))
                if words.iter().any(|known| known.eq_ignore_ascii_case(word)) => {}
            (ValueType::Boolean, Value::Bool(_)) => {}
            (ValueType::Integer { least, most, .. }, Value::Number(number))
                if number.as_i64().is_some_and(|number| (least..=most).contains(&number)) => {}
            (ValueType::Percent, Value::Number(number))
                if number.as_f64().is_some_and(|number| (0.0..=100.0).contains(&number)) => {}
            (ValueType::Duration, Value::String(text)) if is_duration(text) => {}
            (ValueType::IdentitySet, Value::Object(set)) => self.identity_set(path, set),
            (ValueType::Object(shape), Value::Object(object)) => {
                match object.get("@odata.type").map(|name| name.as_str().unwrap_or_default()) {
                    Some(name) if !short_name(name).eq_ignore_ascii_case(shape.name) => {
                        self.find(
                            below(path, "@odata.type"),
                            format!("must be #microsoft.graph.{}", shape.name),
                            source,
                        );
                    }
                    _ => {}
                }
                self.object(path, shape, value, shape.name);
            }
            (ValueType::OneOf(shapes), Value::Object(_)) => match object_type(expected, value) {
                Some(shape) => self.object(path, shape, value, shape.name),
                None => {
                    let names: Vec<_> = shapes.iter().map(|shape| format!("#microsoft.graph.{}", shape.name)).collect();
                    self.find(below(path, "@odata.type"), format!("must be {}", names.join(" or ")), source);
                }
            },
            (ValueType::List { of, least, most }, Value::Array(list)) => {
                if list.len() < least || list.len() > most.unwrap_or(LONGEST_LIST) {
                    let reason = format!("has {} elements; expected {}", list.len(), expected.phrase());
                    let (reason, source) = match most {
                        None if list.len() > least => {
                            (format!("has {} elements; the maximum is {LONGEST_LIST}", list.len()), OWN)
                        }
                        _ => (reason, source),
                    };
                    self.find(path, reason, source);
                    return;
                }
                for (index, element) in list.iter().enumerate() {
                    self.value(&format!("{path}/{index}"), *of, element);
                }
            }
            _ => self.wrong(path, expected),
        }
    }

    fn identity_set(&mut self, path: &str, set: &Map<String, Value>) {
        let mut is_empty = true;
        for (kind, identity) in set.iter().filter(|(key, value)| !key.starts_with('@') && !value.is_null()) {
            is_empty = false;
            let at = below(path, kind);
            let id = identity.get("id").and_then(Value::as_str).filter(|id| !id.trim().is_empty());
            match id {
                None => self.find(format!("{at}/id"), "missing, empty or not a text; expected an id", self.source),
                Some(id) if kind == "phone" && !is_e164(id) => {
                    self.find(format!("{at}/id"), "must be an E.164 number such as +14255550100", self.source);
                }
                Some(id) if id.len() > LONGEST_ID => {
                    self.find(format!("{at}/id"), format!("has {} bytes; the maximum is {LONGEST_ID}", id.len()), OWN);
                }
                Some(_) => {}
            }
        }
        if is_empty {
            self.wrong(path, ValueType::IdentitySet);
        }
    }

    /// Checks the receivers of a new group. The published example of an update contradicts the limit, so updates are not checked.
    fn receivers(&mut self, body: &Value) {
        let is_one_to_one = body["routingMode"].as_str().is_some_and(|mode| mode.eq_ignore_ascii_case("oneToOne"));
        let receivers = body["receivers"].as_array().map_or(0, Vec::len);
        if is_one_to_one && receivers > 1 {
            let reason = format!("has {receivers} elements; the mode oneToOne has exactly one receiver");
            self.find("/receivers", reason, self.source);
        }
    }
}

/// Returns the JSON Pointer (RFC 6901) of a member.
fn below(path: &str, key: &str) -> String {
    format!("{path}/{}", clip(key, 128).replace('~', "~0").replace('/', "~1"))
}

/// Returns whether a text is a duration without years and months (ISO 8601): `PT20M`, `P1DT0.5S`.
fn is_duration(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('P').filter(|_| text.len() <= 64) else { return false };
    let (days, time) = rest.split_once('T').map_or((rest, None), |(days, time)| (days, Some(time)));
    let parts = |text: &str, units: &str| {
        let mut units = units.chars();
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(0);
            let (number, after) = rest.split_at(end);
            let Some(unit) = after.chars().next() else { return false };
            if number.parse::<f64>().is_err() || !units.any(|known| known == unit) {
                return false;
            }
            rest = &after[unit.len_utf8()..];
        }
        true
    };
    rest.len() > usize::from(time.is_some())
        && parts(days, "WD")
        && time.is_none_or(|time| !time.is_empty() && parts(time, "HMS"))
}
