//! Writes a record as a line, and reads it back.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use call_core::{Identity, Stamp, Timestamp};
use serde_json::json;

use crate::delivery::{Delivery, DeliveryKind};
use crate::fault::{ReadError, Unreadable};
use crate::line::log_line::Line;
use crate::operation::intended::IntendedOperation;
use crate::record::{CREATE, INTENDED, Intent, REFUSED, Record, Refused};

impl Record {
    /// Reads a line that `Display` wrote.
    ///
    /// # Errors
    /// [`ReadError`] if the text is not such a line. A line without a time is not.
    pub fn read(text: &str) -> Result<Self, ReadError> {
        let line = Line::read(text)?;
        let stamp = *line.record.stamp();
        let Some(received_at) = stamp.received_at else {
            return Err(ReadError {
                line: 1,
                column: 1,
                path: "receivedAt".to_owned(),
                reason: Unreadable::WrongType("an RFC 3339 time"),
            });
        };
        Ok(line.record.stamped(stamp.or(Stamp::at(received_at))))
    }
}

impl fmt::Display for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delivered(delivery) => write_delivery(f, delivery),
            Self::Intended { stamp, intent } => {
                write_head(f, stamp, None, INTENDED)?;
                match intent {
                    Intent::Create { token, reference } => {
                        write!(f, ",\"command\":\"{CREATE}\",\"token\":{}", json!(token.expose()))?;
                        if let Some(reference) = reference {
                            write!(f, ",\"reference\":{}", json!(reference))?;
                        }
                    }
                    Intent::Command(call, command) => {
                        write!(f, ",\"command\":\"{command}\",\"callId\":{}", json!(&*call.spelling()))?;
                    }
                    Intent::Operation(intended) => write_intended(f, intended)?,
                }
                f.write_str("}")
            }
            Self::Refused { stamp, refused } => {
                write_head(f, stamp, None, REFUSED)?;
                match refused {
                    Refused::Create(token) => write!(f, ",\"token\":{}}}", json!(token.expose())),
                    Refused::Operation(call, context) => {
                        write!(f, ",\"callId\":{},\"clientContext\":{}}}", json!(&*call.spelling()), json!(context))
                    }
                }
            }
        }
    }
}

fn write_intended(f: &mut fmt::Formatter<'_>, intended: &IntendedOperation) -> fmt::Result {
    let IntendedOperation { call, kind, client_context, invited, patience } = intended;
    write!(f, ",\"command\":{},\"callId\":{}", json!(kind), json!(&*call.spelling()))?;
    write!(f, ",\"clientContext\":{}", json!(client_context))?;
    if let Some(patience) = patience {
        write!(f, ",\"patienceMs\":{}", patience.as_millis())?;
    }
    if !invited.is_empty() {
        let id = |identity: &Identity| identity.id.as_ref().map(|id| id.expose().to_owned());
        let invited: Vec<_> =
            invited.iter().map(|party| json!({ "kind": party.kind, "id": id(party).unwrap_or_default() })).collect();
        write!(f, ",\"invited\":{}", json!(invited))?;
    }
    Ok(())
}

fn write_head(
    f: &mut fmt::Formatter<'_>,
    stamp: &Stamp,
    sent_at: Option<Timestamp>,
    kind: &'static str,
) -> fmt::Result {
    write!(f, "{{\"receivedAt\":\"{}\"", stamp.received_at)?;
    if let Some(sent_at) = sent_at {
        write!(f, ",\"sentAt\":\"{sent_at}\"")?;
    }
    let Stamp { node, sequence, .. } = *stamp;
    write!(f, ",\"node\":{},\"seq\":{sequence},\"id\":\"{}\"", node.0, stamp.delivery_id())?;
    write!(f, ",\"kind\":\"{kind}\"")
}

fn write_delivery(f: &mut fmt::Formatter<'_>, delivery: &Delivery) -> fmt::Result {
    let Delivery { stamp, kind, sent_at, message_id, token, call, client_context, body } = delivery;
    write_head(f, stamp, *sent_at, kind.as_str())?;
    if let DeliveryKind::Accepted(command) = kind {
        write!(f, ",\"command\":\"{command}\"")?;
    }
    let call = call.as_ref().map(ToString::to_string);
    let message_id = message_id.as_ref().map(ToString::to_string);
    let token = token.as_ref().map(|token| token.expose().to_owned());
    let context = client_context.as_deref().map(str::to_owned);
    for (key, text) in [("callId", call), ("clientContext", context), ("messageId", message_id), ("token", token)] {
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

/// Returns whether a body can be written as JSON in a line, so that reading returns the same bytes.
fn is_a_line(text: &str) -> bool {
    let is_a_value = text.starts_with(['{', '[']) && text.ends_with(['}', ']']);
    is_a_value && !text.contains(['\n', '\r']) && serde_json::from_str::<&serde_json::value::RawValue>(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::Token;
    use call_core::{Command, Id, NodeId, Redacted};

    fn stamp() -> Stamp {
        Stamp { node: NodeId(3), sequence: 9, ..Stamp::at(Timestamp::from_nanos(1_700_000_000_123_456_789)) }
    }

    #[test]
    fn a_record_round_trips_through_its_line() {
        let bodies: [&[u8]; 6] =
            [b"", b"{\"value\": []}", b"{\n}", b"cut off {", b"\xff\xfe", "\"\u{2028}\u{1}".as_bytes()];
        let delivered = bodies.map(|body| {
            Record::Delivered(Delivery {
                sent_at: Some(Timestamp::from_nanos(5)),
                message_id: Some(Id::new("m\"1")),
                token: Token::new("2b-5c_").ok(),
                call: Some("c\\1".into()),
                client_context: Some("\"7\"".into()),
                body: body.into(),
                ..Delivery::new(stamp(), DeliveryKind::Accepted(Command::HangUp))
            })
        });
        let create =
            Intent::Create { token: Token::new("2b-5c_").expect("a token"), reference: Some("\"order 7\"".into()) };
        let answer = Intent::Command("c\\1".into(), Command::Answer);
        let mut invite = IntendedOperation::new("c\\1".into(), "invite", "\"7\"");
        let mut lee = Identity::new("user");
        lee.id = Some(Redacted::new("lee"));
        (invite.invited, invite.patience) = (Box::new([lee]), Some(std::time::Duration::from_millis(1_500)));
        let invite = Intent::Operation(Box::new(invite));
        let intended = [create, answer, invite].map(|intent| Record::Intended { stamp: stamp(), intent });
        let refused = [
            Refused::Create(Token::new("2b-5c_").expect("a token")),
            Refused::Operation("c\\1".into(), "\"7\"".into()),
        ];
        let refused = refused.map(|refused| Record::Refused { stamp: stamp(), refused });
        for record in delivered.into_iter().chain(intended).chain(refused) {
            let text = record.to_string();
            assert!(!text.contains('\n'), "{text}");
            assert_eq!(Record::read(&text), Ok(record), "{text}");
        }
    }

    #[test]
    fn a_record_without_a_time_is_refused() {
        let refused = Record::read(r#"{"body": {"id": "c", "state": "hold"}}"#).unwrap_err();
        assert_eq!(refused.to_string(), "receivedAt: expected an RFC 3339 time");
    }

    #[test]
    fn debug_output_shows_no_private_data() {
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
