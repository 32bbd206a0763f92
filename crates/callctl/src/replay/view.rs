//! Calls as JSON shows them: the contract that scripts rely on. The order of the fields is part of it.

use call_core::{Anomaly, AnomalyKind, CallId, Receipt, ResultInfo, Step, Timeline, Timestamp};
use call_msgraph::format_time;
use serde::Serialize;

use super::mask::Privacy;
use super::receipts::Receipts;

/// What is needed to show a timeline beside the timeline itself.
#[derive(Clone, Copy)]
pub(crate) struct Context<'c> {
    pub(crate) receipts: &'c Receipts,
    pub(crate) privacy: Privacy,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CallView {
    id: String,
    direction: Option<&'static str>,
    state: Option<&'static str>,
    phase: Option<&'static str>,
    alternatives: Vec<&'static str>,
    timeline: Vec<StepView>,
    result: Option<ResultView>,
    termination_reason: Option<String>,
    participants: [(); 0],
    operations: [(); 0],
    sharing: [(); 0],
    anomalies: Vec<AnomalyView>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StepView {
    state: &'static str,
    basis: &'static str,
    not_before: Option<String>,
    not_after: Option<String>,
    evidence: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<ResultView>,
}

#[derive(Serialize)]
struct ResultView {
    code: Option<i64>,
    subcode: Option<i64>,
    message: Option<String>,
}

#[derive(Serialize)]
struct AnomalyView {
    kind: &'static str,
    detail: String,
    evidence: Vec<String>,
}

impl Context<'_> {
    pub(crate) fn call(self, id: &CallId, timeline: &Timeline) -> CallView {
        let state = timeline.present.as_ref().map(|present| present.likely());
        let others = timeline.present.iter().flat_map(|present| present.alternatives());
        CallView {
            id: id.to_string(),
            direction: timeline.direction.map(|direction| direction.as_str()),
            state: state.map(|state| state.as_str()),
            phase: state.map(|state| state.phase().as_str()),
            alternatives: others.map(|other| other.as_str()).collect(),
            timeline: timeline.steps.iter().map(|step| self.step(step)).collect(),
            result: timeline.result.as_ref().map(|result| self.result(result)),
            termination_reason: timeline
                .fields
                .termination_reason
                .as_ref()
                .map(|word| self.privacy.apply(word).into_owned()),
            participants: [],
            operations: [],
            sharing: [],
            anomalies: self.anomalies(timeline).map(|anomaly| self.anomaly(anomaly)).collect(),
        }
    }

    /// Returns the anomalies, but for contradictions of times that were made up.
    pub(crate) fn anomalies(self, timeline: &Timeline) -> impl Iterator<Item = &Anomaly> {
        timeline.anomalies.iter().filter(move |anomaly| match anomaly.kind {
            AnomalyKind::Contradiction(state) => {
                let mut steps = timeline.steps.iter().filter(|step| step.state == state && step.is_contradicted());
                steps.any(|step| self.not_after(step).is_some())
            }
            AnomalyKind::Odd(_) | AnomalyKind::ConflictingDirection | _ => true,
        })
    }

    /// Returns when a step was entered at the latest, unless that time was made up.
    pub(crate) fn not_after(self, step: &Step) -> Option<Timestamp> {
        step.not_after.filter(|bound| !self.receipts.is_untimed(&bound.receipt)).map(|bound| bound.at)
    }

    /// Returns the names of receipts in the order of their stamps, each once.
    pub(crate) fn evidence(self, receipts: &[Receipt]) -> Vec<String> {
        let mut named: Vec<_> = receipts.iter().map(|receipt| (receipt.stamp, self.receipts.id(receipt))).collect();
        // Where several deliveries bear one stamp, the names decide, not the order in which they were read.
        named.sort_unstable();
        named.dedup();
        named.into_iter().map(|(_, id)| id).collect()
    }

    fn step(self, step: &Step) -> StepView {
        let time = |at| format_time(at).to_string();
        let receipts = step.basis.receipts();
        StepView {
            state: step.state.as_str(),
            basis: if receipts.is_empty() { "inferred" } else { "observed" },
            not_before: step.not_before.map(|bound| time(bound.at)),
            not_after: self.not_after(step).map(time),
            evidence: self.evidence(receipts),
            result: step.result.as_ref().map(|result| self.result(result)),
        }
    }

    fn result(self, result: &ResultInfo) -> ResultView {
        let message = result.message.as_ref().map(|message| self.privacy.apply(message).into_owned());
        ResultView { code: result.code, subcode: result.subcode, message }
    }

    fn anomaly(self, anomaly: &Anomaly) -> AnomalyView {
        AnomalyView {
            kind: anomaly.kind.code(),
            detail: self.privacy.apply(&anomaly.kind.to_string()).into_owned(),
            evidence: self.evidence(&anomaly.evidence),
        }
    }
}
