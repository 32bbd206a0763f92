//! A line of a log: a record with optional parts, as people and programs write it.

use std::borrow::Cow;
use std::time::Duration;

use call_core::{CallId, Command, Id, Identity, NodeId, Redacted, Stamp, Timestamp};

use crate::delivery::{Delivery, DeliveryKind};
use crate::fault::{Fault, ReadError, Unreadable};
use crate::foreign::clip;
use crate::json::node::Node;
use crate::json::object::Object;
use crate::json::place::{Places, path_to};
use crate::line::body::{Body, BodyPlace};
use crate::line::time::parse_time;
use crate::operation::intended::IntendedOperation;
use crate::record::{CREATE, INTENDED, Intent, REFUSED, Record, Refused};
use crate::segment::read_id;
use crate::token::Token;

/// A line of a log: a *body* as it was received (notifications, a call), a *delivery* with its receipt, the *intent* to send a
/// request, or its *refusal*.
///
/// ```text
/// {"receivedAt"?: RFC 3339, "sentAt"?: RFC 3339, "kind"?: "notification" | "createResponse" | "snapshot" | "gone" | "accepted",
///  "command"?: "hangUp" | …, "callId"?, "clientContext"?, "messageId"?, "token"?, "node"?, "seq"?, "id"?, "body"? | "bodyBase64"?}
/// {"receivedAt"?: RFC 3339, "kind": "intended", "command": "create", "token", "reference"?, "node"?, "seq"?, "id"?}
/// {"receivedAt"?: RFC 3339, "kind": "intended", "command": "answer" | …, "callId", "node"?, "seq"?, "id"?}
/// {"receivedAt"?: RFC 3339, "kind": "intended", "command": "playPrompt" | …, "callId", "clientContext", "patienceMs"?,
///  "invited"?: [{"kind": "user" | …, "id"}], "node"?, "seq"?, "id"?}
/// {"receivedAt"?: RFC 3339, "kind": "refused", "token" | "callId" and "clientContext", "node"?, "seq"?, "id"?}
/// ```
///
/// ```
/// use call_core::Timestamp;
/// use call_msgraph::{DeliveryKind, Line, Record};
/// let line = Line::read(r#"{"receivedAt": "1970-01-01T00:00:01Z", "kind": "gone", "callId": "x", "seq": 7}"#)?;
/// assert_eq!(line.record.stamp().received_at, Some(Timestamp::from_millis(1_000)));
/// assert!(matches!(&line.record, Record::Delivered(delivery) if delivery.kind == DeliveryKind::Gone));
/// # Ok::<(), call_msgraph::ReadError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Line<'a> {
    /// Record of the line, with the parts of its stamp that the line has.
    pub record: Record<LineStamp>,
    /// Id by which evidence cites the line.
    pub id: Option<Cow<'a, str>>,
    body: BodyPlace,
    /// Whether the line is a delivery, which contains its body.
    is_delivery: bool,
    text: &'a str,
}

/// Parts of a stamp that a line has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct LineStamp {
    /// Instant of the receipt.
    pub received_at: Option<Timestamp>,
    /// Node that received it.
    pub node: Option<NodeId>,
    /// Number of deliveries that the node had received before.
    pub sequence: Option<u64>,
}

impl LineStamp {
    /// Returns the stamp of the line. Missing parts are taken from `otherwise`.
    #[must_use]
    pub fn or(self, otherwise: Stamp) -> Stamp {
        Stamp {
            received_at: self.received_at.unwrap_or(otherwise.received_at),
            node: self.node.unwrap_or(otherwise.node),
            sequence: self.sequence.unwrap_or(otherwise.sequence),
            index: otherwise.index,
        }
    }
}

