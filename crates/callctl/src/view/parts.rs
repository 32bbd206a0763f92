//! The JSON of the parts of a call: participants, identities, sharing sessions, results.

use call_core::{Identity, Participant, Redacted, ResultInfo, SharingSession, Timeline};
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
    /// Only in the sidecar, and absent if it is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<IdentityView>,
}

/// A person, an application or a phone.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct IdentityView {
    kind: String,
    id: Option<String>,
    display_name: Option<String>,
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
            identity: participant
                .identity
                .as_deref()
                .filter(|_| self.tracked.is_some())
                .map(|identity| self.identity(identity)),
        };
        timeline.roster.participants.iter().map(view).collect()
    }

    pub(super) fn result(self, result: &ResultInfo) -> ResultView {
        let message = result.message.as_ref().map(|message| self.text(message.expose()));
        ResultView { code: result.code, subcode: result.subcode, message }
    }

    /// A person, an application or a phone.
    pub(super) fn identity(self, identity: &Identity) -> IdentityView {
        let private = |text: &Option<Redacted>| text.as_ref().map(|text| self.privacy.reveal(text).to_owned());
        IdentityView {
            kind: identity.kind.to_string(),
            id: private(&identity.id),
            display_name: private(&identity.display_name),
        }
    }

    pub(super) fn text(self, text: &str) -> String {
        self.privacy.apply(text).into_owned()
    }
}
