//! Facts: observations without repetitions, each with all of its receipts.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::words::claim::Claim;
use crate::words::id::Id;
use crate::words::observation::{Observation, Receipt};
use crate::words::result::ResultInfo;
use crate::words::stamp::Stamp;
use crate::words::state::CallState;
use crate::words::time::Timestamp;

/// One observation, with all of its receipts.
#[derive(Debug)]
pub(crate) struct Fact<'o> {
    /// The first receipt, which decides the order and the bounds.
    pub(crate) first: &'o Observation,
    /// All receipts but the first, in the order of their stamps. Most facts have none.
    more: Vec<Receipt>,
}

/// A fact that reports a state.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Report<'f, S = CallState> {
    pub(crate) state: S,
    pub(crate) result: Option<&'f ResultInfo>,
    pub(crate) fact: &'f Fact<'f>,
}

/// Returns the facts of observations that are in order. The facts are in the order of their first receipts.
///
/// Receipts of the same claim from the same source, at the same index of the same message, are one fact.
pub(crate) fn facts<'o>(observations: &[&'o Observation]) -> Vec<Fact<'o>> {
    let mut facts: Vec<Fact<'o>> = Vec::with_capacity(observations.len());
    let mut known: BTreeMap<(&Id, u32, &Claim, &str), usize> = BTreeMap::new();
    for &first in observations {
        let receipt = first.receipt();
        // Repetitions that differ only in delivery or batch are neighbours, because the observations are sorted.
        if let Some(fact) = facts.last_mut().filter(|fact| fact.first.is_repeated_by(first)) {
            fact.more.push(receipt);
            continue;
        }
        // The service posts a message again until it is acknowledged. That is not a second source.
        if let Some(message) = &first.message_id {
            let place =
                *known.entry((message, first.stamp.index, &first.claim, first.source.as_str())).or_insert(facts.len());
            if let Some(fact) = facts.get_mut(place) {
                fact.more.push(receipt);
                continue;
            }
        }
        facts.push(Fact { first, more: Vec::new() });
    }
    facts
}

impl Fact<'_> {
    /// Returns all receipts, in the order of their stamps.
    pub(crate) fn receipts(&self) -> impl Iterator<Item = Receipt> + Clone {
        core::iter::once(self.first.receipt()).chain(self.more.iter().copied())
    }

    /// Returns the only receipt; `None` if there are several.
    pub(crate) fn only_receipt(&self) -> Option<Receipt> {
        self.more.is_empty().then(|| self.first.receipt())
    }
}

/// Returns the result that was received last.
pub(crate) fn last_result<'f, S>(reports: impl Iterator<Item = Report<'f, S>>) -> Option<&'f ResultInfo> {
    let results = reports.filter_map(|report| Some((report.stamp(), report.result?)));
    results.max_by_key(|(stamp, _)| *stamp).map(|(_, result)| result)
}

/// Returns the result of the call: of the end states that were reported with a result, the last one counts.
pub(crate) fn call_result<'f>(reports: &[Report<'f>]) -> Option<&'f ResultInfo> {
    let of = |end: CallState| last_result(reports.iter().copied().filter(|report| report.state == end));
    of(CallState::Terminated).or_else(|| of(CallState::Terminating))
}

impl<'f> Report<'f> {
    /// Returns the report of a fact; `None` if the fact does not report a state.
    pub(crate) fn of(fact: &'f Fact<'f>) -> Option<Self> {
        let Claim::State { state, result } = &fact.first.claim else { return None };
        Some(Self { state: *state, result: result.as_deref(), fact })
    }
}

impl<S> Report<'_, S> {
    /// Returns the stamp of the first receipt.
    pub(crate) const fn stamp(&self) -> Stamp {
        self.fact.first.stamp
    }

    /// Returns the latest instant at which the state was entered; `None` if the state was only promised.
    pub(crate) fn reported_at(&self) -> Option<Timestamp> {
        self.fact.first.is_a_report().then_some(self.stamp().received_at)
    }

    /// Returns the earliest instant at which the next state was entered; `None` if it is unknown.
    pub(crate) fn asked_at(&self) -> Option<Timestamp> {
        self.fact.first.sent_at().filter(|_| self.fact.first.is_a_report())
    }
}
