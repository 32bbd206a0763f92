//! How far each media operation of a call has come.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use crate::rule::anomaly::{Anomaly, AnomalyKind};
use crate::rule::fact::{Fact, Report};
use crate::rule::step::Step;
use crate::rule::walk::straight;
use crate::words::claim::Claim;
use crate::words::id::Id;
use crate::words::operation::{OperationDetails, OperationKey, OperationReport};
use crate::words::status::OperationStatus;

/// A media operation: what the call was asked to do, and what became of that.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct Operation {
    /// What names it.
    pub key: OperationKey,
    /// The statuses that it went through; empty if none was told.
    pub steps: Vec<Step<OperationStatus>>,
    /// What else is known of it.
    pub details: OperationDetails,
}

impl Operation {
    /// Returns how far it has come, if that was told.
    #[must_use]
    pub fn status(&self) -> Option<OperationStatus> {
        self.steps.last().map(|step| step.state)
    }
}

/// Returns the operations by key, and the contradictions among what was told of them, by facts in the order of their
/// stamps.
pub(crate) fn of(facts: &[Fact<'_>]) -> (Vec<Operation>, Vec<Anomaly>) {
    let told: Vec<_> = facts.iter().filter_map(|fact| Some((report(fact)?, fact))).collect();
    let ids = ids_by_context(told.iter().map(|(report, _)| *report));
    let mut by_key: BTreeMap<OperationKey, Vec<(&OperationReport, &Fact<'_>)>> = BTreeMap::new();
    for &(report, fact) in &told {
        let id = match &report.key {
            OperationKey::Id(_) => None,
            OperationKey::ClientContext(context) => ids.get(&**context).filter(|ids| ids.len() == 1),
        };
        let id = id.and_then(|ids| ids.first()).map(|id| OperationKey::Id((*id).clone()));
        by_key.entry(id.unwrap_or_else(|| report.key.clone())).or_default().push((report, fact));
    }
    let mut contradictions = Vec::new();
    let operation = |(key, told): (OperationKey, Vec<(&OperationReport, &Fact<'_>)>)| {
        let mut details = OperationDetails::default();
        told.iter().for_each(|(report, _)| details.update(&report.details));
        let reports = told
            .iter()
            .filter_map(|&(report, fact)| Some(Report { state: report.status?, result: report.result.as_ref(), fact }));
        let (steps, contradicted) = straight(reports.collect());
        if !contradicted.is_empty() {
            let evidence = contradicted.iter().flat_map(|report| report.fact.receipts.iter().copied()).collect();
            contradictions.push(Anomaly { kind: AnomalyKind::TwoEnds(key.clone()), evidence });
        }
        Operation { key, steps, details }
    };
    let operations = by_key.into_iter().map(operation).collect();
    (operations, contradictions)
}

fn report<'f>(fact: &'f Fact<'_>) -> Option<&'f OperationReport> {
    if let Claim::Operation(report) = &fact.first.claim { Some(report) } else { None }
}

/// Returns the ids that are known to belong to each `clientContext`: what comes without an id belongs to the only one.
fn ids_by_context<'f>(reports: impl Iterator<Item = &'f OperationReport>) -> BTreeMap<&'f str, BTreeSet<&'f Id>> {
    let mut ids: BTreeMap<&str, BTreeSet<&Id>> = BTreeMap::new();
    for report in reports {
        if let (OperationKey::Id(id), Some(context)) = (&report.key, &report.details.client_context) {
            ids.entry(context).or_default().insert(id);
        }
    }
    ids
}
