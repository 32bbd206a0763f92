use std::borrow::Cow;

use call_core::{CallId, Id, NodeId, Stamp, Timestamp};

use super::body::Body;
use super::time::parse_time;
use crate::clip::clip;
use crate::delivery::{Delivery, DeliveryKind, read_command};
use crate::fault::{Fault, LONGEST_ID, Reason, Rejected};
use crate::json::{Node, Object, Places, path_to};
use crate::token::Token;

/// A delivery as a log has it: a *body* as it came (notifications, a call), or a *delivery* with what is known of it.
///
/// ```text
/// {"receivedAt"?: RFC 3339, "sentAt"?: RFC 3339, "kind"?: "notification" | "createRequest" | "createResponse" | "snapshot" | "gone" | "accepted",
///  "command"?: "hangUp" | …, "callId"?, "messageId"?, "token"?, "node"?, "seq"?, "id"?, "body"? | "bodyBase64"?}
/// ```
///
/// ```
/// use call_core::Timestamp;
/// use call_msgraph::{DeliveryKind, Line};
/// let line = Line::read(r#"{"receivedAt": "1970-01-01T00:00:01Z", "kind": "gone", "callId": "x", "seq": 7}"#)?;
/// assert_eq!((line.kind, line.received_at), (DeliveryKind::Gone, Some(Timestamp::from_millis(1_000))));
/// # Ok::<(), call_msgraph::Rejected>(())
/// ```
#[derive(Debug, Clone)]
pub struct Line<'a> {
    /// When it was received.
    pub received_at: Option<Timestamp>,
    /// When the request left that it answers.
    pub sent_at: Option<Timestamp>,
    /// What it is.
    pub kind: DeliveryKind,
    /// The call, where the body need not name it.
    pub call: Option<CallId>,
    /// What the service called the message.
    pub message_id: Option<Id>,
    /// The token of the address that it was posted to, if it can be one.
    pub token: Option<Token>,
    /// Who received it.
    pub node: Option<NodeId>,
    /// How many that node had received before.
    pub sequence: Option<u64>,
    /// What to call the line when it is cited as evidence.
    pub id: Option<Cow<'a, str>>,
    body: Body<'a>,
    /// Whether the line is a delivery, so that its body lies inside.
    is_delivery: bool,
    text: &'a str,
}

impl<'a> Line<'a> {
    /// Reads one JSON value.
    ///
    /// # Errors
    ///
    /// If it is no JSON, or neither a body nor a delivery, or a delivery of which something cannot be read. What stands
    /// in the body is not looked at.
    pub fn read(text: &'a str) -> Result<Self, Rejected> {
        let located = |root: Option<Node<'_>>, fault: Fault| {
            let (line, column) = Places::new(text.as_bytes()).of(fault.at);
            let path = root.map(|root| path_to(root, fault.at)).unwrap_or_default();
            Rejected { line, column, path, reason: fault.reason }
        };
        let object = match Node::parse_object(text) {
            Ok(object) => object,
            Err(Fault { at, reason: Reason::WrongType(_) }) => {
                return Err(located(None, Fault { at, reason: Reason::NotADelivery }));
            }
            Err(fault) => return Err(located(None, fault)),
        };
        read(text, &object).map_err(|fault| located(Some(object.node()), fault))
    }

    /// Returns the stamp that the line bears, in which what it does not say is that of another.
    #[must_use]
    pub fn stamp(&self, otherwise: Stamp) -> Stamp {
        Stamp {
            received_at: self.received_at.unwrap_or(otherwise.received_at),
            node: self.node.unwrap_or(otherwise.node),
            sequence: self.sequence.unwrap_or(otherwise.sequence),
            index: otherwise.index,
        }
    }

    /// Makes the delivery that the line describes; what its stamp is made of may be missing here, so it is given.
    #[must_use]
    pub fn delivery(&self, stamp: Stamp) -> Delivery<'_> {
        Delivery {
            stamp,
            number: 0,
            kind: self.kind,
            sent_at: self.sent_at,
            message_id: self.message_id.clone(),
            call: self.call.clone(),
            body: self.body.bytes(),
        }
    }

    /// Tells where in the line something stands that cannot be read in the body.
    #[must_use]
    pub fn locate(&self, rejected: Rejected) -> Rejected {
        self.body.locate(self.text, if self.is_delivery { "body" } else { "" }, rejected)
    }
}

