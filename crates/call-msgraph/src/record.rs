use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use call_core::{CallId, Command, Stamp, Timestamp};
use serde_json::json;

use crate::delivery::{Delivery, DeliveryKind, command_word};
use crate::fault::{Reason, Rejected};
use crate::line::Line;
use crate::token::Token;

/// What a journal stores: a delivery as it came, or a request that is about to be sent.
///
/// Shown, it is the line of a log that [`Line`](crate::Line) reads. That contains everything, names and tokens too; `Debug` shows
/// no more of a body than its length.
///
/// ```
/// use call_core::{Command, Stamp, Timestamp};
/// use call_msgraph::{Delivery, DeliveryKind, Intent, Record};
/// let stamp = Stamp::at(Timestamp::from_millis(7));
/// let gone = Record::Delivered(Delivery { call: Some("c1".into()), ..Delivery::new(stamp, DeliveryKind::Gone) });
/// let answer = Record::Intended { stamp, intent: Intent::Command("c1".into(), Command::Answer) };
/// for (record, text) in [
///     (gone, r#"{"receivedAt":"1970-01-01T00:00:00.007Z","node":0,"seq":0,"id":"0.0","kind":"gone","callId":"c1"}"#),
///     (answer, r#"{"receivedAt":"1970-01-01T00:00:00.007Z","node":0,"seq":0,"id":"0.0","kind":"intended","command":"answer","callId":"c1"}"#),
/// ] {
///     assert_eq!(record.to_string(), text);
///     assert_eq!(Record::read(text)?, record);
/// }
/// # Ok::<(), call_msgraph::Rejected>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record<S = Stamp> {
    /// Something was received.
    Delivered(Delivery<S>),
    /// A request is about to be sent. Nothing was received.
    Intended {
        /// When and where that was decided.
        stamp: S,
        /// What is to be sent.
        intent: Intent,
    },
}

/// A request that is about to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// Create a call, whose callback address contains the token.
    Create(Token),
    /// Send a command to a call.
    Command(CallId, Command),
}

/// The word of an intent in a line of a log, in the place of a delivery's kind.
pub(crate) const INTENDED: &str = "intended";
/// The command of an intent to create a call.
pub(crate) const CREATE: &str = "create";

impl<S> Record<S> {
    /// Returns the stamp.
    pub const fn stamp(&self) -> &S {
        match self {
            Self::Delivered(Delivery { stamp, .. }) | Self::Intended { stamp, .. } => stamp,
        }
    }

    /// Returns the delivery, if it is one.
    pub const fn delivery(&self) -> Option<&Delivery<S>> {
        match self {
            Self::Delivered(delivery) => Some(delivery),
            Self::Intended { .. } => None,
        }
    }

    /// Returns the delivery, if it is one.
    pub fn into_delivery(self) -> Option<Delivery<S>> {
        match self {
            Self::Delivered(delivery) => Some(delivery),
            Self::Intended { .. } => None,
        }
    }

    /// Returns the record with another stamp.
    #[must_use]
    pub fn stamped<T>(self, stamp: T) -> Record<T> {
        match self {
            Self::Delivered(delivery) => Record::Delivered(delivery.stamped(stamp)),
            Self::Intended { intent, .. } => Record::Intended { stamp, intent },
        }
    }
}

impl Record {
    /// Reads the line that a record is shown as.
    ///
    /// # Errors
    /// [`Rejected`], with the place, for a text that is no such line. A line without a time is none.
    pub fn read(text: &str) -> Result<Self, Rejected> {
        let line = Line::read(text)?;
        let stamp = *line.record.stamp();
        let Some(received_at) = stamp.received_at else {
            return Err(Rejected { line: 1, column: 1, path: "receivedAt".to_owned(), reason: Reason::NotADelivery });
        };
        Ok(line.record.stamped(stamp.or(Stamp::at(received_at))))
    }

    /// Returns the name by which evidence cites a record of this stamp: its node and its sequence number there.
    pub fn id(stamp: &Stamp) -> String {
        let Stamp { node, sequence, .. } = *stamp;
        format!("{}.{sequence}", node.0)
    }
}

