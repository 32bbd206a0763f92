//! The shape of a body, as data: the check, the pages and the OpenAPI document are made from it.

/// A type of the API that has members.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct ObjectType {
    /// Name of the type in the API, without its namespace: `mediaPrompt`.
    pub name: &'static str,
    /// Members, apart from `@odata.type`.
    pub members: &'static [Member],
}

/// A member of an object.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Member {
    /// Name of the member.
    pub name: &'static str,
    /// Type of its value.
    pub value: ValueType,
    /// Whether a request without the member is refused. A null counts as missing.
    pub is_required: bool,
    /// What the member says, as a sentence.
    pub about: &'static str,
}

/// Type of a value.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum ValueType {
    /// Any text.
    Text {
        /// Maximum length, in characters.
        most: usize,
        /// Whether the reference states the maximum. If it does not, this crate chose it.
        is_stated: bool,
    },
    /// The id of something: a text that can be a segment of a path, and needs no encoding there.
    Id,
    /// An absolute https address, or an http address of this machine for an emulator.
    CallbackUri,
    /// An absolute http or https address.
    Uri,
    /// One of some words, in any case.
    Word(&'static [&'static str]),
    /// A true or a false.
    Boolean,
    /// A whole number.
    Integer {
        /// Minimum.
        least: i64,
        /// Maximum.
        most: i64,
        /// Unit such as `s`; empty for a count.
        unit: &'static str,
    },
    /// A share in percent, 0 to 100.
    Percent,
    /// A duration (ISO 8601), such as `PT0.5S`.
    Duration,
    /// A set of identities: `user`, `phone`, …, each with an `id`.
    IdentitySet,
    /// An object.
    Object(&'static ObjectType),
    /// An object of one of some types, which its `@odata.type` names.
    OneOf(&'static [&'static ObjectType]),
    /// A list.
    List {
        /// Type of the elements.
        of: &'static Self,
        /// Minimum number of elements.
        least: usize,
        /// Maximum number of elements; `None` if the reference states none.
        most: Option<usize>,
    },
}

/// Maximum number of elements of a list for which the reference states none.
pub(super) const LONGEST_LIST: usize = 1_000;
/// Maximum length of an id in a body or a path, in characters. Ids of the service have 32 to about 150.
pub(super) const LONGEST_ID: usize = 256;
/// Maximum length of an address, in characters.
pub(super) const LONGEST_URI: usize = 4_096;

impl Member {
    pub(super) const fn optional(name: &'static str, value: ValueType, about: &'static str) -> Self {
        Self { name, value, is_required: false, about }
    }

    pub(super) const fn required(name: &'static str, value: ValueType, about: &'static str) -> Self {
        Self { name, value, is_required: true, about }
    }
}

impl ValueType {
    /// A text for which the reference states no maximum.
    pub(super) const TEXT: Self = Self::Text { most: 1_024, is_stated: false };
    /// A blob of the media library.
    pub(super) const BLOB: Self = Self::Text { most: 1 << 18, is_stated: false };

    pub(super) const fn stated(most: usize) -> Self {
        Self::Text { most, is_stated: true }
    }

    pub(super) const fn seconds(least: i64, most: i64) -> Self {
        Self::Integer { least, most, unit: "s" }
    }

    pub(super) const fn list(of: &'static Self, most: usize) -> Self {
        Self::List { of, least: 1, most: Some(most) }
    }

    pub(super) const fn list_of(of: &'static Self) -> Self {
        Self::List { of, least: 1, most: None }
    }

    /// Returns a phrase for error messages and pages: "a text with at most 256 characters".
    #[must_use]
    pub fn phrase(&self) -> String {
        match self {
            Self::Text { most, .. } => format!("a text with 1 to {most} characters"),
            Self::Id => "a text without white space, slashes, dots, percent signs, `?` and `#`".into(),
            Self::CallbackUri => "an absolute https address (or an http one of this machine, for an emulator)".into(),
            Self::Uri => "an absolute http or https address".into(),
            Self::Word(words) => format!("one of {}", words.join(", ")),
            Self::Boolean => "true or false".into(),
            Self::Integer { least, most: i64::MAX, unit } => with_unit(format!("a whole number from {least}"), unit),
            Self::Integer { least, most, unit } => with_unit(format!("a whole number from {least} to {most}"), unit),
            Self::Percent => "a number from 0 to 100, in percent".into(),
            Self::Duration => "an ISO 8601 duration such as PT0.5S".into(),
            Self::IdentitySet => "an identity set such as {\"user\": {\"id\": …}}".into(),
            Self::Object(object) => format!("an object of the type {}", object.name),
            Self::OneOf(objects) => {
                let names: Vec<_> = objects.iter().map(|object| object.name).collect();
                format!("an object of the type {}", names.join(" or "))
            }
            Self::List { least, most, .. } => match most {
                Some(most) if least == most => format!("a list with {most} elements"),
                Some(most) => format!("a list with {least} to {most} elements"),
                None => format!("a list with at least {least} element"),
            },
        }
    }
}

fn with_unit(phrase: String, unit: &str) -> String {
    if unit.is_empty() { phrase } else { format!("{phrase}, in {unit}") }
}
