//! Steps of a walk through a lifecycle, each with its reason and its bounds.
//!
//! ```
//! use call_core::{CallState::*, Observation, Timestamp, reconcile};
//! use core::time::Duration;
//! let hold = Observation::notified(Timestamp::from_millis(0), Hold);
//! let steps = reconcile(&[hold], Duration::from_secs(2)).steps;
//! assert_eq!(steps[1].basis.code(), "inferredEdge"); // established: no call is on hold without it
//! assert_eq!(steps[2].basis.receipts().len(), 1);
//! ```

use alloc::vec::Vec;
use core::fmt;

use crate::words::observation::Receipt;
use crate::words::result::ResultInfo;
use crate::words::state::CallState;
use crate::words::time::Timestamp;

/// One state that a call, an operation or a sharing session was in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct Step<S = CallState> {
    /// The state.
    pub state: S,
    /// Reason why the step is in the timeline.
    pub basis: Basis<S>,
    /// Earliest instant at which the step was entered; `None` if it is unknown.
    pub not_before: Option<Bound>,
    /// Latest instant at which the step was entered; `None` if it is unknown.
    pub not_after: Option<Bound>,
    /// Result that was reported with the state. The last one counts.
    pub result: Option<ResultInfo>,
}

/// Bound of a step: an instant, and the receipt that proves it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Bound {
    /// The instant.
    pub at: Timestamp,
    /// The receipt.
    pub receipt: Receipt,
}

/// Reason why a step is in the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum Basis<S = CallState> {
    /// At least one observation reports the step.
    Observed(Evidence),
    /// No observation reports the step, but every legal walk contains it.
    Inferred(Inference<S>),
}

/// The receipts that report a step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "stored::Evidence"))]
pub struct Evidence {
    receipts: Receipts,
    facts: usize,
    placement: Placement,
}

/// Receipts in the order of their stamps. Most steps have one, which needs no memory of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(untagged))]
enum Receipts {
    One([Receipt; 1]),
    Several(Vec<Receipt>),
}

/// Reason for the position of an observed step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub enum Placement {
    /// The step is where it was received.
    Observed,
    /// A later phase was received before the step. The lifecycle outranks the clock.
    PlacedByPhase,
    /// The step is in the connected phase, where the clock decides.
    PlacedByClock,
    /// A later step of the connected phase was received before the step, close enough to be out of order. With the two
    /// swapped, fewer steps need to be inferred.
    SwappedToSaveInferred,
}

/// Reason why a step was inferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub enum Inference<S = CallState> {
    /// Every call starts with the step.
    Start,
    /// The step is on the shortest walk between two states.
    Edge {
        /// Last state before the edge.
        from: S,
        /// Next observed state.
        to: S,
    },
}

impl<S> Step<S> {
    /// Returns whether the bounds cross, so that the service contradicted itself.
    #[must_use]
    pub fn is_contradicted(&self) -> bool {
        self.not_before.zip(self.not_after).is_some_and(|(not_before, not_after)| not_before.at > not_after.at)
    }
}

impl Evidence {
    /// Returns the evidence of at least one receipt, in any order, that make a number of facts.
    pub(crate) fn new(mut receipts: Vec<Receipt>, facts: usize, placement: Placement) -> Self {
        receipts.sort_unstable();
        receipts.dedup();
        let receipts = match receipts.as_slice() {
            [only] => Receipts::One([*only]),
            _ => {
                receipts.shrink_to_fit();
                Receipts::Several(receipts)
            }
        };
        Self { receipts, facts, placement }
    }

    /// Returns the evidence of one receipt.
    pub(crate) const fn one(receipt: Receipt, placement: Placement) -> Self {
        Self { receipts: Receipts::One([receipt]), facts: 1, placement }
    }

    /// Adds receipts, in any order. `facts` is the new number of facts.
    pub(crate) fn add(&mut self, receipts: &[Receipt], facts: usize) {
        let all = [self.receipts(), receipts].concat();
        *self = Self::new(all, facts, self.placement);
    }

    /// Returns the receipts in the order of their stamps. There is at least one.
    #[must_use]
    pub const fn receipts(&self) -> &[Receipt] {
        match &self.receipts {
            Receipts::One(only) => only,
            Receipts::Several(receipts) => receipts.as_slice(),
        }
    }

    /// Returns the number of facts, at least one. All receipts of one message are one fact.
    #[must_use]
    pub const fn facts(&self) -> usize {
        self.facts
    }

    /// Returns the reason for the position of the step.
    #[must_use]
    pub const fn placement(&self) -> Placement {
        self.placement
    }
}

impl<S> Basis<S> {
    /// Returns the receipts that report the step; empty if it is inferred.
    #[must_use]
    pub fn receipts(&self) -> &[Receipt] {
        match self {
            Self::Observed(evidence) => evidence.receipts(),
            Self::Inferred(_) => &[],
        }
    }

    /// Returns the number of facts that report the step; 0 if it is inferred.
    #[must_use]
    pub const fn facts(&self) -> usize {
        match self {
            Self::Observed(evidence) => evidence.facts,
            Self::Inferred(_) => 0,
        }
    }

    /// Returns the code of the reason. Codes are stable.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Observed(evidence) => match evidence.placement {
                Placement::Observed => "observed",
                Placement::PlacedByPhase => "placedByPhase",
                Placement::PlacedByClock => "placedByClock",
                Placement::SwappedToSaveInferred => "swappedToSaveInferred",
            },
            Self::Inferred(Inference::Start) => "inferredStart",
            Self::Inferred(Inference::Edge { .. }) => "inferredEdge",
        }
    }
}

impl<S: fmt::Display> fmt::Display for Step<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}", self.state, self.basis.code())?;
        if let Some(bound) = &self.not_before {
            write!(f, ", not before {}", bound.at)?;
        }
        if let Some(bound) = &self.not_after {
            write!(f, ", not after {}", bound.at)?;
        }
        if let Some(result) = &self.result {
            write!(f, ", with result {result}")?;
        }
        f.write_str(")")
    }
}

#[cfg(feature = "serde")]
mod stored {
    use super::{Placement, Receipt, Vec};

    /// Evidence as it was serialized, before it is checked.
    #[derive(serde::Deserialize)]
    pub(super) struct Evidence {
        receipts: Vec<Receipt>,
        facts: usize,
        placement: Placement,
    }

    impl TryFrom<Evidence> for super::Evidence {
        type Error = &'static str;

        fn try_from(Evidence { receipts, facts, placement }: Evidence) -> Result<Self, Self::Error> {
            if facts == 0 || facts > receipts.len() {
                return Err("the number of facts must be at least 1 and at most the number of receipts");
            }
            Ok(Self::new(receipts, facts, placement))
        }
    }
}
