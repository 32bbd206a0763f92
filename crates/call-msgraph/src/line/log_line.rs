//! A line of a log: a record with optional parts, as people and programs write it.

use std::borrow::Cow;
use std::time::Duration;

use call_core::{CallId, Command, Id, Identity, NodeId, Redacted, Stamp, Timestamp};

use crate::delivery::{Delivery, DeliveryKind};
use crate::fault::{Fault, ReadError, Unreadable};
use crate::foreign::clip;
use crate::json::member::{Leaf, object};
use crate::json::node::Node;
use crate::json::place::{Places, path_to};
use crate::json::reader::{Read, Reader, checked};
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
        let mut members = Members::default();
        let mut reader = Reader::new(text);
        let read = members.read(&mut reader).and_then(|read| reader.end().map(|()| read));
        let located = |root: Option<Node<'_>>, fault: Fault| {
            let (line, column) = Places::new(text.as_bytes()).of(fault.at);
            let path = root.map(|root| path_to(root, fault.at)).unwrap_or_default();
            ReadError { line, column, path, reason: *fault.reason }
        };
        match checked(text, read) {
            Ok(root) => members.line(text, root).map_err(|fault| located(Some(root), fault)),
            Err(fault) => Err(located(None, fault.or_not_a_delivery())),
        }
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

object! {
    /// The members of a line that is a delivery, an intent or a refusal.
    Delivered<'a> {
        received_at: Node<'a> = b"receivedAt",
        sent_at: Node<'a> = b"sentAt",
        kind: Node<'a> = b"kind",
        command: Node<'a> = b"command",
        call_id: Node<'a> = b"callId",
        client_context: Node<'a> = b"clientContext",
        message_id: Node<'a> = b"messageId",
        token: Node<'a> = b"token",
        sender: Node<'a> = b"node",
        seq: Node<'a> = b"seq",
        id: Node<'a> = b"id",
        body: Node<'a> = b"body",
        body_base64: Node<'a> = b"bodyBase64",
        reference: Node<'a> = b"reference",
        patience_ms: Node<'a> = b"patienceMs",
        invited: Node<'a> = b"invited",
    }
}

/// Members that only bodies have.
const OF_BODIES: [&str; 7] = ["@odata.type", "value", "changeType", "resource", "resourceUrl", "resourceData", "state"];

/// All members of a line that count.
#[derive(Default)]
struct Members<'a> {
    delivered: Delivered<'a>,
    /// The first member that only a body has.
    of_body: Option<Node<'a>>,
}

