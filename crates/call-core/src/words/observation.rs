//! Observations: one claim, from one source, under one stamp.
//!
//! ```
//! use call_core::{CallState, Claim, Observation, Source, Stamp, Timestamp};
//! use core::time::Duration;
//! let sent_at = Timestamp::from_millis(1_000);
//! let stamp = Stamp::at(Timestamp::from_millis(1_250));
//! let snapshot = Observation::new(stamp, Source::Snapshot { sent_at: Some(sent_at) }, Claim::state(CallState::Hold));
//! let interval = snapshot.interval(Duration::from_secs(2));
//! assert_eq!((interval.earliest(), interval.latest()), (sent_at, stamp.received_at));
//! assert_eq!(snapshot.to_string(), "1970-01-01T00:00:01.25Z 0.0 snapshot sent 1970-01-01T00:00:01Z: hold");
//! ```

use alloc::format;
use alloc::string::String;
use core::fmt;
use core::time::Duration;

use crate::words::claim::Claim;
use crate::words::command::Command;
use crate::words::id::Id;
use crate::words::interval::Interval;
use crate::words::stamp::Stamp;
use crate::words::state::CallState;
use crate::words::time::Timestamp;

/// One claim about a call, with its source and its stamp.
///
/// Observations are ordered by stamp, then by claim. `Display` and `Debug` write one line.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub struct Observation {
    /// Position in the order of receipts.
    pub stamp: Stamp,
    /// The claim.
    pub claim: Claim,
    /// Source of the claim.
    pub source: Source,
    /// Id that the service gave the message. Receipts of the same claim in the same message are one fact.
    pub message_id: Option<Id>,
    /// Number that the host gave the delivery. The evidence contains it. It does not affect the order.
    pub delivery: u64,
    /// Whether the delivery is a batch of several values, so that evidence cites the value too. It does not affect the order.
    pub in_batch: bool,
}

/// Reference to a received observation, as evidence cites it. `Display` and `Debug` write one line.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Receipt {
    /// Position in the order of receipts.
    pub stamp: Stamp,
    /// Source of the claim.
    pub source: Source,
    /// Number that the host gave the delivery.
    pub delivery: u64,
    /// Whether the delivery is a batch of several values. The stamp's index is the position of the value.
    pub in_batch: bool,
}

/// Source of an observation. It decides in which interval the claim was true.
///
/// `sent_at` is the instant at which the request was sent that the source replies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase", rename_all_fields = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum Source {
    /// A webhook notification.
    Notification,
    /// The response to creating the call.
    CreateResponse {
        /// When the create was sent.
        sent_at: Option<Timestamp>,
    },
    /// The response to a GET.
    Snapshot {
        /// When the GET was sent.
        sent_at: Option<Timestamp>,
    },
    /// The acceptance of a command.
    Accepted {
        /// The command.
        command: Command,
        /// When the command was sent.
        sent_at: Option<Timestamp>,
    },
    /// The response 404 to a request: the call has ended.
    Gone {
        /// When the request was sent.
        sent_at: Option<Timestamp>,
    },
}

impl Source {
    /// Returns the word of the command line's contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Notification => "notification",
            Self::CreateResponse { .. } => "createResponse",
            Self::Snapshot { .. } => "snapshot",
            Self::Accepted { .. } => "accepted",
            Self::Gone { .. } => "gone",
        }
    }
}

impl Observation {
    /// Returns an observation without a message id and without a delivery number.
    #[must_use]
    pub const fn new(stamp: Stamp, source: Source, claim: Claim) -> Self {
        Self { stamp, claim, source, message_id: None, delivery: 0, in_batch: false }
    }

    /// Returns the observation of a notification that reports a state, with the stamp [`Stamp::at`] of its instant.
    #[must_use]
    pub const fn notified(received_at: Timestamp, state: CallState) -> Self {
        Self::new(Stamp::at(received_at), Source::Notification, Claim::state(state))
    }

    /// Returns the reference that evidence cites.
    #[must_use]
    pub const fn receipt(&self) -> Receipt {
        Receipt { stamp: self.stamp, source: self.source, delivery: self.delivery, in_batch: self.in_batch }
    }

