//! Anomalies: contradictions, and claims that no lifecycle contains.
//!
//! ```
//! use call_core::{Claim, DEFAULT_REORDER_WINDOW, Observation, Oddity, Source, Stamp, Timestamp, reconcile};
//! let claim = Claim::Oddity(Box::new(Oddity::UnrecognizedState("parked".into())));
//! let parked = Observation::new(Stamp::at(Timestamp::from_millis(0)), Source::Notification, claim);
//! assert_eq!(reconcile(&[parked], DEFAULT_REORDER_WINDOW).anomalies[0].kind.code(), "unrecognizedState");
//! ```

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;

use crate::words::claim::Oddity;
use crate::words::command::Command;
use crate::words::observation::Receipt;
use crate::words::operation::OperationKey;
use crate::words::state::CallState;

/// Something that should not have happened, with its evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Anomaly {
    /// Kind of the anomaly. Its `Display` is a phrase for operators.
    pub kind: AnomalyKind,
    /// Receipts that show the anomaly, in the order of their stamps.
    pub evidence: Vec<Receipt>,
}

/// Kind of an anomaly.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub enum AnomalyKind {
    /// The state was reported before a reply that shows that the call had not entered it yet.
    Contradiction(CallState),
    /// A 404 said that the call did not exist, but a request or notification that began later reported it alive. The 404 is set aside.
    FalseGone,
    /// The service accepted this command, which ends the call, but later reported the call alive.
    Unfulfilled(Command),
    /// The operation was reported as completed and as failed. The first report counts.
    TwoEnds(OperationKey),
    /// A claim that no lifecycle contains.
    Odd(Oddity),
    /// The call was reported as incoming and as outgoing. The last report counts.
    ConflictingDirection,
    /// The limits evicted observations. The evidence is the first evicted receipt of each kind.
    Truncated,
}

impl Anomaly {
    /// Returns an anomaly. The evidence must be in the order of its stamps.
    #[must_use]
    pub const fn new(kind: AnomalyKind, evidence: Vec<Receipt>) -> Self {
        Self { kind, evidence }
    }

    /// Merges the anomalies of each kind.
    pub(crate) fn grouped(anomalies: Vec<Self>) -> Vec<Self> {
        let mut grouped: BTreeMap<AnomalyKind, Vec<Receipt>> = BTreeMap::new();
        for Self { kind, evidence } in anomalies {
            grouped.entry(kind).or_default().extend(evidence);
        }
        let in_order = |mut evidence: Vec<Receipt>| {
            evidence.sort_unstable();
            evidence.dedup();
            evidence
        };
        grouped.into_iter().map(|(kind, evidence)| Self { kind, evidence: in_order(evidence) }).collect()
    }
}

impl AnomalyKind {
    /// Returns the code of the kind. Codes are stable.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Contradiction(_) | Self::FalseGone | Self::TwoEnds(_) => "contradiction",
            Self::Unfulfilled(_) => "unfulfilled",
            Self::Odd(Oddity::UnrecognizedState(_)) => "unrecognizedState",
            Self::Odd(Oddity::IdMismatch(_)) => "idMismatch",
            Self::Odd(Oddity::UnknownResource(_)) => "unknownResource",
            Self::Odd(Oddity::UnrecognizedWord { .. }) => "unrecognizedWord",
            Self::ConflictingDirection => "conflictingDirection",
            Self::Truncated => "truncated",
        }
    }
}

impl fmt::Display for AnomalyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contradiction(state) => {
                write!(f, "{state} was reported before a reply that shows that the call had not entered it yet")
            }
            Self::FalseGone => f.write_str("a 404 said that the call did not exist, but it was reported alive later"),
            Self::Unfulfilled(command) => write!(f, "{command}"),
            Self::TwoEnds(OperationKey::Id(id)) => write!(f, "operation {id} was reported as completed and as failed"),
            Self::TwoEnds(OperationKey::ClientContext(_)) => {
                f.write_str("an operation without an id was reported as completed and as failed")
            }
            Self::Odd(oddity) => write!(f, "{oddity}"),
            Self::ConflictingDirection => f.write_str("reported as incoming and as outgoing"),
            Self::Truncated => f.write_str("the limits evicted observations of this call"),
        }
    }
}
