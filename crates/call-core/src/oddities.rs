//! Claims that change no step: what fits no lifecycle, and the word for why a call ended.

use alloc::boxed::Box;

use crate::fact::Fact;
use crate::{Anomaly, AnomalyKind, Claim};

/// Returns an anomaly for each claim that fits no lifecycle.
pub(crate) fn of(facts: &[Fact<'_>]) -> impl Iterator<Item = Anomaly> {
    facts.iter().filter_map(|fact| match &fact.first.claim {
        Claim::Oddity(oddity) => {
            Some(Anomaly { kind: AnomalyKind::Odd(oddity.clone()), evidence: fact.receipts.clone() })
        }
        Claim::Exists | Claim::State { .. } | Claim::Direction(_) | Claim::TerminationReason(_) => None,
    })
}

/// Returns the last word for why the call ended. Takes facts in the order of their stamps.
pub(crate) fn termination_reason(facts: &[Fact<'_>]) -> Option<Box<str>> {
    facts.iter().rev().find_map(|fact| match &fact.first.claim {
        Claim::TerminationReason(reason) => Some(reason.clone()),
        Claim::Exists | Claim::State { .. } | Claim::Direction(_) | Claim::Oddity(_) => None,
    })
}
