//! Sessions of content sharing, each with the states that it went through.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::rule::fact::{Fact, Report};
use crate::rule::step::Step;
use crate::rule::walk::straight;
use crate::words::claim::Claim;
use crate::words::id::Id;
use crate::words::status::SharingState;

/// A session of content sharing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct SharingSession {
    /// What names it.
    pub id: Id,
    /// The states that it went through, at least one.
    pub steps: Vec<Step<SharingState>>,
}

impl SharingSession {
    /// Returns whether content is shared; a session of which nothing is known has ended.
    #[must_use]
    pub fn state(&self) -> SharingState {
        self.steps.last().map_or(SharingState::Ended, |step| step.state)
    }
}

/// Returns the sessions by id, by facts in the order of their stamps.
pub(crate) fn sessions(facts: &[Fact<'_>]) -> Vec<SharingSession> {
    let mut by_id: BTreeMap<&Id, Vec<Report<'_, SharingState>>> = BTreeMap::new();
    for fact in facts {
        if let Claim::Sharing(told) = &fact.first.claim {
            by_id.entry(&told.id).or_default().push(Report { state: told.state, result: None, fact });
        }
    }
    // No phase has two states, so nothing is contradicted.
    by_id.into_iter().map(|(id, reports)| SharingSession { id: id.clone(), steps: straight(reports).0 }).collect()
}
