//! Identifiers as the service spells them, compared as the service means them.

use alloc::boxed::Box;
use core::cmp::Ordering;
use core::fmt;

/// An identifier given by the service: a GUID in whatever spelling, or any other text kept verbatim.
///
/// The API names one call `57dab8b1-894c-409a-b240-bd8beae78896` in a request and `57DAB8B1894C409AB240BD8BEAE78896` in
/// its notification ("call: playPrompt", "call: record", "call: answer", v1.0 reference), so 32 hexadecimal digits are
/// one id with or without dashes and in either case. `Display` writes lower case with dashes; ids are ordered as they
/// are shown.
///
/// ```
/// use call_core::Id;
/// let id = Id::new("57DAB8B1894C409AB240BD8BEAE78896");
/// assert_eq!(id, Id::new("57dab8b1-894c-409a-b240-bd8beae78896"));
/// assert_eq!(id.to_string(), "57dab8b1-894c-409a-b240-bd8beae78896");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Id(Repr);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Repr {
    Guid([u8; 16]),
    Text(Box<str>),
}

impl Id {
    /// Reads an id; every text is one.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(parse_guid(text).map_or_else(|| Repr::Text(text.into()), Repr::Guid))
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Id {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Id {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        alloc::borrow::Cow::<str>::deserialize(deserializer).map(|text| Self::new(&text))
    }
}

#[cfg(feature = "arbitrary")]
impl<'a> arbitrary::Arbitrary<'a> for Id {
    fn arbitrary(bytes: &mut arbitrary::Unstructured<'a>) -> arbitrary::Result<Self> {
        bytes.arbitrary().map(Self::new)
    }
}

impl Ord for Id {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Guid(a), Repr::Guid(b)) => a.cmp(b),
            (Repr::Text(a), Repr::Text(b)) => a.cmp(b),
            (Repr::Guid(a), Repr::Text(b)) => spelling(a).as_slice().cmp(b.as_bytes()),
            (Repr::Text(a), Repr::Guid(b)) => a.as_bytes().cmp(&spelling(b)),
        }
    }
}

impl PartialOrd for Id {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Text(text) => f.pad(text),
            Repr::Guid(guid) => f.pad(core::str::from_utf8(&spelling(guid)).unwrap_or_default()),
        }
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Names a call: the segment after `calls` in a resource path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub Id);

impl From<&str> for CallId {
    fn from(text: &str) -> Self {
        Self(Id::new(text))
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where the dashes of a GUID stand.
const DASHES: [usize; 4] = [8, 13, 18, 23];

fn spelling(guid: &[u8; 16]) -> [u8; 36] {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let mut text = [b'-'; 36];
    let places = (0..36).filter(|at| !DASHES.contains(at));
    let digits = guid.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    for (at, digit) in places.zip(digits) {
        text[at] = HEX[usize::from(digit)];
    }
    text
}

fn parse_guid(text: &str) -> Option<[u8; 16]> {
    let dashes: &[usize] = match text.len() {
        32 => &[],
        36 => &DASHES,
        _ => return None,
    };
    if dashes.iter().any(|&at| text.as_bytes()[at] != b'-') {
        return None;
    }
    let mut digits = text.bytes().enumerate().filter(|(at, _)| !dashes.contains(at));
    let mut digit = || char::from(digits.next()?.1).to_digit(16);
    let mut guid = [0; 16];
    for byte in &mut guid {
        *byte = u8::try_from(digit()? << 4 | digit()?).ok()?;
    }
    Some(guid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn a_guid_is_one_id_in_any_spelling() {
        let canonical = "57dab8b1-894c-409a-b240-bd8beae78896";
        for spelling in [canonical, "57DAB8B1894C409AB240BD8BEAE78896", "57Dab8b1-894C-409a-B240-bd8beae78896"] {
            assert_eq!(Id::new(spelling).to_string(), canonical);
        }
    }

    #[test]
    fn what_is_no_guid_stays_verbatim() {
        for text in [
            "",
            "8:echo123",
            "57dab8b1894c-409ab240bd8beae78896----",
            "57dab8b1-894c-409a-b240-bd8beae7889g",
            "57dab8b1x894c-409a-b240-bd8beae78896",
            "86dc81db-c112-4228-9222-63f3esaa1edb",
        ] {
            assert_eq!(Id::new(text).to_string(), text);
        }
    }

    #[test]
    fn ids_are_ordered_as_they_are_shown() {
        let mut ids = ["zz", "57dab8b1-894c-409a-b240-bd8beae78896", "4", "57dab8b1-894c", "6"].map(Id::new);
        ids.sort();
        assert!(ids.map(|id| id.to_string()).is_sorted());
    }
}
