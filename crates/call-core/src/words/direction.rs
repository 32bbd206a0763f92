//! The direction of a call.

use core::fmt;

/// Direction of a call ("call resource type", property `direction`, v1.0 reference).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[non_exhaustive]
pub enum Direction {
    /// The bot was called.
    Incoming,
    /// The bot made the call.
    Outgoing,
}

impl Direction {
    /// Returns the API's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Incoming => "incoming",
            Self::Outgoing => "outgoing",
        }
    }

    /// Reads the API's word in upper or lower case; `None` if it is not a known direction.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Incoming, Self::Outgoing].into_iter().find(|known| known.as_str().eq_ignore_ascii_case(word))
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
