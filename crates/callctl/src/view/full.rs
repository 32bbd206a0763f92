//! The JSON of a call in the sidecar: as `replay` shows it, and beside it everything that the API reported.

use call_core::{CallId, Redacted, Timeline, Tone};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::view::call::CallView;
use crate::view::context::Context;
use crate::view::parts::IdentityView;

/// A call with everything that the API reported. What is unknown is null.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct FullView {
    #[serde(flatten)]
    call: CallView,
    reference: Option<String>,
    has_ended: bool,
    source: Option<IdentityView>,
    targets: Option<Vec<IdentityView>>,
    answered_by: Option<IdentityView>,
    incoming_context: Option<IncomingContextView>,
    subject: Option<String>,
    chat_info: Option<Box<RawValue>>,
    meeting_info: Option<Box<RawValue>>,
    call_chain_id: Option<String>,
    tenant_id: Option<String>,
    my_participant_id: Option<String>,
    active_modalities: Option<Vec<String>>,
    media: Option<&'static str>,
    media_state: Option<&'static str>,
    transcription: Option<&'static str>,
    replaces_context: Option<String>,
    tones: Vec<ToneView>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct IncomingContextView {
    source_participant_id: Option<String>,
    observed_participant_id: Option<String>,
    on_behalf_of: Option<IdentityView>,
    transferor: Option<IdentityView>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ToneView {
    sequence_id: i64,
    tone: String,
}

impl Context<'_> {
    /// A call with everything that the API reported.
    pub(crate) fn full(self, id: &CallId, timeline: &Timeline, reference: Option<&str>, has_ended: bool) -> FullView {
        let fields = &timeline.fields;
        let private = |text: &Option<Redacted>| text.as_ref().map(|text| self.privacy.reveal(text).to_owned());
        let written = |text: &Option<Redacted>| text.as_ref().and_then(|text| self.written(text));
        let identity =
            |identity: &Option<call_core::Identity>| identity.as_ref().map(|identity| self.identity(identity));
        let incoming = fields.incoming_context.as_deref().map(|context| IncomingContextView {
            source_participant_id: context.source_participant_id.as_ref().map(ToString::to_string),
            observed_participant_id: context.observed_participant_id.as_ref().map(ToString::to_string),
            on_behalf_of: identity(&context.on_behalf_of),
            transferor: identity(&context.transferor),
        });
        let tone =
            |tone: &Tone| ToneView { sequence_id: tone.sequence_id, tone: self.privacy.reveal(&tone.tone).to_owned() };
        FullView {
            call: self.call(id, timeline),
            reference: reference.map(|reference| self.text(reference)),
            has_ended,
            source: identity(&fields.source),
            targets: fields.targets.as_deref().map(|all| all.iter().map(|one| self.identity(one)).collect()),
            answered_by: identity(&fields.answered_by),
            incoming_context: incoming,
            subject: private(&fields.subject),
            chat_info: written(&fields.chat_info),
            meeting_info: written(&fields.meeting_info),
            call_chain_id: fields.call_chain_id.as_ref().map(ToString::to_string),
            tenant_id: fields.tenant_id.as_ref().map(ToString::to_string),
            my_participant_id: fields.my_participant_id.as_ref().map(ToString::to_string),
            active_modalities: fields
                .active_modalities
                .as_deref()
                .map(|all| all.iter().map(|one| self.text(one)).collect()),
            media: fields.media.map(|media| media.as_str()),
            media_state: fields.media_state.map(|state| state.as_str()),
            transcription: fields.transcription.map(|state| state.as_str()),
            replaces_context: private(&fields.replaces_context),
            tones: timeline.tones.iter().map(tone).collect(),
        }
    }

    /// JSON as the API wrote it, or its replacement.
    fn written(self, text: &Redacted) -> Option<Box<RawValue>> {
        let shown = self.privacy.reveal(text);
        let json = if shown == text.expose() { shown.to_owned() } else { serde_json::json!(shown).to_string() };
        RawValue::from_string(json).ok()
    }
}
