use std::fmt;
use std::sync::Arc;

use call_core::{CallId, Command, Id, Source, Stamp, Timestamp};

use crate::token::Token;

/// Something that was received: a webhook post, or the reply to a request of our own.
///
/// It is one struct from the socket to the disk. A transport makes it without a stamp ([`Received`]), the intake gives it one,
/// and a line of a log may have a part of one.
///
/// `Debug` shows no more of the body than its length.
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
    /// When and where it was received. Its index says nothing: the values of a batch get theirs when they are read.
    pub stamp: S,
    /// What it is.
    pub kind: DeliveryKind,
    /// When the request was sent that the delivery replies to.
    pub sent_at: Option<Timestamp>,
    /// Id that the service gave the message, in a header ("X-Microsoft-Skype-Message-ID").
    pub message_id: Option<Id>,
    /// The token of the callback address that it was posted to, or of the call that was created.
    pub token: Option<Token>,
    /// The call that the request named.
    pub call: Option<CallId>,
    /// The bytes as they came; empty if there were none.
    pub body: Arc<[u8]>,
}

/// A delivery that has no stamp yet: what a transport hands to an intake.
pub type Received = Delivery<()>;

/// What a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryKind {
    /// A webhook post.
    Notification,
    /// The response to creating a call.
    CreateResponse,
    /// The response to a GET.
    Snapshot,
    /// The service said 404: the call is over.
    Gone,
    /// The service accepted a command.
    Accepted(Command),
}

impl<S> Delivery<S> {
    /// Makes a delivery of which nothing else is known.
    #[must_use]
    pub fn new(stamp: S, kind: DeliveryKind) -> Self {
        Self { stamp, kind, sent_at: None, message_id: None, token: None, call: None, body: Arc::default() }
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

    /// Returns the delivery with a body.
    #[must_use]
    pub fn with_body(self, body: impl Into<Arc<[u8]>>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// Returns the delivery with another stamp.
    #[must_use]
    pub fn stamped<T>(self, stamp: T) -> Delivery<T> {
        let Self { kind, sent_at, message_id, token, call, body, .. } = self;
        Delivery { stamp, kind, sent_at, message_id, token, call, body }
    }

    /// Returns the source of what the delivery says.
    #[must_use]
    pub const fn source(&self) -> Source {
        self.kind.source(self.sent_at)
    }
}

impl Received {
    /// Makes a webhook post of which nothing else is known.
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

/// Every kind; an accepted command stands for all of them.
const KINDS: [DeliveryKind; 5] = [
    DeliveryKind::Notification,
    DeliveryKind::CreateResponse,
    DeliveryKind::Snapshot,
    DeliveryKind::Gone,
    DeliveryKind::Accepted(Command::Other),
];

impl DeliveryKind {
    /// Returns the source of what a delivery of this kind says.
    const fn source(self, sent_at: Option<Timestamp>) -> Source {
        match self {
            Self::Notification => Source::Notification,
            Self::CreateResponse => Source::CreateResponse { sent_at },
            Self::Snapshot => Source::Snapshot { sent_at },
            Self::Gone => Source::Gone { sent_at },
            Self::Accepted(command) => Source::Accepted { command, sent_at },
        }
    }

    /// Returns the word for the kind in a line of a log, which is that of its source. It does not name an accepted command.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.source(None).as_str()
    }

    /// Reads a word in any case; `accepted` is that of no certain command.
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
    fn every_kind_has_a_word_that_is_read_back() {
        for kind in KINDS {
            assert_eq!(DeliveryKind::from_word(&kind.as_str().to_uppercase()), Some(kind));
        }
    }
}
