//! What is reported of what a call was asked to do, and of the keys that somebody pressed.
//!
//! ```
//! use call_core::{Id, OperationKey, OperationReport, OperationStatus};
//! let key = OperationKey::Id(Id::new("0fe0623f-d628-42ed-b4bd-8ac290072cc5"));
//! let prompt = OperationReport { status: Some(OperationStatus::Completed), ..OperationReport::new(key) };
//! assert!(prompt.status.is_some_and(OperationStatus::is_end));
//! ```

use alloc::boxed::Box;

use crate::words::id::Id;
use crate::words::redacted::Redacted;
use crate::words::result::ResultInfo;
use crate::words::status::OperationStatus;

/// One report of a media operation ("commsOperation resource type", v1.0 reference).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct OperationReport {
    /// Which one.
    pub key: OperationKey,
    /// How far it has come; `None` if that was not told.
    pub status: Option<OperationStatus>,
    /// How it came out, or how far it came well.
    pub result: Option<ResultInfo>,
    /// What else was told of it.
    pub details: OperationDetails,
}

/// What names a media operation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum OperationKey {
    /// The service's id.
    Id(Id),
    /// The `clientContext` of the command, where the service gave no id ("participant: invite", v1.0 reference).
    ClientContext(Box<str>),
}

/// What is told of a media operation beside its status; of each, what was told last counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct OperationDetails {
    /// The API's type without prefix and suffix: `playPrompt`, `record`, `inviteParticipants`, …
    pub kind: Option<Box<str>>,
    /// What the command gave as `clientContext`.
    pub client_context: Option<Box<str>>,
    /// Why tones are no longer sent ("sendDtmfTonesOperation resource type", v1.0 reference).
    pub completion_reason: Option<Box<str>>,
    /// Where a recording can be fetched.
    pub recording_location: Option<Redacted>,
    /// What a recording can be fetched with.
    pub recording_access_token: Option<Redacted>,
}

/// A key that somebody pressed ("toneInfo resource type", v1.0 reference). Several of them may be a passcode.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Tone {
    /// Counts the tones of a call, from 1.
    pub sequence_id: i64,
    /// `tone0` to `tone9`, `star`, `pound`, `a` to `d`, `flash`.
    pub tone: Redacted,
}

impl OperationReport {
    /// Reports that an operation exists, and nothing more.
    #[must_use]
    pub fn new(key: OperationKey) -> Self {
        Self { key, status: None, result: None, details: OperationDetails::default() }
    }
}

impl OperationDetails {
    /// Takes over what was told later.
    pub(crate) fn update(&mut self, later: &Self) {
        fn update<T: Clone>(known: &mut Option<T>, told: Option<&T>) {
            if let Some(told) = told {
                *known = Some(told.clone());
            }
        }
        update(&mut self.kind, later.kind.as_ref());
        update(&mut self.client_context, later.client_context.as_ref());
        update(&mut self.completion_reason, later.completion_reason.as_ref());
        update(&mut self.recording_location, later.recording_location.as_ref());
        update(&mut self.recording_access_token, later.recording_access_token.as_ref());
    }
}
