//! One step of a walk through a lifecycle, with the reason why it stands there.
//!
//! ```
//! use call_core::{CallState::*, Observation, Timestamp, reconcile};
//! use core::time::Duration;
//! let hold = Observation::notified(Timestamp::from_millis(0), Hold);
//! let steps = reconcile(&[hold], Duration::from_secs(2)).steps;
//! assert_eq!(steps[1].basis.code(), "inferredEdge"); // established, without which no call is on hold
//! assert_eq!(steps[2].basis.receipts().len(), 1);
//! ```

use alloc::vec::Vec;
use core::fmt;

use crate::words::observation::Receipt;
use crate::words::result::ResultInfo;
use crate::words::state::CallState;
use crate::words::time::Timestamp;

/// One state that the call was in, or something that belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct Step<S = CallState> {
    /// The state.
    pub state: S,
    /// Why the step stands in the timeline.
    pub basis: Basis<S>,
    /// It was entered no earlier; `None` if nothing proves that.
    pub not_before: Option<Bound>,
    /// It was entered no later; `None` if nothing proves that.
    pub not_after: Option<Bound>,
    /// The result that came with its own evidence, the last if there were several.
    pub result: Option<ResultInfo>,
}

/// An instant, and the receipt that proves it to be a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Bound {
    /// The instant.
    pub at: Timestamp,
    /// The receipt.
    pub receipt: Receipt,
}

/// Why a step stands in the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
pub enum Basis<S = CallState> {
    /// Something reported it.
    Observed(Evidence),
    /// Nothing reported it, but no legal walk avoids it.
    Inferred(Inference<S>),
}

/// What reported a step.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(try_from = "stored::Evidence"))]
pub struct Evidence {
    receipts: Vec<Receipt>,
    facts: usize,
    reason: Placement,
}

/// Why an observed step stands at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub enum Placement {
    /// It stands where it was received.
    Observed,
    /// Something later in the lifecycle was received before it: the table outranks the clock.
    PlacedByPhase,
    /// Within the connected phase, it stands where the clock puts it.
    PlacedByClock,
    /// A later step of the connected phase was received before it, but within the time that the two can be out of order,
    /// and so fewer steps need to be inferred.
    SwappedToSaveInferred,
}

/// Why a step had to be inferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub enum Inference<S = CallState> {
    /// A call starts here.
    Start,
    /// There is no shorter way between two states than through this one.
    Edge {
        /// The last state before it that was not inferred from this edge.
        from: S,
        /// The next observed state after it.
        to: S,
    },
}

impl<S> Step<S> {
    /// Returns whether its two bounds cross, so that the service contradicted itself.
    #[must_use]
    pub fn is_contradicted(&self) -> bool {
        self.not_before.zip(self.not_after).is_some_and(|(not_before, not_after)| not_before.at > not_after.at)
    }
}

impl Evidence {
    /// Takes at least one receipt, in any order, and how many facts they make.
    pub(crate) fn new(mut receipts: Vec<Receipt>, facts: usize, reason: Placement) -> Self {
        receipts.sort_unstable();
        receipts.dedup();
        receipts.shrink_to_fit();
        Self { receipts, facts, reason }
    }

    /// Adds receipts, in any order. Together they make so many facts.
    pub(crate) fn add(&mut self, receipts: &[Receipt], facts: usize) {
        let all = [self.receipts.as_slice(), receipts].concat();
        *self = Self::new(all, facts, self.reason);
    }

    /// Returns the receipts in the order of their stamps, at least one.
    #[must_use]
    pub fn receipts(&self) -> &[Receipt] {
        &self.receipts
    }

    /// Returns how many facts they make, at least one: receipts of one message are one, however often it was received.
    #[must_use]
    pub const fn facts(&self) -> usize {
        self.facts
    }

    /// Returns why the step stands at its place.
    #[must_use]
    pub const fn reason(&self) -> Placement {
        self.reason
    }
}

impl<S> Basis<S> {
    /// Returns what reported the step; empty if nothing did.
    #[must_use]
    pub fn receipts(&self) -> &[Receipt] {
        match self {
            Self::Observed(evidence) => evidence.receipts(),
            Self::Inferred(_) => &[],
        }
    }

    /// Returns how many facts report the step; none if it is inferred.
    #[must_use]
    pub const fn facts(&self) -> usize {
        match self {
            Self::Observed(evidence) => evidence.facts,
            Self::Inferred(_) => 0,
        }
    }

    /// Returns the stable code of the reason.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Observed(evidence) => match evidence.reason {
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

    /// Evidence as it was stored, which may have been tampered with.
    #[derive(serde::Deserialize)]
    pub(super) struct Evidence {
        receipts: Vec<Receipt>,
        facts: usize,
        reason: Placement,
    }

    impl TryFrom<Evidence> for super::Evidence {
        type Error = &'static str;

        fn try_from(Evidence { receipts, facts, reason }: Evidence) -> Result<Self, Self::Error> {
            if facts == 0 || facts > receipts.len() {
                return Err("evidence makes at least one fact, and no more facts than it has receipts");
            }
            Ok(Self::new(receipts, facts, reason))
        }
    }
}
