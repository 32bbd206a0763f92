//! What a call's observations hold that should not have happened.
//!
//! ```
//! use call_core::{Claim, DEFAULT_REORDER_WINDOW, Observation, Oddity, Source, Stamp, Timestamp, reconcile};
//! let claim = Claim::Oddity(Oddity::UnrecognizedState("parked".into()));
//! let parked = Observation::new(Stamp::at(Timestamp::from_millis(0)), Source::Notification, claim);
//! assert_eq!(reconcile(&[parked], DEFAULT_REORDER_WINDOW).anomalies[0].kind.code(), "unrecognizedState");
//! ```

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;

use crate::words::claim::Oddity;
use crate::words::observation::Receipt;
use crate::words::operation::OperationKey;
use crate::words::state::CallState;

/// Something that should not have happened, with what shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Anomaly {
    /// What it is; its `Display` is a phrase for operators.
    pub kind: AnomalyKind,
    /// The receipts that show it, in the order of their stamps.
    pub evidence: Vec<Receipt>,
}

/// What should not have happened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub enum AnomalyKind {
    /// By a reply of the service, the state was entered later than it was reported.
    Contradiction(CallState),
    /// The operation was said to have completed and to have failed; what was said first counts.
    TwoEnds(OperationKey),
    /// Something that fits no lifecycle.
    Odd(Oddity),
    /// The call was said to be incoming and to be outgoing; what was said last counts.
    ConflictingDirection,
    /// More was observed than is kept. The evidence is the first that was let go of.
    Truncated,
}

impl Anomaly {
    /// Returns an anomaly. The evidence must be in the order of its stamps.
    #[must_use]
    pub const fn new(kind: AnomalyKind, evidence: Vec<Receipt>) -> Self {
        Self { kind, evidence }
    }

    /// Makes one of all that are alike, with the evidence of each.
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
    /// Returns the stable code of the command line's contract.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Contradiction(_) | Self::TwoEnds(_) => "contradiction",
            Self::Odd(Oddity::UnrecognizedState(_)) => "unrecognizedState",
            Self::Odd(Oddity::IdMismatch(_)) => "idMismatch",
            Self::Odd(Oddity::UnknownResource(_)) => "unknownResource",
            Self::ConflictingDirection => "conflictingDirection",
            Self::Truncated => "truncated",
        }
    }
}

impl fmt::Display for AnomalyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contradiction(state) => {
                write!(f, "{state} was reported before a reply by which the call had not yet come so far")
            }
            Self::TwoEnds(OperationKey::Id(id)) => write!(f, "operation {id} was reported as completed and as failed"),
            Self::TwoEnds(OperationKey::ClientContext(_)) => {
                f.write_str("an operation without an id was reported as completed and as failed")
            }
            Self::Odd(Oddity::UnrecognizedState(word)) => write!(f, "no call state is named {word:?}"),
            Self::Odd(Oddity::IdMismatch(id)) => write!(f, "the resource inside names another call: {id:?}"),
            Self::Odd(Oddity::UnknownResource(kind)) => write!(f, "a resource of an unknown kind: {kind:?}"),
            Self::ConflictingDirection => f.write_str("reported as incoming and as outgoing"),
            Self::Truncated => f.write_str("more was observed than is kept, and some of it is left out here"),
        }
    }
}
