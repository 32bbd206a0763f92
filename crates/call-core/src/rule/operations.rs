//! The media operations of a call, each with the statuses that it went through.

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

/// A media operation, such as a prompt, a recording or an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct Operation {
    /// Key of the operation.
    pub key: OperationKey,
    /// Statuses that the operation went through; empty if none was reported.
    pub steps: Vec<Step<OperationStatus>>,
    /// Other fields of the operation.
    pub details: OperationDetails,
}

impl Operation {
    /// Returns the status of the operation; `None` if none was reported.
    #[must_use]
    pub fn status(&self) -> Option<OperationStatus> {
        self.steps.last().map(|step| step.state)
    }
}

/// Returns the operations by key, and the contradictions in their reports, from facts in the order of their stamps.
pub(crate) fn of(facts: &[Fact<'_>]) -> (Vec<Operation>, Vec<Anomaly>) {
    let reported: Vec<_> = facts.iter().filter_map(|fact| Some((report(fact)?, fact))).collect();
    let ids = ids_by_context(reported.iter().map(|(report, _)| *report));
    let mut by_key: BTreeMap<OperationKey, Vec<(&OperationReport, &Fact<'_>)>> = BTreeMap::new();
    for &(report, fact) in &reported {
        let id = match &report.key {
            OperationKey::Id(_) => None,
            OperationKey::ClientContext(context) => ids.get(&**context).filter(|ids| ids.len() == 1),
        };
        let id = id.and_then(|ids| ids.first()).map(|id| OperationKey::Id((*id).clone()));
        by_key.entry(id.unwrap_or_else(|| report.key.clone())).or_default().push((report, fact));
    }
    let mut contradictions = Vec::new();
    let operation = |(key, reported): (OperationKey, Vec<(&OperationReport, &Fact<'_>)>)| {
        let mut details = OperationDetails::default();
        reported.iter().for_each(|(report, _)| details.update(&report.details));
        let reports = reported
            .iter()
            .filter_map(|&(report, fact)| Some(Report { state: report.status?, result: report.result.as_ref(), fact }));
        let (steps, contradicted) = straight(reports.collect());
        if !contradicted.is_empty() {
            let evidence = contradicted.iter().flat_map(|report| report.fact.receipts()).collect();
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

/// Returns the ids of the operations with each `clientContext`. A report without an id belongs to the only one.
fn ids_by_context<'f>(reports: impl Iterator<Item = &'f OperationReport>) -> BTreeMap<&'f str, BTreeSet<&'f Id>> {
    let mut ids: BTreeMap<&str, BTreeSet<&Id>> = BTreeMap::new();
    for report in reports {
        if let (OperationKey::Id(id), Some(context)) = (&report.key, &report.details.client_context) {
            ids.entry(context).or_default().insert(id);
        }
    }
    ids
}
