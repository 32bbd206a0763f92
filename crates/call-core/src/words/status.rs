//! The states of media operations and of content sharing sessions.

use core::fmt;

use crate::words::id::Id;
use crate::words::lifecycle::sealed::{Row, Table};
use crate::words::lifecycle::{Lifecycle, row};

/// Status of a media operation ("commsOperation resource type", property `status`, v1.0 reference).
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
    /// The operation waits to be started.
    NotStarted,
    /// The operation is running.
    Running,
    /// The operation succeeded.
    Completed,
    /// The operation failed.
    Failed,
}

/// The lifecycle of a media operation. Any status may be the first one reported, and any may be skipped: some operations
/// are complete when they are accepted. Both end states share one phase.
const STATUSES: [Row<OperationStatus, u8>; 4] = {
    use OperationStatus::*;
    [
        row(NotStarted, "notStarted", 0, &[Running, Completed, Failed]),
        row(Running, "running", 1, &[Completed, Failed]),
        row(Completed, "completed", 2, &[]),
        row(Failed, "failed", 2, &[]),
    ]
};

impl OperationStatus {
    /// Every status, in the order of the lifecycle.
    pub const ALL: [Self; 4] = [STATUSES[0].state, STATUSES[1].state, STATUSES[2].state, STATUSES[3].state];

    /// Returns the API's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        STATUSES[self as usize].word
    }

    /// Reads the API's word in upper or lower case; `None` if it is not a known status.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        STATUSES.iter().find(|row| row.word.eq_ignore_ascii_case(word)).map(|row| row.state)
    }

    /// Returns whether this is an end: no other status follows.
    #[must_use]
    pub const fn is_end(self) -> bool {
        STATUSES[self as usize].successors.is_empty()
    }
}

impl Table<u8> for OperationStatus {
    fn row(self) -> &'static Row<Self, u8> {
        &STATUSES[self as usize]
    }
}

impl Lifecycle for OperationStatus {
    type Phase = u8;
}

impl fmt::Display for OperationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// State of a content sharing session ("contentSharingSession resource type", v1.0 reference, which has only an id).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum SharingState {
    /// The session was reported as created or updated.
    Active,
    /// The session was reported as deleted.
    Ended,
}

/// The lifecycle of a content sharing session.
const SHARING: [Row<SharingState, SharingState>; 2] = {
    use SharingState::*;
    [row(Active, "active", Active, &[Ended]), row(Ended, "ended", Ended, &[])]
};

impl SharingState {
    /// Returns the word of the command line's contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        SHARING[self as usize].word
    }
}

impl Table<Self> for SharingState {
    fn row(self) -> &'static Row<Self, Self> {
        &SHARING[self as usize]
    }
}

impl Lifecycle for SharingState {
    type Phase = Self;
}

/// A report of a content sharing session.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub struct SharingReport {
    /// Id of the session.
    pub id: Id,
    /// State that is reported.
    pub state: SharingState,
}

impl SharingReport {
    /// Returns a report that a session is in a state.
    #[must_use]
    pub const fn new(id: Id, state: SharingState) -> Self {
        Self { id, state }
    }
}

impl fmt::Display for SharingState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