/// The members of a delivery that no body has.
const OF_DELIVERIES: [&str; 4] = ["receivedAt", "body", "bodyBase64", "kind"];
/// The members of a delivery that may stand for one without those.
const ALSO_OF_DELIVERIES: [&str; 7] = ["sentAt", "command", "callId", "messageId", "token", "node", "seq"];
/// The members that only bodies have.
const OF_BODIES: [&str; 7] = ["@odata.type", "value", "changeType", "resource", "resourceUrl", "resourceData", "state"];

fn read<'a>(text: &'a str, object: &Object<'a>) -> Result<Line<'a>, Fault> {
    let has = |keys: &[&str]| keys.iter().any(|key| object.has(key));
    let is_delivery = has(&OF_DELIVERIES) || (!has(&OF_BODIES) && has(&ALSO_OF_DELIVERIES));
    if !is_delivery {
        let body = Body::whole(object.node());
        return Ok(Line { body, ..Line::empty(text) });
    }
    if let Some((_, node)) = object.members().iter().find(|(key, _)| OF_BODIES.contains(&&**key)) {
        return Err(node.fault(Reason::Mixed));
    }
    Ok(Line {
        received_at: time(object, "receivedAt")?,
        sent_at: time(object, "sentAt")?,
        kind: kind(object)?,
        call: id(object, "callId")?.map(CallId),
        message_id: id(object, "messageId")?,
        token: object.get("token")?.and_then(|node| Token::new(&node.string().ok()?).ok()),
        node: number(object, "node", "a whole number from 0 to 65535")?.map(NodeId),
        sequence: number(object, "seq", "a whole number from 0 to 18446744073709551615")?,
        id: object.string("id")?,
        body: Body::read(object)?,
        is_delivery,
        text,
    })
}

impl<'a> Line<'a> {
    const fn empty(text: &'a str) -> Self {
        Self {
            received_at: None,
            sent_at: None,
            kind: DeliveryKind::Notification,
            call: None,
            message_id: None,
            token: None,
            node: None,
            sequence: None,
            id: None,
            body: Body::Missing,
            is_delivery: false,
            text,
        }
    }
}

fn kind(line: &Object<'_>) -> Result<DeliveryKind, Fault> {
    const KNOWN: &str = "notification, createRequest, createResponse, snapshot, gone, accepted";
    let Some(node) = line.get("kind")? else { return Ok(DeliveryKind::Notification) };
    let word = node.string()?;
    match word.to_ascii_lowercase().as_str() {
        "notification" => Ok(DeliveryKind::Notification),
        "createrequest" => Ok(DeliveryKind::CreateRequest),
        "createresponse" => Ok(DeliveryKind::CreateResponse),
        "snapshot" => Ok(DeliveryKind::Snapshot),
        "gone" => Ok(DeliveryKind::Gone),
        "accepted" => {
            let command = line.string("command")?.ok_or_else(|| node.fault(Reason::NoCommand))?;
            Ok(DeliveryKind::Accepted(read_command(&command)))
        }
        _ => Err(node.fault(Reason::UnknownWord { word: clip(&word, 64).to_owned(), known: KNOWN })),
    }
}

fn time(line: &Object<'_>, key: &str) -> Result<Option<Timestamp>, Fault> {
    let Some(node) = line.get(key)? else { return Ok(None) };
    let text = node.string()?;
    parse_time(&text).map(Some).ok_or_else(|| node.fault(Reason::NotATime(clip(&text, 64).to_owned())))
}

fn id(line: &Object<'_>, key: &str) -> Result<Option<Id>, Fault> {
    let Some(node) = line.get(key)? else { return Ok(None) };
    let text = node.string()?;
    if text.len() > LONGEST_ID { Err(node.fault(Reason::LongId)) } else { Ok(Some(Id::new(&text))) }
}

fn number<N: std::str::FromStr>(line: &Object<'_>, key: &str, expected: &'static str) -> Result<Option<N>, Fault> {
    let Some(node) = line.get(key)? else { return Ok(None) };
    node.raw().parse().map(Some).map_err(|_| node.fault(Reason::WrongType(expected)))
}
