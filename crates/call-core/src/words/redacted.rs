use alloc::boxed::Box;
use core::fmt;

/// A name, a phone number, a key pressed or the like: `Debug` prints a placeholder, so that it reaches no log by accident.
///
/// What is stored with the feature `serde` holds the text itself.
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
    /// Hides a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.into())
    }

    /// Returns the text itself, for whoever is allowed to see it.
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
