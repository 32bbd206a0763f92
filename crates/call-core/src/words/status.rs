//! The states of what belongs to a call: media operations, and sessions of content sharing.

use core::fmt;

use crate::words::id::Id;
use crate::words::lifecycle::{Lifecycle, Row, row};

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

/// The lifecycle of a media operation. Each status may be the first that is heard of, and may be skipped: some operations are
/// complete when they are accepted. The phase is the place in the order; both ends share one.
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

    /// Reads the API's word in any case; `None` if it is no status that is known here.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        STATUSES.iter().find(|row| row.word.eq_ignore_ascii_case(word)).map(|row| row.state)
    }

    /// Returns whether nothing more comes of the operation.
    #[must_use]
    pub const fn is_end(self) -> bool {
        STATUSES[self as usize].successors.is_empty()
    }
}

impl Lifecycle for OperationStatus {
    type Phase = u8;

    fn phase(self) -> u8 {
        STATUSES[self as usize].phase
    }

    fn successors(self) -> &'static [Self] {
        STATUSES[self as usize].successors
    }

    fn between(self, _to: Self) -> &'static [Self] {
        &[]
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

/// The lifecycle of a session of content sharing.
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

impl Lifecycle for SharingState {
    type Phase = Self;

    fn phase(self) -> Self {
        SHARING[self as usize].phase
    }

    fn successors(self) -> &'static [Self] {
        SHARING[self as usize].successors
    }

    fn between(self, _to: Self) -> &'static [Self] {
        &[]
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
