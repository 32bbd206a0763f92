//! The JSON of an operation.

use call_core::{
    Operation, OperationDetails, OperationKey, OperationStatus, Outcome, Redacted, ResultInfo, Timeline,
    TrackedOperation,
};
use call_msgraph::is_cancelled;
use serde::Serialize;

use crate::view::context::Context;
use crate::view::parts::{IdentityView, ResultView};

/// An operation: as `replay` shows it, and in the sidecar with its key and its outcome.
#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OperationView {
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    id: Option<String>,
    kind: Option<String>,
    status: Option<&'static str>,
    /// What became of the operation; null while that is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Option<&'static str>>,
    #[serde(flatten)]
    details: OperationDetailsView,
}

/// Members that are present only if they are known.
#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct OperationDetailsView {
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<ResultView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_context: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completion_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recording_location: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    recording_access_token: Option<String>,
    /// Invited participants that were in the call.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    joined: Vec<JoinedView>,
}

#[derive(Serialize)]
struct JoinedView {
    id: Option<String>,
    identity: Option<IdentityView>,
}

impl OperationView {
    /// Returns whether it is known what became of the operation.
    pub(crate) fn has_outcome(&self) -> bool {
        self.outcome.flatten().is_some()
    }

    /// Returns whether the call ended before the operation.
    pub(crate) fn is_call_ended(&self) -> bool {
        self.outcome.flatten() == Some(Outcome::CallEnded.as_str())
    }
}

impl Context<'_> {
    /// The operations of a timeline. With tracked operations, each of them is in the list too, and has its outcome.
    pub(super) fn operations(self, timeline: &Timeline) -> Vec<OperationView> {
        let Some(tracked) = self.tracked else {
            return timeline.operations.iter().map(|operation| self.reported(operation)).collect();
        };
        let is_tracked =
            |operation: &&Operation| tracked.iter().any(|one| reported_as(one, timeline) == Some(*operation));
        let others =
            timeline.operations.iter().filter(|operation| !is_tracked(operation)).map(|operation| OperationView {
                key: Some(operation.key.text().to_string()),
                outcome: Some(None),
                ..self.reported(operation)
            });
        tracked.iter().map(|one| self.tracked(one, timeline)).chain(others).collect()
    }

    /// The operation with a key: its id, or its client context; `None` if there is none.
    pub(crate) fn operation(self, timeline: &Timeline, key: &str) -> Option<OperationView> {
        let keys = [OperationKey::Id(key.into()), OperationKey::ClientContext(key.into())];
        let has_key = |one: &&TrackedOperation| keys.iter().any(|key| one.has_key(key));
        if let Some(one) = self.tracked.unwrap_or_default().iter().rev().find(has_key) {
            return Some(self.tracked(one, timeline));
        }
        let operation = timeline.operations.iter().find(|operation| keys.contains(&operation.key))?;
        Some(OperationView {
            key: Some(operation.key.text().to_string()),
            outcome: Some(None),
            ..self.reported(operation)
        })
    }

    fn tracked(self, one: &TrackedOperation, timeline: &Timeline) -> OperationView {
        let mut view = reported_as(one, timeline).map(|operation| self.reported(operation)).unwrap_or_default();
        view.key = Some(one.key().text().to_string());
        view.id = one.id.as_ref().map(ToString::to_string);
        view.kind = view.kind.or_else(|| Some(self.text(&one.requested.kind)));
        view.details.client_context = Some(self.text(&one.requested.client_context));
        view.outcome = Some(None);
        if let Some(end) = &one.end {
            let is_cancelled = end.outcome == Outcome::Failed && end.result.as_ref().is_some_and(is_cancelled);
            view.outcome = Some(Some(if is_cancelled { "cancelled" } else { end.outcome.as_str() }));
            // An invitation can be known by the roster alone.
            if end.outcome == Outcome::Completed && view.status.is_none() {
                view.status = Some(OperationStatus::Completed.as_str());
            }
            view.details = OperationDetailsView {
                client_context: view.details.client_context,
                ..self.reported_details(&end.details)
            };
            view.details.result = end.result.as_ref().map(|result| self.result(result));
            let joined = |participant: &call_core::Participant| JoinedView {
                id: participant.key.id().map(ToString::to_string),
                identity: participant.identity.as_deref().map(|identity| self.identity(identity)),
            };
            view.details.joined = end.participants.iter().map(joined).collect();
        }
        view
    }

    fn reported(self, operation: &Operation) -> OperationView {
        let result = operation.steps.iter().rev().find_map(|step| step.result.as_ref());
        OperationView {
            id: operation.key.id().map(ToString::to_string),
            kind: operation.details.kind.as_deref().map(|text| self.text(text)),
            status: operation.status().map(|status| status.as_str()),
            details: OperationDetailsView {
                result: result.map(|result: &ResultInfo| self.result(result)),
                ..self.reported_details(&operation.details)
            },
            ..OperationView::default()
        }
    }

    fn reported_details(self, details: &OperationDetails) -> OperationDetailsView {
        let text = |text: &Option<Box<str>>| text.as_deref().map(|text| self.text(text));
        let private = |text: &Option<Redacted>| text.as_ref().map(|text| self.privacy.reveal(text).to_owned());
        OperationDetailsView {
            client_context: text(&details.client_context),
            completion_reason: text(&details.completion_reason),
            recording_location: private(&details.recording_location),
            recording_access_token: private(&details.recording_access_token),
            ..OperationDetailsView::default()
        }
    }
}

/// Returns what was reported of a tracked operation.
fn reported_as<'t>(one: &TrackedOperation, timeline: &'t Timeline) -> Option<&'t Operation> {
    timeline.operations.iter().find(|operation| operation.key == one.key())
}
