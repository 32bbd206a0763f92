//! Fields of a call resource other than its state.
//!
//! ```
//! use call_core::{Field, Fields, Id};
//! let mut fields = Fields::default();
//! fields.set(Field::CallChainId(Id::new("a leg")));
//! fields.set(Field::CallChainId(Id::new("its end"))); // it may change within a call
//! assert_eq!(fields.call_chain_id, Some(Id::new("its end")));
//! ```

use alloc::boxed::Box;

use crate::words::id::Id;
use crate::words::participant::Identity;
use crate::words::redacted::Redacted;

/// One field of a call resource ("call resource type", v1.0 reference).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum Field {
    /// `callChainId`
    CallChainId(Id),
    /// `myParticipantId`
    MyParticipantId(Id),
    /// `tenantId`
    TenantId(Id),
    /// `chatInfo.threadId`
    ThreadId(Box<str>),
    /// `chatInfo`, as the API wrote it
    ChatInfo(Redacted),
    /// `meetingInfo`, as the API wrote it
    MeetingInfo(Redacted),
    /// `subject`
    Subject(Redacted),
    /// `source.identity`
    Source(Identity),
    /// The identities of `targets`
    Targets(Box<[Identity]>),
    /// `answeredBy.identity`
    AnsweredBy(Identity),
    /// `incomingContext`
    IncomingContext(Box<IncomingContext>),
    /// `activeModalities`
    ActiveModalities(Box<[Box<str>]>),
    /// `mediaConfig`
    Media(MediaKind),
    /// `mediaState.audio`
    MediaState(MediaState),
    /// `transcription.state`
    Transcription(TranscriptionState),
    /// `terminationReason`
    TerminationReason(Box<str>),
    /// `replacesContext`
    ReplacesContext(Redacted),
}

/// The known fields of a call. The last report of each field counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct Fields {
    /// Id that the calls of one conversation share. It is also the id of the call record.
    pub call_chain_id: Option<Id>,
    /// Id of the bot among the participants.
    pub my_participant_id: Option<Id>,
    /// Id of the tenant.
    pub tenant_id: Option<Id>,
    /// Id of the chat thread of the call.
    pub thread_id: Option<Box<str>>,
    /// Chat of the call, as the API wrote it (JSON).
    pub chat_info: Option<Redacted>,
    /// Meeting of the call, as the API wrote it (JSON). It may contain a passcode.
    pub meeting_info: Option<Redacted>,
    /// Subject of the conversation.
    pub subject: Option<Redacted>,
    /// Identity of the caller.
    pub source: Option<Identity>,
    /// Identities of the callees.
    pub targets: Option<Box<[Identity]>>,
    /// Identity of the party that answered.
    pub answered_by: Option<Identity>,
    /// Context of an incoming call.
    pub incoming_context: Option<Box<IncomingContext>>,
    /// Active modalities: `audio`, `video`, `videoBasedScreenSharing`, `data`.
    pub active_modalities: Option<Box<[Box<str>]>>,
    /// Where the media are hosted.
    pub media: Option<MediaKind>,
    /// Whether audio is active.
    pub media_state: Option<MediaState>,
    /// State of the transcription.
    pub transcription: Option<TranscriptionState>,
    /// Reason why the call ended, if there is no result: `AppTransferred` ("call: transfer", v1.0 reference).
    pub termination_reason: Option<Box<str>>,
    /// Identifies the call that a failed consultative transfer should have replaced.
    pub replaces_context: Option<Redacted>,
}

/// Context of an incoming call ("incomingContext resource type", v1.0 reference).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub struct IncomingContext {
    /// Id of the participant that caused the call.
    pub source_participant_id: Option<Id>,
    /// Id of the participant that a recording bot observes.
    pub observed_participant_id: Option<Id>,
    /// Identity on whose behalf the caller calls.
    pub on_behalf_of: Option<Identity>,
    /// Identity of the party that transferred the call.
    pub transferor: Option<Identity>,
}

