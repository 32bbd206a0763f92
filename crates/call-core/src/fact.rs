//! What counts as one report of a state, however often it was received.

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use crate::{CallState, Claim, Id, Interval, Observation, Receipt, ResultInfo, Stamp, Timestamp};

/// A state as it was reported once.
#[derive(Debug, Clone)]
pub(crate) struct Fact<'o> {
    pub(crate) state: CallState,
    pub(crate) result: Option<&'o ResultInfo>,
    /// When it was true: by the first receipt.
    pub(crate) interval: Interval,
    /// No later than this it was; `None` if it was only promised.
    pub(crate) reported_at: Option<Timestamp>,
    /// What comes after it came later than this; `None` if nothing tells.
    pub(crate) asked_at: Option<Timestamp>,
    /// In the order of their stamps; the first stands for the order and the bounds.
    pub(crate) receipts: Vec<Receipt>,
}

/// Collects the facts from observations in order; they stand in the order of their first receipts.
pub(crate) fn facts<'o>(observations: &[&'o Observation], reorder_window: Duration) -> Vec<Fact<'o>> {
    let mut facts: Vec<Fact<'o>> = Vec::new();
    let mut known: BTreeMap<(&Id, u32, &Claim), usize> = BTreeMap::new();
    for observation in observations {
        let Claim::State { state, result } = &observation.claim else { continue };
        let receipt = Receipt { stamp: observation.stamp, source: observation.source };
        if let Some(message) = &observation.message_id {
            let place = *known.entry((message, observation.stamp.index, &observation.claim)).or_insert(facts.len());
            if let Some(fact) = facts.get_mut(place) {
                fact.receipts.push(receipt);
                continue;
            }
        }
        let is_a_report = observation.is_a_report();
        facts.push(Fact {
            state: *state,
            result: result.as_deref(),
            interval: observation.interval(reorder_window),
            reported_at: is_a_report.then_some(observation.stamp.received_at),
            asked_at: observation.sent_at().filter(|_| is_a_report),
            receipts: vec![receipt],
        });
    }
    facts
}

/// Returns how the call ended: the result that was received last with its end.
pub(crate) fn call_result<'o>(facts: &[Fact<'o>]) -> Option<&'o ResultInfo> {
    let end = |fact: &&Fact<'_>| matches!(fact.state, CallState::Terminating | CallState::Terminated);
    last_result(facts.iter().filter(end))
}

/// Returns the result that was received last.
pub(crate) fn last_result<'f, 'o: 'f>(facts: impl Iterator<Item = &'f Fact<'o>>) -> Option<&'o ResultInfo> {
    let results = facts.filter_map(|fact| Some((fact.stamp(), fact.result?)));
    results.max_by_key(|(stamp, _)| *stamp).map(|(_, result)| result)
}

impl Fact<'_> {
    /// Returns the stamp of the first receipt.
    pub(crate) fn stamp(&self) -> Stamp {
        self.receipts[0].stamp
    }
}