impl From<Delivery> for Record {
    fn from(delivery: Delivery) -> Self {
        Self::Delivered(delivery)
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delivered(delivery) => write_delivery(f, delivery),
            Self::Intended { stamp, intent } => {
                write_head(f, stamp, None, INTENDED)?;
                match intent {
                    Intent::Create(token) => {
                        write!(f, ",\"command\":\"{CREATE}\",\"token\":{}", json!(token.expose()))?
                    }
                    Intent::Command(call, command) => {
                        let word = command_word(*command);
                        write!(f, ",\"command\":\"{word}\",\"callId\":{}", json!(call.to_string()))?;
                    }
                }
                f.write_str("}")
            }
        }
    }
}

fn write_head(
    f: &mut fmt::Formatter<'_>,
    stamp: &Stamp,
    sent_at: Option<Timestamp>,
    kind: &'static str,
) -> fmt::Result {
    write!(f, "{{\"receivedAt\":{}", json!(exact(stamp.received_at)))?;
    if let Some(sent_at) = sent_at {
        write!(f, ",\"sentAt\":{}", json!(exact(sent_at)))?;
    }
    let Stamp { node, sequence, .. } = *stamp;
    write!(f, ",\"node\":{},\"seq\":{sequence},\"id\":\"{}\"", node.0, Record::id(stamp))?;
    write!(f, ",\"kind\":\"{kind}\"")
}

fn write_delivery(f: &mut fmt::Formatter<'_>, delivery: &Delivery) -> fmt::Result {
    let Delivery { stamp, kind, sent_at, message_id, token, call, body } = delivery;
    write_head(f, stamp, *sent_at, kind.as_str())?;
    if let DeliveryKind::Accepted(command) = kind {
        write!(f, ",\"command\":\"{}\"", command_word(*command))?;
    }
    let call = call.as_ref().map(ToString::to_string);
    let message_id = message_id.as_ref().map(ToString::to_string);
    let token = token.as_ref().map(|token| token.expose().to_owned());
    for (key, text) in [("callId", call), ("messageId", message_id), ("token", token)] {
        if let Some(text) = text {
            write!(f, ",\"{key}\":{}", json!(text))?;
        }
    }
    match str::from_utf8(body) {
        Ok("") => {}
        Ok(text) if is_a_line(text) => write!(f, ",\"body\":{text}")?,
        Ok(text) => write!(f, ",\"body\":{}", json!(text))?,
        Err(_) => write!(f, ",\"bodyBase64\":\"{}\"", STANDARD.encode(body))?,
    }
    f.write_str("}")
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

#[cfg(test)]
mod tests {
    use super::*;
    use call_core::{Id, NodeId};

    fn stamp() -> Stamp {
        Stamp { node: NodeId(3), sequence: 9, ..Stamp::at(Timestamp::from_nanos(1_700_000_000_123_456_789)) }
    }

    #[test]
    fn a_record_is_read_back_as_it_was() {
        let bodies: [&[u8]; 6] =
            [b"", b"{\"value\": []}", b"{\n}", b"cut off {", b"\xff\xfe", "\"\u{2028}\u{1}".as_bytes()];
        let delivered = bodies.map(|body| {
            Record::Delivered(Delivery {
                sent_at: Some(Timestamp::from_nanos(5)),
                message_id: Some(Id::new("m\"1")),
                token: Token::new("2b-5c_").ok(),
                call: Some("c\\1".into()),
                body: body.into(),
                ..Delivery::new(stamp(), DeliveryKind::Accepted(Command::HangUp))
            })
        });
        let create = Intent::Create(Token::new("2b-5c_").expect("a token"));
        let answer = Intent::Command("c\\1".into(), Command::Answer);
        let intended = [create, answer].map(|intent| Record::Intended { stamp: stamp(), intent });
        for record in delivered.into_iter().chain(intended) {
            let text = record.to_string();
            assert!(!text.contains('\n'), "{text}");
            assert_eq!(Record::read(&text), Ok(record), "{text}");
        }
    }

    #[test]
    fn nothing_private_is_shown_by_debug() {
        let token = Token::new("secret").ok();
        let delivery =
            Delivery { token, body: b"secret".as_slice().into(), ..Delivery::new(stamp(), DeliveryKind::Gone) };
        assert!(!format!("{:?}", Record::from(delivery)).contains("secret"));
    }

    #[test]
    fn a_line_without_a_time_is_no_record() {
        let rejected = Record::read(r#"{"kind":"gone","callId":"c"}"#).map_err(|rejected| rejected.path);
        assert_eq!(rejected, Err("receivedAt".to_owned()));
    }
}
