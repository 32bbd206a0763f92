//! Claims that change no step: what fits no lifecycle, and the word for why a call ended.

use alloc::boxed::Box;
use alloc::vec;

use crate::{Anomaly, AnomalyKind, Claim, Observation};

/// Returns an anomaly for each claim that fits no lifecycle.
pub(crate) fn of(observations: &[&Observation]) -> impl Iterator<Item = Anomaly> {
    observations.iter().filter_map(|observation| match &observation.claim {
        Claim::Oddity(oddity) => {
            Some(Anomaly { kind: AnomalyKind::Odd(oddity.clone()), evidence: vec![observation.stamp] })
        }
        Claim::Exists | Claim::State { .. } | Claim::Direction(_) | Claim::TerminationReason(_) => None,
    })
}

/// Returns the last word for why the call ended. Takes observations in order.
pub(crate) fn termination_reason(observations: &[&Observation]) -> Option<Box<str>> {
    observations.iter().rev().find_map(|observation| match &observation.claim {
        Claim::TerminationReason(reason) => Some(reason.clone()),
        Claim::Exists | Claim::State { .. } | Claim::Direction(_) | Claim::Oddity(_) => None,
    })
}
