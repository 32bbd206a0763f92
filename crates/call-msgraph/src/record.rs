//! A record of the journal: a delivery, the intent to send a request, or that a request had no effect.

use call_core::{CallId, Command, Stamp};

use crate::delivery::Delivery;
use crate::operation::intended::IntendedOperation;
use crate::token::Token;

/// A record of a journal: a delivery as it was received, the intent to send a request, or that it had no effect.
///
/// `Display` writes the line of a log that [`Line`](crate::Line) reads. The line contains everything, names and tokens too. `Debug`
/// shows only the length of a body.
///
/// ```
/// use call_core::{Command, Stamp, Timestamp};
/// use call_msgraph::{Delivery, DeliveryKind, Intent, Record};
/// let stamp = Stamp::at(Timestamp::from_millis(7));
/// let gone = Record::from(Delivery::new(stamp, DeliveryKind::Gone).with_call("c1"));
/// let answer = Record::Intended { stamp, intent: Intent::Command("c1".into(), Command::Answer) };
/// for (record, text) in [
///     (gone, r#"{"receivedAt":"1970-01-01T00:00:00.007Z","node":0,"seq":0,"id":"0.0","kind":"gone","callId":"c1"}"#),
///     (answer, r#"{"receivedAt":"1970-01-01T00:00:00.007Z","node":0,"seq":0,"id":"0.0","kind":"intended","command":"answer","callId":"c1"}"#),
/// ] {
///     assert_eq!(record.to_string(), text);
///     assert_eq!(Record::read(text)?, record);
/// }
/// # Ok::<(), call_msgraph::ReadError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Record<S = Stamp> {
    /// A delivery was received.
    Delivered(Delivery<S>),
    /// A request is about to be sent.
    Intended {
        /// Stamp of the intent.
        stamp: S,
        /// The request.
        intent: Intent,
    },
    /// A request had no effect: the service refused it, or it was not sent.
    Refused {
        /// Stamp of the refusal.
        stamp: S,
        /// What was refused.
        refused: Refused,
    },
}

/// A request that is about to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Intent {
    /// Create a call.
    Create {
        /// Token in the callback address of the call.
        token: Token,
        /// The host's own name of the call.
        reference: Option<Box<str>>,
    },
    /// Send a command to a call.
    Command(CallId, Command),
    /// Start an operation whose outcome is awaited.
    Operation(Box<IntendedOperation>),
}

/// A request that had no effect.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refused {
    /// The create with this token.
    Create(Token),
    /// The operation of a call with this client context.
    Operation(CallId, Box<str>),
}

/// The `kind` of an intent in a line of a log.
pub(crate) const INTENDED: &str = "intended";
/// The `kind` of a refusal in a line of a log.
pub(crate) const REFUSED: &str = "refused";
/// The `command` of an intent to create a call.
pub(crate) const CREATE: &str = "create";

impl<S> Record<S> {
    /// Returns the stamp.
    pub const fn stamp(&self) -> &S {
        match self {
            Self::Delivered(Delivery { stamp, .. }) | Self::Intended { stamp, .. } | Self::Refused { stamp, .. } => {
                stamp
            }
        }
    }

    /// Returns the delivery, if it is one.
    pub const fn delivery(&self) -> Option<&Delivery<S>> {
        match self {
            Self::Delivered(delivery) => Some(delivery),
            Self::Intended { .. } | Self::Refused { .. } => None,
        }
    }

    /// Returns the delivery, if it is one.
    pub fn into_delivery(self) -> Option<Delivery<S>> {
        match self {
            Self::Delivered(delivery) => Some(delivery),
            Self::Intended { .. } | Self::Refused { .. } => None,
        }
    }

    /// Returns the record with another stamp.
    #[must_use]
    pub fn stamped<T>(self, stamp: T) -> Record<T> {
        match self {
            Self::Delivered(delivery) => Record::Delivered(delivery.stamped(stamp)),
            Self::Intended { intent, .. } => Record::Intended { stamp, intent },
            Self::Refused { refused, .. } => Record::Refused { stamp, refused },
        }
    }
}

impl From<Delivery> for Record {
    fn from(delivery: Delivery) -> Self {
        Self::Delivered(delivery)
    }
}