    /// Returns when the request was sent that the source replies to; `None` if that is later than the receipt.
    #[must_use]
    pub fn sent_at(&self) -> Option<Timestamp> {
        self.receipt().sent_at()
    }

    /// Returns the interval in which the claim was true.
    #[must_use]
    pub fn interval(&self, reorder_window: Duration) -> Interval {
        self.receipt().interval(reorder_window)
    }

    /// Returns whether both are the same observation, perhaps in two deliveries with the same stamp.
    pub(crate) fn is_repeated_by(&self, other: &Self) -> bool {
        (self.stamp, &self.claim, self.source, &self.message_id)
            == (other.stamp, &other.claim, other.source, &other.message_id)
    }

    /// Returns whether the claim is a report, rather than the promise of an accepted command.
    pub(crate) const fn is_a_report(&self) -> bool {
        !matches!(self.source, Source::Accepted { .. })
    }
}

impl Receipt {
    /// Returns the id by which evidence cites the receipt: the id of its delivery and, in a batch, the index from 0.
    ///
    /// ```
    /// use call_core::{Claim, NodeId, Observation, Source, Stamp, Timestamp};
    /// let stamp = Stamp { node: NodeId(2), sequence: 17, index: 1, ..Stamp::at(Timestamp::from_millis(0)) };
    /// let mut observation = Observation::new(stamp, Source::Notification, Claim::Exists);
    /// assert_eq!(observation.receipt().id(), "2.17");
    /// observation.in_batch = true;
    /// assert_eq!(observation.receipt().id(), "2.17/1");
    /// ```
    #[must_use]
    pub fn id(&self) -> String {
        let id = self.stamp.delivery_id();
        if self.in_batch { format!("{id}/{}", self.stamp.index) } else { id }
    }

    /// Returns when the request was sent that the source replies to; `None` if that is later than the receipt.
    #[must_use]
    pub fn sent_at(&self) -> Option<Timestamp> {
        let sent_at = match self.source {
            Source::Notification => None,
            Source::CreateResponse { sent_at }
            | Source::Snapshot { sent_at }
            | Source::Accepted { sent_at, .. }
            | Source::Gone { sent_at } => sent_at,
        };
        sent_at.filter(|sent_at| *sent_at <= self.stamp.received_at)
    }

    /// Returns the interval in which the claim was true. It contains the instant of the receipt, so the order of intervals never
    /// contradicts the stamps.
    #[must_use]
    pub fn interval(&self, reorder_window: Duration) -> Interval {
        let received_at = self.stamp.received_at;
        let sent_at = self.sent_at().unwrap_or(received_at);
        match self.source {
            Source::Notification => Interval::between(received_at.saturating_sub(reorder_window), received_at),
            // A reply was true at some instant between request and reply, not when it was received. G8 depends on this.
            Source::CreateResponse { .. } | Source::Snapshot { .. } | Source::Gone { .. } => {
                Interval::between(sent_at, received_at)
            }
            // The service carries out a command after it accepted it.
            Source::Accepted { .. } => Interval::between(sent_at, received_at.saturating_add(reorder_window)),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())?;
        let sent_at = match self {
            Self::Notification => None,
            Self::CreateResponse { sent_at } | Self::Snapshot { sent_at } | Self::Gone { sent_at } => *sent_at,
            Self::Accepted { command, sent_at } => {
                write!(f, " {command}")?;
                *sent_at
            }
        };
        sent_at.map_or(Ok(()), |sent_at| write!(f, " sent {sent_at}"))
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.stamp, self.source)?;
        if self.delivery != 0 {
            write!(f, " in delivery {}", self.delivery)?;
        }
        if self.in_batch { f.write_str(" of a batch") } else { Ok(()) }
    }
}

impl fmt::Display for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.receipt())?;
        if let Some(id) = &self.message_id {
            write!(f, " in message {id:?}")?;
        }
        write!(f, ": {}", self.claim)
    }
}

// A failed property test prints its input with `{:#?}`. One line for each observation makes that readable.
impl fmt::Debug for Observation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
