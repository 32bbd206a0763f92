//! The JSON of the parts of a call: participants, media operations, sharing sessions, results.

use call_core::{Operation, OperationKey, Participant, ResultInfo, SharingSession, Timeline};
use serde::Serialize;

use crate::view::context::Context;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ParticipantView {
    id: Option<String>,
    in_lobby: bool,
    muted: bool,
    /// Absent unless it is true.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    on_hold: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OperationView {
    id: Option<String>,
    kind: Option<String>,
    status: Option<&'static str>,
    #[serde(flatten)]
    details: OperationDetailsView,
}

/// An operation by its key, as known at an instant.
#[derive(Serialize)]
pub(crate) struct StartedView {
    key: String,
    #[serde(flatten)]
    operation: OperationView,
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
}

#[derive(Serialize)]
pub(super) struct SharingView {
    id: String,
    state: &'static str,
}

#[derive(Serialize)]
pub(super) struct ResultView {
    code: Option<i64>,
    subcode: Option<i64>,
    message: Option<String>,
}

impl SharingView {
    pub(super) fn new(session: &SharingSession) -> Self {
        Self { id: session.id.to_string(), state: session.state().as_str() }
    }
}

impl Context<'_> {
    /// Participants sorted by id, those without an id last.
    pub(super) fn participants(self, timeline: &Timeline) -> Vec<ParticipantView> {
        let view = |participant: &Participant| ParticipantView {
            id: participant.key.id().map(ToString::to_string),
            in_lobby: participant.is_in_lobby,
            muted: participant.is_muted,
            on_hold: participant.is_on_hold,
        };
        timeline.roster.participants.iter().map(view).collect()
    }

    pub(super) fn operations(self, timeline: &Timeline) -> Vec<OperationView> {
        timeline.operations.iter().map(|operation| self.operation(operation)).collect()
    }

    /// An operation that was started. Its report may not have been received.
    pub(crate) fn started(self, timeline: &Timeline, key: &OperationKey, client_context: Option<&str>) -> StartedView {
        let has_context = |operation: &&Operation| {
            client_context.is_some() && operation.details.client_context.as_deref() == client_context
        };
        let by_key = timeline.operations.iter().find(|operation| operation.key == *key);
        let known = by_key.or_else(|| timeline.operations.iter().find(has_context));
        let operation = known.map_or_else(
            || OperationView {
                id: key.id().map(ToString::to_string),
                kind: None,
                status: None,
                details: OperationDetailsView {
                    client_context: client_context.map(|context| self.text(context)),
                    ..OperationDetailsView::default()
                },
            },
            |operation| self.operation(operation),
        );
        let key = match known.map_or(key, |operation| &operation.key) {
            OperationKey::Id(id) => id.to_string(),
            OperationKey::ClientContext(context) => context.to_string(),
            _ => String::new(),
        };
        StartedView { key, operation }
    }

    pub(super) fn result(self, result: &ResultInfo) -> ResultView {
        let message = result.message.as_ref().map(|message| self.text(message.expose()));
        ResultView { code: result.code, subcode: result.subcode, message }
    }

    fn operation(self, operation: &Operation) -> OperationView {
        let text = |text: &Option<Box<str>>| text.as_deref().map(|text| self.text(text));
        let private =
            |text: &Option<call_core::Redacted>| text.as_ref().map(|text| self.privacy.reveal(text).to_owned());
        let details = &operation.details;
        OperationView {
            id: operation.key.id().map(ToString::to_string),
            kind: text(&details.kind),
            status: operation.status().map(|status| status.as_str()),
            details: OperationDetailsView {
                result: operation
                    .steps
                    .iter()
                    .rev()
                    .find_map(|step| step.result.as_ref())
                    .map(|result| self.result(result)),
                client_context: text(&details.client_context),
                completion_reason: text(&details.completion_reason),
                recording_location: private(&details.recording_location),
                recording_access_token: private(&details.recording_access_token),
            },
        }
    }

    fn text(self, text: &str) -> String {
        self.privacy.apply(text).into_owned()
    }
}
