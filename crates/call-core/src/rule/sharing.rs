//! The content sharing sessions of a call, each with the states that it went through.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::rule::fact::{Fact, Report};
use crate::rule::step::Step;
use crate::rule::walk::straight;
use crate::words::claim::Claim;
use crate::words::id::Id;
use crate::words::status::SharingState;

/// A content sharing session.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct SharingSession {
    /// Id of the session.
    pub id: Id,
    /// States that the session went through, at least one.
    pub steps: Vec<Step<SharingState>>,
}

impl SharingSession {
    /// Returns the state of the session. A session without steps has ended.
    #[must_use]
    pub fn state(&self) -> SharingState {
        self.steps.last().map_or(SharingState::Ended, |step| step.state)
    }
}

/// Returns the sessions by id, from facts in the order of their stamps.
pub(crate) fn sessions(facts: &[Fact<'_>]) -> Vec<SharingSession> {
    let mut by_id: BTreeMap<&Id, Vec<Report<'_, SharingState>>> = BTreeMap::new();
    for fact in facts {
        if let Claim::Sharing(report) = &fact.first.claim {
            by_id.entry(&report.id).or_default().push(Report { state: report.state, result: None, fact });
        }
    }
    // No phase has two states, so there are no contradictions.
    by_id.into_iter().map(|(id, reports)| SharingSession { id: id.clone(), steps: straight(reports).0 }).collect()
}