impl<'a> Members<'a> {
    fn read(&mut self, reader: &mut Reader<'a>) -> Read<Node<'a>> {
        reader.object(|reader, key| {
            if OF_BODIES.contains(&&*key) {
                let member = reader.value()?;
                self.of_body.get_or_insert(member);
                return Ok(());
            }
            self.delivered.member(&key, reader)
        })
    }

    /// Returns whether the line is a delivery. Some members of deliveries make it one only if it has no member of a body.
    fn is_delivery(&self) -> bool {
        let line = &self.delivered;
        let has = |members: &[&Leaf<'_>]| members.iter().any(|member| member.is_there());
        has(&[&line.received_at, &line.body, &line.body_base64, &line.kind])
            || (self.of_body.is_none()
                && has(&[
                    &line.sent_at,
                    &line.command,
                    &line.call_id,
                    &line.message_id,
                    &line.token,
                    &line.sender,
                    &line.seq,
                ]))
    }

    fn line(mut self, text: &'a str, root: Node<'a>) -> Result<Line<'a>, Fault> {
        if !self.is_delivery() {
            let Body { bytes, place: body } = Body::whole(root);
            let delivery = Delivery { body: bytes, ..Delivery::new(LineStamp::default(), DeliveryKind::Notification) };
            return Ok(Line { record: Record::Delivered(delivery), id: None, body, is_delivery: false, text });
        }
        if let Some(member) = self.of_body {
            return Err(member.fault(Unreadable::Mixed));
        }
        self.delivered.node = root;
        self.delivered.line(text)
    }
}

impl<'a> Delivered<'a> {
    fn line(&self, text: &'a str) -> Result<Line<'a>, Fault> {
        let stamp = LineStamp {
            received_at: time(&self.received_at)?,
            node: number(&self.sender, "a whole number from 0 to 65535")?.map(NodeId),
            sequence: number(&self.seq, "a whole number from 0 to 18446744073709551615")?,
        };
        let (record, body) = match self.kind()? {
            Kind::Delivery(kind) => self.delivery(stamp, kind)?,
            Kind::Intent => (Record::Intended { stamp, intent: self.intent()? }, BodyPlace::Missing),
            Kind::Refusal => (Record::Refused { stamp, refused: self.refused()? }, BodyPlace::Missing),
        };
        Ok(Line { record, id: self.id.string()?, body, is_delivery: true, text })
    }

    fn delivery(&self, stamp: LineStamp, kind: DeliveryKind) -> Result<(Record<LineStamp>, BodyPlace), Fault> {
        let sent_at = time(&self.sent_at)?;
        let (call, message_id) = (id(&self.call_id)?.map(CallId::from), id(&self.message_id)?);
        let token = self.token.get()?.and_then(|node| Token::new(&node.string().ok()?).ok());
        let Body { bytes: body, place } = Body::read(&self.body, &self.body_base64)?;
        let client_context = self.client_context.string()?.map(Box::from);
        let delivery = Delivery { stamp, kind, sent_at, message_id, token, call, client_context, body };
        Ok((Record::Delivered(delivery), place))
    }

    /// Reads an intent.
    fn intent(&self) -> Result<Intent, Fault> {
        let command = self.command.string()?.ok_or_else(|| self.node.fault(Unreadable::NoCommand))?;
        if command.eq_ignore_ascii_case(CREATE) {
            let reference = self.reference.string()?.map(Box::from);
            return Ok(Intent::Create { token: self.create_token()?, reference });
        }
        let call = self.call_id()?;
        let Some(context) = self.client_context.string()? else {
            return Ok(Intent::Command(call, Command::from_word(&command)));
        };
        let mut intended = IntendedOperation::new(call, &command, &context);
        let patience = number(&self.patience_ms, "a whole number of milliseconds")?;
        intended.patience = patience.map(Duration::from_millis);
        if let Some(list) = self.invited.get()? {
            intended.invited = list.array()?.into_iter().map(invited).collect::<Result<_, _>>()?;
        }
        Ok(Intent::Operation(Box::new(intended)))
    }

    /// Reads a refusal.
    fn refused(&self) -> Result<Refused, Fault> {
        if self.token.is_there() {
            return Ok(Refused::Create(self.create_token()?));
        }
        let missing = || self.node.fault(Unreadable::WrongType("a line with a clientContext"));
        Ok(Refused::Operation(self.call_id()?, self.client_context.string()?.ok_or_else(missing)?.into()))
    }

    fn create_token(&self) -> Result<Token, Fault> {
        let node = self.token.get()?.ok_or_else(|| self.node.fault(Unreadable::NoToken))?;
        Token::new(&node.string()?).map_err(|_| node.fault(Unreadable::NoToken))
    }

    fn call_id(&self) -> Result<CallId, Fault> {
        id(&self.call_id)?.map(CallId::from).ok_or_else(|| self.node.fault(Unreadable::NoCallId))
    }

    /// Reads the kind of a line.
    fn kind(&self) -> Result<Kind, Fault> {
        let Some(node) = self.kind.get()? else { return Ok(Kind::Delivery(DeliveryKind::Notification)) };
        let word = node.string()?;
        if word.eq_ignore_ascii_case(INTENDED) {
            return Ok(Kind::Intent);
        }
        if word.eq_ignore_ascii_case(REFUSED) {
            return Ok(Kind::Refusal);
        }
        match DeliveryKind::from_word(&word) {
            Some(DeliveryKind::Accepted(_)) => {
                let command = self.command.string()?.ok_or_else(|| node.fault(Unreadable::NoCommand))?;
                Ok(Kind::Delivery(DeliveryKind::Accepted(Command::from_word(&command))))
            }
            Some(kind) => Ok(Kind::Delivery(kind)),
            None => {
                let known = DeliveryKind::words().chain([INTENDED, REFUSED]).collect::<Vec<_>>().join(", ");
                Err(node.fault(Unreadable::UnknownWord { word: clip(&word, 64).to_owned(), known }))
            }
        }
    }
}

/// The kind of a line.
enum Kind {
    Delivery(DeliveryKind),
    Intent,
    Refusal,
}

fn invited(node: Node<'_>) -> Result<Identity, Fault> {
    let object = node.object()?;
    let missing = || node.fault(Unreadable::WrongType("an object with a kind and an id"));
    let mut identity = Identity::new(&object.string("kind")?.ok_or_else(missing)?);
    identity.id = Some(Redacted::new(&object.string("id")?.ok_or_else(missing)?));
    Ok(identity)
}

fn time(member: &Leaf<'_>) -> Result<Option<Timestamp>, Fault> {
    let Some(node) = member.get()? else { return Ok(None) };
    let text = node.string()?;
    parse_time(&text).map(Some).ok_or_else(|| node.fault(Unreadable::NotATime(clip(&text, 64).to_owned())))
}

fn id(member: &Leaf<'_>) -> Result<Option<Id>, Fault> {
    let Some(node) = member.get()? else { return Ok(None) };
    read_id(&node.string()?, *node).map(Some)
}

fn number<N: std::str::FromStr>(member: &Leaf<'_>, expected: &'static str) -> Result<Option<N>, Fault> {
    let Some(node) = member.get()? else { return Ok(None) };
    node.raw().parse().map(Some).map_err(|_| node.fault(Unreadable::WrongType(expected)))
}