impl<'a> Line<'a> {
    /// Reads one JSON value.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the text is not JSON, if it is neither a body nor a delivery nor an intent, or if a member other than the
    /// body cannot be read. The body is not checked.
    pub fn read(text: &'a str) -> Result<Self, ReadError> {
        let located = |root: Option<Node<'_>>, fault: Fault| {
            let (line, column) = Places::new(text.as_bytes()).of(fault.at);
            let path = root.map(|root| path_to(root, fault.at)).unwrap_or_default();
            ReadError { line, column, path, reason: *fault.reason }
        };
        let object = match Node::parse_object(text) {
            Ok(object) => object,
            Err(fault) => return Err(located(None, fault.or_not_a_delivery())),
        };
        read(text, &object).map_err(|fault| located(Some(object.node()), fault))
    }

    /// Returns the record with a complete stamp. Missing parts are taken from `otherwise`.
    #[must_use]
    pub fn stamped(&self, otherwise: Stamp) -> Record {
        self.record.clone().stamped(self.record.stamp().or(otherwise))
    }

    /// Returns an error in the body with its place in the line.
    #[must_use]
    pub fn locate(&self, rejected: ReadError) -> ReadError {
        self.body.locate(self.text, if self.is_delivery { "body" } else { "" }, rejected)
    }
}

/// Members of deliveries that no body has.
const OF_DELIVERIES: [&str; 4] = ["receivedAt", "body", "bodyBase64", "kind"];
/// Other members of deliveries, which make a line a delivery if it has no member of a body.
const ALSO_OF_DELIVERIES: [&str; 7] = ["sentAt", "command", "callId", "messageId", "token", "node", "seq"];
/// Members that only bodies have.
const OF_BODIES: [&str; 7] = ["@odata.type", "value", "changeType", "resource", "resourceUrl", "resourceData", "state"];

fn read<'a>(text: &'a str, object: &Object<'a>) -> Result<Line<'a>, Fault> {
    let has = |keys: &[&str]| keys.iter().any(|key| object.has(key));
    let is_delivery = has(&OF_DELIVERIES) || (!has(&OF_BODIES) && has(&ALSO_OF_DELIVERIES));
    if !is_delivery {
        let Body { bytes, place: body } = Body::whole(object.node());
        let delivery = Delivery { body: bytes, ..Delivery::new(LineStamp::default(), DeliveryKind::Notification) };
        return Ok(Line { record: Record::Delivered(delivery), id: None, body, is_delivery, text });
    }
    if let Some((_, node)) = object.members().iter().find(|(key, _)| OF_BODIES.contains(&&**key)) {
        return Err(node.fault(Unreadable::Mixed));
    }
    let stamp = LineStamp {
        received_at: time(object, "receivedAt")?,
        node: number(object, "node", "a whole number from 0 to 65535")?.map(NodeId),
        sequence: number(object, "seq", "a whole number from 0 to 18446744073709551615")?,
    };
    let (record, body) = match kind(object)? {
        Kind::Delivery(kind) => delivery(object, stamp, kind)?,
        Kind::Intent => (Record::Intended { stamp, intent: intent(object)? }, BodyPlace::Missing),
        Kind::Refusal => (Record::Refused { stamp, refused: refused(object)? }, BodyPlace::Missing),
    };
    Ok(Line { record, id: object.string("id")?, body, is_delivery, text })
}

fn delivery(line: &Object<'_>, stamp: LineStamp, kind: DeliveryKind) -> Result<(Record<LineStamp>, BodyPlace), Fault> {
    let sent_at = time(line, "sentAt")?;
    let (call, message_id) = (id(line, "callId")?.map(CallId::from), id(line, "messageId")?);
    let token = line.get("token")?.and_then(|node| Token::new(&node.string().ok()?).ok());
    let Body { bytes: body, place } = Body::read(line)?;
    let client_context = line.string("clientContext")?.map(Box::from);
    let delivery = Delivery { stamp, kind, sent_at, message_id, token, call, client_context, body };
    Ok((Record::Delivered(delivery), place))
}

