use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use call_core::{CallId, Id, Stamp, Timestamp};
use serde_json::json;

use crate::delivery::{Delivery, DeliveryKind, command_word};
use crate::fault::{Reason, Rejected};
use crate::line::Line;
use crate::token::Token;

/// A delivery that is kept: what was received, as it came, with its stamp.
///
/// Shown, it is the line of a log that [`Line`](crate::Line) reads. That holds everything, names and tokens too; `Debug` shows
/// no more of the body than its length.
///
/// ```
/// use call_core::{Stamp, Timestamp};
/// use call_msgraph::{DeliveryKind, Record};
/// let record = Record { call: Some("c1".into()), ..Record::new(Stamp::at(Timestamp::from_millis(7)), DeliveryKind::Gone) };
/// let text = record.to_string();
/// assert_eq!(text, r#"{"receivedAt":"1970-01-01T00:00:00.007Z","node":0,"seq":0,"id":"0.0","kind":"gone","callId":"c1"}"#);
/// assert_eq!(Record::read(&text)?, record);
/// # Ok::<(), call_msgraph::Rejected>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// When and where it was received; the index says nothing.
    pub stamp: Stamp,
    /// What it is.
    pub kind: DeliveryKind,
    /// When the request left that it answers.
    pub sent_at: Option<Timestamp>,
    /// What the service called the message.
    pub message_id: Option<Id>,
    /// The token of the address that it was posted to, or of the call that was created.
    pub token: Option<Token>,
    /// The call, where the request named it.
    pub call: Option<CallId>,
    /// The bytes as they came.
    pub body: Arc<[u8]>,
}

impl Record {
    /// Makes a record of which nothing else is known.
    #[must_use]
    pub fn new(stamp: Stamp, kind: DeliveryKind) -> Self {
        Self { stamp, kind, sent_at: None, message_id: None, token: None, call: None, body: Arc::default() }
    }

    /// Reads the line that a record is shown as.
    ///
    /// # Errors
    /// [`Rejected`], with the place, for what is no such line: one without a time is none.
    pub fn read(text: &str) -> Result<Self, Rejected> {
        let line = Line::read(text)?;
        let Some(received_at) = line.received_at else {
            return Err(Rejected { line: 1, column: 1, path: "receivedAt".to_owned(), reason: Reason::NotADelivery });
        };
        let stamp = line.stamp(Stamp::at(received_at));
        let Delivery { kind, sent_at, message_id, call, body, .. } = line.delivery(stamp);
        Ok(Self { stamp, kind, sent_at, message_id, token: line.token.clone(), call, body: body.into() })
    }

    /// Returns what a record of this stamp is called when it is cited as evidence: its node and its number there.
    pub fn id(stamp: &Stamp) -> String {
        let Stamp { node, sequence, .. } = *stamp;
        format!("{}.{sequence}", node.0)
    }

    /// Returns the delivery; `number` comes back with the evidence.
    #[must_use]
    pub fn delivery(&self, number: u64) -> Delivery<'_> {
        Delivery {
            stamp: self.stamp,
            kind: self.kind,
            number,
            sent_at: self.sent_at,
            message_id: self.message_id.clone(),
            call: self.call.clone(),
            body: &self.body,
        }
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{{\"receivedAt\":{}", json!(exact(self.stamp.received_at)))?;
        if let Some(sent_at) = self.sent_at {
            write!(f, ",\"sentAt\":{}", json!(exact(sent_at)))?;
        }
        let Stamp { node, sequence, .. } = self.stamp;
        write!(f, ",\"node\":{},\"seq\":{sequence},\"id\":\"{}\"", node.0, Self::id(&self.stamp))?;
        write!(f, ",\"kind\":\"{}\"", word(self.kind))?;
        if let DeliveryKind::Accepted(command) = self.kind {
            write!(f, ",\"command\":\"{}\"", command_word(command))?;
        }
        let call = self.call.as_ref().map(ToString::to_string);
        let message_id = self.message_id.as_ref().map(ToString::to_string);
        let token = self.token.as_ref().map(|token| token.expose().to_owned());
        for (key, text) in [("callId", call), ("messageId", message_id), ("token", token)] {
            if let Some(text) = text {
                write!(f, ",\"{key}\":{}", json!(text))?;
            }
        }
        match str::from_utf8(&self.body) {
            Ok("") => {}
            Ok(text) if is_a_line(text) => write!(f, ",\"body\":{text}")?,
            Ok(text) => write!(f, ",\"body\":{}", json!(text))?,
            Err(_) => write!(f, ",\"bodyBase64\":\"{}\"", STANDARD.encode(&self.body))?,
        }
        f.write_str("}")
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("stamp", &self.stamp)
            .field("kind", &self.kind)
            .field("sent_at", &self.sent_at)
            .field("message_id", &self.message_id)
            .field("token", &self.token)
            .field("call", &self.call)
            .field("bytes", &self.body.len())
            .finish()
    }
}

/// Tells whether a body can stand in a line as it is, so that reading gives the same bytes back.
fn is_a_line(text: &str) -> bool {
    let is_a_value = text.starts_with(['{', '[']) && text.ends_with(['}', ']']);
    is_a_value && !text.contains(['\n', '\r']) && serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok()
}

/// Writes a time with all of its digits.
fn exact(at: Timestamp) -> String {
    // Every `Timestamp` lies within the years that the library knows.
    jiff::Timestamp::from_nanosecond(i128::from(at.as_nanos())).unwrap_or_default().to_string()
}

const fn word(kind: DeliveryKind) -> &'static str {
    match kind {
        DeliveryKind::Notification => "notification",
        DeliveryKind::CreateRequest => "createRequest",
        DeliveryKind::CreateResponse => "createResponse",
        DeliveryKind::Snapshot => "snapshot",
        DeliveryKind::Gone => "gone",
        DeliveryKind::Accepted(_) => "accepted",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use call_core::{Command, NodeId};

    #[test]
    fn a_record_is_read_back_as_it_was() {
        let bodies: [&[u8]; 6] =
            [b"", b"{\"value\": []}", b"{\n}", b"cut off {", b"\xff\xfe", "\"\u{2028}\u{1}".as_bytes()];
        let stamp =
            Stamp { node: NodeId(3), sequence: 9, ..Stamp::at(Timestamp::from_nanos(1_700_000_000_123_456_789)) };
        for body in bodies {
            let record = Record {
                sent_at: Some(Timestamp::from_nanos(5)),
                message_id: Some(Id::new("m\"1")),
                token: Token::new("2b-5c_").ok(),
                call: Some("c\\1".into()),
                body: body.into(),
                ..Record::new(stamp, DeliveryKind::Accepted(Command::HangUp))
            };
            let text = record.to_string();
            assert!(!text.contains('\n'), "{text}");
            assert_eq!(Record::read(&text), Ok(record), "{text}");
        }
    }
}
