//! The states of what belongs to a call: media operations, and sessions of content sharing.

use core::fmt;

use crate::Id;

/// How far a media operation has come ("commsOperation resource type", property `status`, v1.0 reference).
///
/// ```
/// use call_core::OperationStatus;
/// assert_eq!(OperationStatus::from_word("Running"), Some(OperationStatus::Running));
/// assert!(OperationStatus::Failed.is_end());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum OperationStatus {
    /// It waits for its turn.
    NotStarted,
    /// It is under way.
    Running,
    /// It came to its end.
    Completed,
    /// It did not.
    Failed,
}

impl OperationStatus {
    /// Every status, in the order of the lifecycle.
    pub const ALL: [Self; 4] = [Self::NotStarted, Self::Running, Self::Completed, Self::Failed];

    /// Returns the API's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotStarted => "notStarted",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    /// Reads the API's word in any case; `None` if it is no status that is known here.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str().eq_ignore_ascii_case(word))
    }

    /// Returns whether nothing more comes of the operation.
    #[must_use]
    pub const fn is_end(self) -> bool {
        matches!(self, Self::Completed | Self::Failed)
    }
}

impl fmt::Display for OperationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Whether content is shared ("contentSharingSession resource type", v1.0 reference, whose data says no more than an id).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum SharingState {
    /// The session was reported as created or updated.
    Active,
    /// It was reported as deleted.
    Ended,
}

impl SharingState {
    /// Returns the word of the command line's contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Ended => "ended",
        }
    }
}

/// One report of a session of content sharing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct SharingReport {
    /// Which one.
    pub id: Id,
    /// Whether content is shared in it.
    pub state: SharingState,
}

impl fmt::Display for SharingState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