/// Reads an intent.
fn intent(line: &Object<'_>) -> Result<Intent, Fault> {
    let command = line.string("command")?.ok_or_else(|| line.node().fault(Unreadable::NoCommand))?;
    if command.eq_ignore_ascii_case(CREATE) {
        let reference = line.string("reference")?.map(Box::from);
        return Ok(Intent::Create { token: create_token(line)?, reference });
    }
    let call = call_id(line)?;
    let Some(context) = line.string("clientContext")? else {
        return Ok(Intent::Command(call, Command::from_word(&command)));
    };
    let mut intended = IntendedOperation::new(call, &command, &context);
    let patience = number(line, "patienceMs", "a whole number of milliseconds")?;
    intended.patience = patience.map(Duration::from_millis);
    if let Some(list) = line.get("invited")? {
        intended.invited = list.array()?.into_iter().map(invited).collect::<Result<_, _>>()?;
    }
    Ok(Intent::Operation(Box::new(intended)))
}

fn invited(node: Node<'_>) -> Result<Identity, Fault> {
    let object = node.object()?;
    let missing = || node.fault(Unreadable::WrongType("an object with a kind and an id"));
    let mut identity = Identity::new(&object.string("kind")?.ok_or_else(missing)?);
    identity.id = Some(Redacted::new(&object.string("id")?.ok_or_else(missing)?));
    Ok(identity)
}

/// Reads a refusal.
fn refused(line: &Object<'_>) -> Result<Refused, Fault> {
    if line.has("token") {
        return Ok(Refused::Create(create_token(line)?));
    }
    let missing = || line.node().fault(Unreadable::WrongType("a line with a clientContext"));
    Ok(Refused::Operation(call_id(line)?, line.string("clientContext")?.ok_or_else(missing)?.into()))
}

fn create_token(line: &Object<'_>) -> Result<Token, Fault> {
    let node = line.get("token")?.ok_or_else(|| line.node().fault(Unreadable::NoToken))?;
    Token::new(&node.string()?).map_err(|_| node.fault(Unreadable::NoToken))
}

fn call_id(line: &Object<'_>) -> Result<CallId, Fault> {
    id(line, "callId")?.map(CallId::from).ok_or_else(|| line.node().fault(Unreadable::NoCallId))
}

/// The kind of a line.
enum Kind {
    Delivery(DeliveryKind),
    Intent,
    Refusal,
}

/// Reads the kind of a line.
fn kind(line: &Object<'_>) -> Result<Kind, Fault> {
    let Some(node) = line.get("kind")? else { return Ok(Kind::Delivery(DeliveryKind::Notification)) };
    let word = node.string()?;
    if word.eq_ignore_ascii_case(INTENDED) {
        return Ok(Kind::Intent);
    }
    if word.eq_ignore_ascii_case(REFUSED) {
        return Ok(Kind::Refusal);
    }
    match DeliveryKind::from_word(&word) {
        Some(DeliveryKind::Accepted(_)) => {
            let command = line.string("command")?.ok_or_else(|| node.fault(Unreadable::NoCommand))?;
            Ok(Kind::Delivery(DeliveryKind::Accepted(Command::from_word(&command))))
        }
        Some(kind) => Ok(Kind::Delivery(kind)),
        None => {
            let known = DeliveryKind::words().chain([INTENDED, REFUSED]).collect::<Vec<_>>().join(", ");
            Err(node.fault(Unreadable::UnknownWord { word: clip(&word, 64).to_owned(), known }))
        }
    }
}

fn time(line: &Object<'_>, key: &str) -> Result<Option<Timestamp>, Fault> {
    let Some(node) = line.get(key)? else { return Ok(None) };
    let text = node.string()?;
    parse_time(&text).map(Some).ok_or_else(|| node.fault(Unreadable::NotATime(clip(&text, 64).to_owned())))
}

fn id(line: &Object<'_>, key: &str) -> Result<Option<Id>, Fault> {
    let Some(node) = line.get(key)? else { return Ok(None) };
    read_id(&node.string()?, node).map(Some)
}

fn number<N: std::str::FromStr>(line: &Object<'_>, key: &str, expected: &'static str) -> Result<Option<N>, Fault> {
    let Some(node) = line.get(key)? else { return Ok(None) };
    node.raw().parse().map(Some).map_err(|_| node.fault(Unreadable::WrongType(expected)))
}