/// Where the media of a call are hosted ("mediaConfig resource type", v1.0 reference).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum MediaKind {
    /// The service hosts the media, and plays prompts for the bot.
    ServiceHosted,
    /// The bot hosts the media.
    AppHosted,
}

/// Whether audio is active ("callMediaState resource type", v1.0 reference).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum MediaState {
    /// Audio is active.
    Active,
    /// Audio is not active.
    Inactive,
}

/// State of the transcription ("callTranscriptionInfo resource type", v1.0 reference).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum TranscriptionState {
    /// The transcription has not started.
    NotStarted,
    /// The call is being transcribed.
    Active,
    /// The transcription has stopped.
    Inactive,
}

impl Field {
    /// Returns the API's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::CallChainId(_) => "callChainId",
            Self::MyParticipantId(_) => "myParticipantId",
            Self::TenantId(_) => "tenantId",
            Self::ThreadId(_) => "threadId",
            Self::ChatInfo(_) => "chatInfo",
            Self::MeetingInfo(_) => "meetingInfo",
            Self::Subject(_) => "subject",
            Self::Source(_) => "source",
            Self::Targets(_) => "targets",
            Self::AnsweredBy(_) => "answeredBy",
            Self::IncomingContext(_) => "incomingContext",
            Self::ActiveModalities(_) => "activeModalities",
            Self::Media(_) => "mediaConfig",
            Self::MediaState(_) => "mediaState",
            Self::Transcription(_) => "transcription",
            Self::TerminationReason(_) => "terminationReason",
            Self::ReplacesContext(_) => "replacesContext",
        }
    }
}

impl Fields {
    /// Sets a field.
    pub fn set(&mut self, field: Field) {
        self.update(&field);
    }

    /// Sets a field, and returns whether that changed anything.
    pub(crate) fn update(&mut self, field: &Field) -> bool {
        match field {
            Field::CallChainId(id) => put(&mut self.call_chain_id, id),
            Field::MyParticipantId(id) => put(&mut self.my_participant_id, id),
            Field::TenantId(id) => put(&mut self.tenant_id, id),
            Field::ThreadId(id) => put(&mut self.thread_id, id),
            Field::ChatInfo(chat) => put(&mut self.chat_info, chat),
            Field::MeetingInfo(meeting) => put(&mut self.meeting_info, meeting),
            Field::Subject(subject) => put(&mut self.subject, subject),
            Field::Source(source) => put(&mut self.source, source),
            Field::Targets(targets) => put(&mut self.targets, targets),
            Field::AnsweredBy(identity) => put(&mut self.answered_by, identity),
            Field::IncomingContext(context) => put(&mut self.incoming_context, context),
            Field::ActiveModalities(modalities) => put(&mut self.active_modalities, modalities),
            Field::Media(kind) => put(&mut self.media, kind),
            Field::MediaState(state) => put(&mut self.media_state, state),
            Field::Transcription(state) => put(&mut self.transcription, state),
            Field::TerminationReason(reason) => put(&mut self.termination_reason, reason),
            Field::ReplacesContext(context) => put(&mut self.replaces_context, context),
        }
    }
}

fn put<T: Clone + PartialEq>(slot: &mut Option<T>, value: &T) -> bool {
    let is_new = slot.as_ref() != Some(value);
    if is_new {
        *slot = Some(value.clone());
    }
    is_new
}

impl MediaKind {
    /// Returns the word of the command line's contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ServiceHosted => "serviceHosted",
            Self::AppHosted => "appHosted",
        }
    }
}

impl MediaState {
    /// Returns the API's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
        }
    }

    /// Reads the API's word in upper or lower case; `None` if it is not a known state.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Active, Self::Inactive].into_iter().find(|state| state.as_str().eq_ignore_ascii_case(word))
    }
}

impl TranscriptionState {
    /// Returns the API's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotStarted => "notStarted",
            Self::Active => "active",
            Self::Inactive => "inactive",
        }
    }

    /// Reads the API's word in upper or lower case; `None` if it is not a known state.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let all = [Self::NotStarted, Self::Active, Self::Inactive];
        all.into_iter().find(|state| state.as_str().eq_ignore_ascii_case(word))
    }
}
