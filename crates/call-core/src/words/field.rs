//! What a call resource says beside its state: of each field, what was told last counts.
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

/// One field of a call ("call resource type", v1.0 reference).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// `mediaState.audio`
    MediaState(MediaState),
    /// `transcription.state`
    Transcription(TranscriptionState),
    /// `terminationReason`
    TerminationReason(Box<str>),
    /// `replacesContext`
    ReplacesContext(Redacted),
}

/// What is known of the fields of a call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct Fields {
    /// What the legs of one conversation share; also the id of its call record.
    pub call_chain_id: Option<Id>,
    /// The bot itself, among the participants.
    pub my_participant_id: Option<Id>,
    /// The tenant that the call belongs to.
    pub tenant_id: Option<Id>,
    /// The chat that belongs to the call.
    pub thread_id: Option<Box<str>>,
    /// What the conversation is about.
    pub subject: Option<Redacted>,
    /// Who called.
    pub source: Option<Identity>,
    /// Who was called, as far as that was told.
    pub targets: Option<Box<[Identity]>>,
    /// Who took the call.
    pub answered_by: Option<Identity>,
    /// On whose behalf somebody called.
    pub incoming_context: Option<Box<IncomingContext>>,
    /// Which media there are: `audio`, `video`, `videoBasedScreenSharing`, `data`.
    pub active_modalities: Option<Box<[Box<str>]>>,
    /// Whether audio flows.
    pub media_state: Option<MediaState>,
    /// Whether what is said is written down.
    pub transcription: Option<TranscriptionState>,
    /// Why the call ended, where no result says so: `AppTransferred` ("call: transfer", v1.0 reference).
    pub termination_reason: Option<Box<str>>,
    /// What names the call that a failed consultative transfer was to replace.
    pub replaces_context: Option<Redacted>,
}

/// On whose behalf somebody called ("incomingContext resource type", v1.0 reference).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct IncomingContext {
    /// The participant who caused the call.
    pub source_participant_id: Option<Id>,
    /// The participant whom a recording bot observes.
    pub observed_participant_id: Option<Id>,
    /// For whom the caller calls.
    pub on_behalf_of: Option<Identity>,
    /// Who transferred the call.
    pub transferor: Option<Identity>,
}

/// Whether audio flows ("callMediaState resource type", v1.0 reference).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum MediaState {
    /// It does.
    Active,
    /// It does not.
    Inactive,
}

/// Whether what is said is written down ("callTranscriptionInfo resource type", v1.0 reference).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum TranscriptionState {
    /// It never was.
    NotStarted,
    /// It is.
    Active,
    /// It no longer is.
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
            Self::Subject(_) => "subject",
            Self::Source(_) => "source",
            Self::Targets(_) => "targets",
            Self::AnsweredBy(_) => "answeredBy",
            Self::IncomingContext(_) => "incomingContext",
            Self::ActiveModalities(_) => "activeModalities",
            Self::MediaState(_) => "mediaState",
            Self::Transcription(_) => "transcription",
            Self::TerminationReason(_) => "terminationReason",
            Self::ReplacesContext(_) => "replacesContext",
        }
    }
}

impl Fields {
    /// Takes over what was told of one field.
    pub fn set(&mut self, field: Field) {
        match field {
            Field::CallChainId(id) => self.call_chain_id = Some(id),
            Field::MyParticipantId(id) => self.my_participant_id = Some(id),
            Field::TenantId(id) => self.tenant_id = Some(id),
            Field::ThreadId(id) => self.thread_id = Some(id),
            Field::Subject(subject) => self.subject = Some(subject),
            Field::Source(source) => self.source = Some(source),
            Field::Targets(targets) => self.targets = Some(targets),
            Field::AnsweredBy(identity) => self.answered_by = Some(identity),
            Field::IncomingContext(context) => self.incoming_context = Some(context),
            Field::ActiveModalities(modalities) => self.active_modalities = Some(modalities),
            Field::MediaState(state) => self.media_state = Some(state),
            Field::Transcription(state) => self.transcription = Some(state),
            Field::TerminationReason(reason) => self.termination_reason = Some(reason),
            Field::ReplacesContext(context) => self.replaces_context = Some(context),
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

    /// Reads the API's word in any case; `None` if it is none that is known here.
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

    /// Reads the API's word in any case; `None` if it is none that is known here.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let all = [Self::NotStarted, Self::Active, Self::Inactive];
        all.into_iter().find(|state| state.as_str().eq_ignore_ascii_case(word))
    }
}
