//! What reached us: one claim, from one source, under one stamp.
//!
//! ```
//! use call_core::{CallState, Claim, Observation, Source, Stamp, Timestamp};
//! use core::time::Duration;
//! let asked = Timestamp::from_millis(1_000);
//! let stamp = Stamp::at(Timestamp::from_millis(1_250));
//! let snapshot = Observation::new(stamp, Source::Snapshot { sent_at: Some(asked) }, Claim::state(CallState::Hold));
//! let interval = snapshot.interval(Duration::from_secs(2));
//! assert_eq!((interval.earliest(), interval.latest()), (asked, stamp.received_at));
//! ```

use core::time::Duration;

use crate::words::claim::Claim;
use crate::words::command::Command;
use crate::words::id::Id;
use crate::words::interval::Interval;
use crate::words::stamp::Stamp;
use crate::words::state::CallState;
use crate::words::time::Timestamp;

/// One fact that reached us.
///
/// Observations are ordered by stamp, then by claim: that is the order in which they count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Observation {
    /// When and where it was received.
    pub stamp: Stamp,
    /// What was claimed.
    pub claim: Claim,
    /// How it reached us.
    pub source: Source,
    /// What the service called the message, if it said so: receipts of one claim at one place of one message are one fact.
    pub message_id: Option<Id>,
    /// The host's own number for the delivery that said so. It comes back with the evidence, and orders nothing.
    pub delivery: u64,
    /// Whether the delivery is a batch of several values, so that evidence cites the value too. It orders nothing.
    pub in_batch: bool,
}

/// Something received, as evidence cites it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Receipt {
    /// When and where it was received.
    pub stamp: Stamp,
    /// How it reached us.
    pub source: Source,
    /// The host's own number for the delivery.
    pub delivery: u64,
    /// Whether the delivery is a batch of several values; the stamp's index says which one.
    pub in_batch: bool,
}

/// How an observation reached us, which decides when it was true.
///
/// `sent_at` is when the request left that the source answers.
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
    /// The service accepted a command.
    Accepted {
        /// Which one.
        command: Command,
        /// When the command was sent.
        sent_at: Option<Timestamp>,
    },
    /// The service said 404: the call is over.
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
    /// Makes an observation of a message that has no id, in a delivery that has no number.
    #[must_use]
    pub const fn new(stamp: Stamp, source: Source, claim: Claim) -> Self {
        Self { stamp, claim, source, message_id: None, delivery: 0, in_batch: false }
    }

    /// Makes the observation of a notification of a state, the only receipt of its instant.
    #[must_use]
    pub const fn notified(received_at: Timestamp, state: CallState) -> Self {
        Self::new(Stamp::at(received_at), Source::Notification, Claim::state(state))
    }

    /// Returns how evidence cites it.
    #[must_use]
    pub const fn receipt(&self) -> Receipt {
        Receipt { stamp: self.stamp, source: self.source, delivery: self.delivery, in_batch: self.in_batch }
    }

    /// Returns when the request was sent that the source answers; unknown if that is later than the receipt.
    #[must_use]
    pub fn sent_at(&self) -> Option<Timestamp> {
        self.receipt().sent_at()
    }

    /// Returns the span in which the claim was true.
    #[must_use]
    pub fn interval(&self, reorder_window: Duration) -> Interval {
        self.receipt().interval(reorder_window)
    }

    /// Returns whether both are one, though perhaps in two deliveries of one stamp.
    pub(crate) fn is_repeated_by(&self, other: &Self) -> bool {
        (self.stamp, &self.claim, self.source, &self.message_id)
            == (other.stamp, &other.claim, other.source, &other.message_id)
    }

    /// Returns whether the service said so of its own accord or in reply to a question, rather than promised it.
    pub(crate) const fn is_a_report(&self) -> bool {
        !matches!(self.source, Source::Accepted { .. })
    }
}

impl Receipt {
    /// Returns when the request was sent that the source answers; unknown if that is later than the receipt.
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

    /// Returns the span in which what it claims was true. It holds the receipt, so stamps never contradict the order of spans.
    #[must_use]
    pub fn interval(&self, reorder_window: Duration) -> Interval {
        let received_at = self.stamp.received_at;
        let sent_at = self.sent_at().unwrap_or(received_at);
        match self.source {
            Source::Notification => Interval::between(received_at.saturating_sub(reorder_window), received_at),
            // A reply was true between asking and answering, not when it was received: G8 depends on it.
            Source::CreateResponse { .. } | Source::Snapshot { .. } | Source::Gone { .. } => {
                Interval::between(sent_at, received_at)
            }
            // What was accepted happens afterwards.
            Source::Accepted { .. } => Interval::between(sent_at, received_at.saturating_add(reorder_window)),
        }
    }
}
