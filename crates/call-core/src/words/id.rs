//! Identifiers that the service assigns. Two spellings of one GUID are one id.

use alloc::boxed::Box;
use alloc::string::String;
use core::cmp::Ordering;
use core::convert::Infallible;
use core::fmt;
use core::ops::Deref;
use core::str::FromStr;

/// An identifier that the service assigned: a GUID in any spelling, or any other text, kept verbatim.
///
/// The API names one call `57dab8b1-894c-409a-b240-bd8beae78896` in a request and `57DAB8B1894C409AB240BD8BEAE78896` in
/// its notification ("call: playPrompt", "call: record", "call: answer", v1.0 reference). So 32 hexadecimal digits are
/// one id, with or without dashes and in upper or lower case. `Display` writes a GUID in lower case with dashes. Ids are
/// ordered by this text.
///
/// ```
/// use call_core::Id;
/// let id = Id::new("57DAB8B1894C409AB240BD8BEAE78896");
/// assert_eq!(id, Id::new("57dab8b1-894c-409a-b240-bd8beae78896"));
/// assert_eq!(&*id.spelling(), "57dab8b1-894c-409a-b240-bd8beae78896");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Id(Repr);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Repr {
    /// The two halves of the number that the digits stand for. Most ids are GUIDs, and there may be millions. Numbers are copied,
    /// compared and hashed faster than the bytes.
    Guid([u64; 2]),
    Text(Box<str>),
}

/// The text of an id. It derefs to `str`.
#[derive(Clone, Copy)]
pub struct Spelling<'i>(Spelled<'i>);

#[derive(Clone, Copy)]
enum Spelled<'i> {
    /// A GUID in lower case with dashes.
    Guid([u8; 36]),
    Text(&'i str),
}

impl Id {
    /// Reads an id. Every text is a valid id.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(parse_guid(text).map_or_else(|| Repr::Text(text.into()), Repr::Guid))
    }

    /// Returns the id as text.
    #[must_use]
    pub fn spelling(&self) -> Spelling<'_> {
        Spelling(match &self.0 {
            Repr::Guid(halves) => Spelled::Guid(spell(*halves)),
            Repr::Text(text) => Spelled::Text(text),
        })
    }
}

impl<'i> Spelling<'i> {
    pub(crate) const fn of(text: &'i str) -> Self {
        Self(Spelled::Text(text))
    }
}

impl Deref for Spelling<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match &self.0 {
            // A GUID consists of ASCII characters, so the default is never used.
            Spelled::Guid(spelling) => core::str::from_utf8(spelling).unwrap_or_default(),
            Spelled::Text(text) => text,
        }
    }
}

impl AsRef<str> for Spelling<'_> {
    fn as_ref(&self) -> &str {
        self
    }
}

impl fmt::Display for Spelling<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for Spelling<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

/// Identifies a call: the segment after `calls` in a resource path.
///
/// ```
/// use call_core::CallId;
/// let id: CallId = "57DAB8B1894C409AB240BD8BEAE78896".parse()?;
/// assert_eq!(&*id.spelling(), "57dab8b1-894c-409a-b240-bd8beae78896");
/// # Ok::<(), core::convert::Infallible>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct CallId(Id);

impl CallId {
    /// Reads an id. Every text is a valid id.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(Id::new(text))
    }

    /// Returns the id as text.
    #[must_use]
    pub fn spelling(&self) -> Spelling<'_> {
        self.0.spelling()
    }
}

impl From<&str> for Id {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<&str> for CallId {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for CallId {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl From<Id> for CallId {
    fn from(id: Id) -> Self {
        Self(id)
    }
}

impl FromStr for CallId {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::new(text))
    }
}

impl Ord for Id {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            // The digits are in the order of the numbers that they stand for.
            (Repr::Guid(one), Repr::Guid(other)) => one.cmp(other),
            _ => self.spelling().cmp(&*other.spelling()),
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
        self.spelling().fmt(f)
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.spelling(), f)
    }
}

impl fmt::Debug for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Id {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.spelling())
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

/// Positions of the dashes in a GUID.
const DASHES: [usize; 4] = [8, 13, 18, 23];

fn parse_guid(text: &str) -> Option<[u64; 2]> {
    let mut digits = [0; 32];
    match text.as_bytes() {
        plain if plain.len() == 32 => digits.copy_from_slice(plain),
        dashed if dashed.len() == 36 && DASHES.iter().all(|&at| dashed[at] == b'-') => {
            digits[..8].copy_from_slice(&dashed[..8]);
            digits[8..12].copy_from_slice(&dashed[9..13]);
            digits[12..16].copy_from_slice(&dashed[14..18]);
            digits[16..20].copy_from_slice(&dashed[19..23]);
            digits[20..].copy_from_slice(&dashed[24..]);
        }
        _ => return None,
    }
    // Without a branch for each digit, because every delivery contains several GUIDs.
    let (mut values, mut is_guid) = ([0; 32], true);
    for (value, digit) in values.iter_mut().zip(digits) {
        let (number, letter) = (digit.wrapping_sub(b'0'), (digit | 0x20).wrapping_sub(b'a'));
        *value = if number < 10 { number } else { letter.wrapping_add(10) };
        is_guid &= (number < 10) | (letter < 6);
    }
    let (eights, _) = values.as_chunks();
    let half = |first: usize| packed(eights[first]) << 32 | packed(eights[first + 1]);
    is_guid.then(|| [half(0), half(2)])
}

/// Returns the number of eight hexadecimal digits. It halves the space between them three times.
fn packed(digits: [u8; 8]) -> u64 {
    let mut number = u64::from_be_bytes(digits);
    number = (number | number >> 4) & 0x00ff_00ff_00ff_00ff;
    number = (number | number >> 8) & 0x0000_ffff_0000_ffff;
    (number | number >> 16) & 0xffff_ffff
}

fn spell(halves: [u64; 2]) -> [u8; 36] {
    let mut spelling = [b'-'; 36];
    let mut at = 0;
    for byte in halves.iter().flat_map(|half| half.to_be_bytes()) {
        at += usize::from(DASHES.contains(&at));
        for digit in [byte >> 4, byte & 0xf] {
            spelling[at] = b"0123456789abcdef"[usize::from(digit)];
            at += 1;
        }
    }
    spelling
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn every_spelling_of_a_guid_is_one_id() {
        let canonical = "57dab8b1-894c-409a-b240-bd8beae78896";
        for spelling in [canonical, "57DAB8B1894C409AB240BD8BEAE78896", "57Dab8b1-894C-409a-B240-bd8beae78896"] {
            assert_eq!(Id::new(spelling).to_string(), canonical);
        }
    }

    #[test]
    fn text_that_is_not_a_guid_stays_verbatim() {
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
    fn ids_are_ordered_by_their_text() {
        let mut ids = ["zz", "57dab8b1-894c-409a-b240-bd8beae78896", "4", "57dab8b1-894c", "6"].map(Id::new);
        ids.sort();
        assert!(ids.map(|id| id.to_string()).is_sorted());
    }
}
