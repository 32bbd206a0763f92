//! The JSON of a call: the contract for scripts. The order of the fields is part of it.

use call_core::{Anomaly, CallId, Step, Timeline};
use serde::Serialize;

use crate::view::context::Context;
use crate::view::operation::OperationView;
use crate::view::parts::{ParticipantView, ResultView, SharingView};

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
    participants: Vec<ParticipantView>,
    operations: Vec<OperationView>,
    sharing: Vec<SharingView>,
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
            participants: self.participants(timeline),
            operations: self.operations(timeline),
            sharing: timeline.sharing.iter().map(SharingView::new).collect(),
            anomalies: self.anomalies(timeline).map(|anomaly| self.anomaly(anomaly)).collect(),
        }
    }

    fn step(self, step: &Step) -> StepView {
        let time = |at| format!("{at:.3}");
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

    fn anomaly(self, anomaly: &Anomaly) -> AnomalyView {
        AnomalyView {
            kind: anomaly.kind.code(),
            detail: self.privacy.apply(&anomaly.kind.to_string()).into_owned(),
            evidence: self.evidence(&anomaly.evidence),
        }
    }
}
