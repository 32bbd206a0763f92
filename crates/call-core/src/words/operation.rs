//! Reports of media operations and of keys that were pressed.
//!
//! ```
//! use call_core::{Id, OperationKey, OperationReport, OperationStatus};
//! let key = OperationKey::Id(Id::new("0fe0623f-d628-42ed-b4bd-8ac290072cc5"));
//! let mut prompt = OperationReport::new(key);
//! prompt.status = Some(OperationStatus::Completed);
//! assert!(prompt.status.is_some_and(OperationStatus::is_end));
//! ```

use alloc::boxed::Box;
use core::fmt;

use crate::words::id::{Id, Spelling};
use crate::words::redacted::Redacted;
use crate::words::result::ResultInfo;
use crate::words::status::OperationStatus;

/// A report of a media operation ("commsOperation resource type", v1.0 reference).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub struct OperationReport {
    /// Key of the operation.
    pub key: OperationKey,
    /// Status of the operation; `None` if the report has none.
    pub status: Option<OperationStatus>,
    /// Result of the operation.
    pub result: Option<ResultInfo>,
    /// Other fields of the report.
    pub details: OperationDetails,
}

/// Key of a media operation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum OperationKey {
    /// Id that the service assigned.
    Id(Id),
    /// The `clientContext` of the command, if the service assigned no id ("participant: invite", v1.0 reference).
    ClientContext(Box<str>),
}

/// Fields of a media operation other than its status. The last report of each field counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub struct OperationDetails {
    /// Type of the operation without prefix and suffix: `playPrompt`, `record`, `inviteParticipants`, …
    pub kind: Option<Box<str>>,
    /// The `clientContext` of the command.
    pub client_context: Option<Box<str>>,
    /// Reason why the sending of tones ended ("sendDtmfTonesOperation resource type", v1.0 reference).
    pub completion_reason: Option<Box<str>>,
    /// URL of a recording.
    pub recording_location: Option<Redacted>,
    /// Access token for a recording.
    pub recording_access_token: Option<Redacted>,
}

/// A key that was pressed ("toneInfo resource type", v1.0 reference). Several tones may be a passcode.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub struct Tone {
    /// Number of the tone in its call, from 1.
    pub sequence_id: i64,
    /// `tone0` to `tone9`, `star`, `pound`, `a` to `d`, `flash`.
    pub tone: Redacted,
}

impl OperationReport {
    /// Returns a report without a status.
    #[must_use]
    pub fn new(key: OperationKey) -> Self {
        Self { key, status: None, result: None, details: OperationDetails::default() }
    }
}

impl Tone {
    /// Returns a tone.
    #[must_use]
    pub const fn new(sequence_id: i64, tone: Redacted) -> Self {
        Self { sequence_id, tone }
    }
}

impl OperationDetails {
    /// Overwrites each field that a later report has.
    pub(crate) fn update(&mut self, later: &Self) {
        fn update<T: Clone>(known: &mut Option<T>, new: Option<&T>) {
            if let Some(new) = new {
                *known = Some(new.clone());
            }
        }
        update(&mut self.kind, later.kind.as_ref());
        update(&mut self.client_context, later.client_context.as_ref());
        update(&mut self.completion_reason, later.completion_reason.as_ref());
        update(&mut self.recording_location, later.recording_location.as_ref());
        update(&mut self.recording_access_token, later.recording_access_token.as_ref());
    }
}

impl OperationKey {
    /// Returns the text of the key: the id or the client context. Hosts put what they like into a client context, even names.
    #[must_use]
    pub fn text(&self) -> Spelling<'_> {
        match self {
            Self::Id(id) => id.spelling(),
            Self::ClientContext(context) => Spelling::of(context),
        }
    }

    /// Returns the id that the service assigned, if it assigned one.
    #[must_use]
    pub const fn id(&self) -> Option<&Id> {
        match self {
            Self::Id(id) => Some(id),
            Self::ClientContext(_) => None,
        }
    }
}

impl fmt::Display for OperationReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "operation {}", self.key)?;
        if let Some(kind) = &self.details.kind {
            write!(f, " {kind:?}")?;
        }
        if let Some(status) = self.status {
            write!(f, " {status}")?;
        }
        self.result.as_ref().map_or(Ok(()), |result| write!(f, " with result {result}"))
    }
}

impl fmt::Display for OperationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "{id:?}"),
            // Hosts put what they like into it, even names.
            Self::ClientContext(_) => f.write_str("without an id"),
        }
    }
}
