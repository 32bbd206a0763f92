//! Text that must not reach a log: names, phone numbers, keys that were pressed.

use alloc::boxed::Box;
use core::fmt;

/// Private text, such as a name or a phone number. `Debug` prints a placeholder, so that no log contains it by accident.
///
/// Serialization with the feature `serde` writes the text itself.
///
/// ```
/// use call_core::Redacted;
/// let name = Redacted::new("Megan Bowen");
/// assert_eq!(format!("{name:?}"), "***");
/// assert_eq!(name.expose(), "Megan Bowen");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Redacted(Box<str>);

impl Redacted {
    /// Wraps a private text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// Returns the text itself.
    #[must_use]
    pub const fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
