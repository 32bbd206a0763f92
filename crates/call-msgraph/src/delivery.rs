//! A delivery: bytes that were received, with everything that the transport knows about them.

use std::fmt;
use std::sync::Arc;

use call_core::{CallId, Command, Id, Source, Stamp, Timestamp};

use crate::token::Token;

/// A delivery: a webhook post, or the response to a request.
///
/// All parts of the engine use this struct. A transport makes it without a stamp ([`Received`]), the engine adds the stamp, and
/// a line of a log may have a part of a stamp.
///
/// `Debug` shows only the length of the body.
///
/// ```
/// use call_core::{Stamp, Timestamp};
/// use call_msgraph::{Delivery, DeliveryKind};
/// let post = Delivery::post(&b"{}"[..]);
/// let delivery = post.stamped(Stamp::at(Timestamp::from_millis(7)));
/// assert_eq!(delivery, Delivery::new(delivery.stamp, DeliveryKind::Notification).with_body(&b"{}"[..]));
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery<S = Stamp> {
    /// Stamp of the delivery. Its index has no meaning: decoding sets the index of each value of a batch.
    pub stamp: S,
    /// Kind of the delivery.
    pub kind: DeliveryKind,
    /// Instant at which the request was sent that the delivery is the response to.
    pub sent_at: Option<Timestamp>,
    /// Id of the message, from the header `X-Microsoft-Skype-Message-ID`.
    pub message_id: Option<Id>,
    /// Token of the callback address that the post was sent to, or of the call that was created.
    pub token: Option<Token>,
    /// Call of the request.
    pub call: Option<CallId>,
    /// The `clientContext` of the request. An operation in the response may lack it.
    pub client_context: Option<Box<str>>,
    /// Body, as it was received.
    pub body: Arc<[u8]>,
}

/// A delivery without a stamp, as a transport passes it to an intake.
pub type Received = Delivery<()>;

/// Kind of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryKind {
    /// A webhook post.
    Notification,
    /// The response to creating a call.
    CreateResponse,
    /// The response to a GET.
    Snapshot,
    /// The response 404 to a request: the call has ended.
    Gone,
    /// The response to an accepted command.
    Accepted(Command),
}

impl<S> Delivery<S> {
    /// Returns a delivery without any other field.
    #[must_use]
    pub fn new(stamp: S, kind: DeliveryKind) -> Self {
        Self {
            stamp,
            kind,
            sent_at: None,
            message_id: None,
            token: None,
            call: None,
            client_context: None,
            body: Arc::default(),
        }
    }

    /// Returns the delivery with a call.
    #[must_use]
    pub fn with_call(self, call: impl Into<CallId>) -> Self {
        Self { call: Some(call.into()), ..self }
    }

    /// Returns the delivery with the token of a callback address.
    #[must_use]
    pub fn with_token(self, token: Token) -> Self {
        Self { token: Some(token), ..self }
    }

    /// Returns the delivery with an id of its message.
    #[must_use]
    pub fn with_message_id(self, id: impl Into<Id>) -> Self {
        Self { message_id: Some(id.into()), ..self }
    }

    /// Returns the delivery with the instant at which the request was sent that it replies to.
    #[must_use]
    pub fn with_sent_at(self, sent_at: Timestamp) -> Self {
        Self { sent_at: Some(sent_at), ..self }
    }

    /// Returns the delivery with the client context of the request that it replies to.
    #[must_use]
    pub fn with_client_context(self, context: impl Into<Box<str>>) -> Self {
        Self { client_context: Some(context.into()), ..self }
    }

    /// Returns the delivery with a body.
    #[must_use]
    pub fn with_body(self, body: impl Into<Arc<[u8]>>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// Returns the delivery with another stamp.
    #[must_use]
    pub fn stamped<T>(self, stamp: T) -> Delivery<T> {
        let Self { kind, sent_at, message_id, token, call, client_context, body, .. } = self;
        Delivery { stamp, kind, sent_at, message_id, token, call, client_context, body }
    }

    /// Returns the source of the observations of the delivery.
    #[must_use]
    pub const fn source(&self) -> Source {
        self.kind.source(self.sent_at)
    }
}

impl Received {
    /// Returns a webhook post without any other field.
    #[must_use]
    pub fn post(body: impl Into<Arc<[u8]>>) -> Self {
        Self { body: body.into(), ..Self::new((), DeliveryKind::Notification) }
    }
}

impl<S: fmt::Debug> fmt::Debug for Delivery<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
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

/// Every kind, with one accepted command for all of them.
const KINDS: [DeliveryKind; 5] = [
    DeliveryKind::Notification,
    DeliveryKind::CreateResponse,
    DeliveryKind::Snapshot,
    DeliveryKind::Gone,
    DeliveryKind::Accepted(Command::Other),
];

impl DeliveryKind {
    /// Returns the source of the observations of a delivery of this kind.
    const fn source(self, sent_at: Option<Timestamp>) -> Source {
        match self {
            Self::Notification => Source::Notification,
            Self::CreateResponse => Source::CreateResponse { sent_at },
            Self::Snapshot => Source::Snapshot { sent_at },
            Self::Gone => Source::Gone { sent_at },
            Self::Accepted(command) => Source::Accepted { command, sent_at },
        }
    }

    /// Returns the word of the kind in a log, which is the word of its source. It does not contain the name of a command.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.source(None).as_str()
    }

    /// Reads a word in upper or lower case. `accepted` returns [`Command::Other`].
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        KINDS.into_iter().find(|kind| kind.as_str().eq_ignore_ascii_case(word))
    }

    /// Returns all words.
    pub(crate) fn words() -> impl Iterator<Item = &'static str> {
        KINDS.into_iter().map(Self::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_delivery_kind_round_trips_through_its_word() {
        for kind in KINDS {
            assert_eq!(DeliveryKind::from_word(&kind.as_str().to_uppercase()), Some(kind));
        }
    }
}
