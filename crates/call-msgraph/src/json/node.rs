//! A JSON value that is read only where a reader looks, so that an unreadable part does not affect the rest.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::fault::{Fault, Unreadable};

/// A JSON value at its place in a text. Its content is valid JSON, and is read when it is needed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Node<'a> {
    text: &'a str,
    raw: &'a str,
}

impl<'a> Node<'a> {
    /// Reads the only value of a text, after an optional byte order mark.
    pub(crate) fn parse(text: &'a str) -> Result<Self, Fault> {
        let bare = text.strip_prefix('\u{feff}').unwrap_or(text);
        match serde_json::from_str::<&RawValue>(bare) {
            Ok(raw) => Ok(Self { text, raw: raw.get() }),
            Err(error) => Err(Fault::syntax(&error, bare, text.len() - bare.len())),
        }
    }

    /// Reads the only value of a text, if it is an object, after an optional byte order mark.
    pub(crate) fn parse_object(text: &'a str) -> Result<Object<'a>, Fault> {
        let root = Self { text, raw: text.strip_prefix('\u{feff}').unwrap_or(text).trim_ascii_start() };
        if !root.is_object() {
            // The error depends on whether the text is JSON at all.
            return Self::parse(text)?.object();
        }
        let Object { members, .. } = root.object()?;
        Ok(Object { node: Self { raw: root.raw.trim_ascii_end(), ..root }, members })
    }

    /// Returns the text of the value.
    pub(crate) const fn raw(self) -> &'a str {
        self.raw
    }

    /// Returns the place of the value in the text, in bytes.
    pub(crate) fn start(self) -> usize {
        // Both are slices of the same text, so their distance is the offset.
        self.raw.as_ptr() as usize - self.text.as_ptr() as usize
    }

    pub(crate) fn end(self) -> usize {
        self.start() + self.raw.len()
    }

    pub(crate) fn is_null(self) -> bool {
        self.raw == "null"
    }

    pub(crate) fn is_object(self) -> bool {
        self.raw.starts_with('{')
    }

    pub(crate) fn is_array(self) -> bool {
        self.raw.starts_with('[')
    }

    pub(crate) fn is_string(self) -> bool {
        self.raw.starts_with('"')
    }

    /// Reads a string.
    pub(crate) fn string(self) -> Result<Cow<'a, str>, Fault> {
        if !self.is_string() {
            return Err(self.fault(Unreadable::WrongType("a string")));
        }
        // A string without escapes needs no copy.
        if !self.raw.contains('\\') {
            return Ok(Cow::Borrowed(self.raw.trim_matches('"')));
        }
        self.read().map(Cow::Owned)
    }

    /// Reads a whole number, or a string of digits; `None` if it is neither.
    pub(crate) fn integer(self) -> Option<i64> {
        self.raw.trim_matches('"').parse().ok()
    }

    /// Reads a boolean.
    pub(crate) fn boolean(self) -> Result<bool, Fault> {
        self.raw.parse().map_err(|_| self.fault(Unreadable::WrongType("true or false")))
    }

    /// Reads the members of an object.
    pub(crate) fn object(self) -> Result<Object<'a>, Fault> {
        if !self.is_object() {
            return Err(self.fault(Unreadable::WrongType("an object")));
        }
        let mut deserializer = serde_json::Deserializer::from_str(self.raw);
        let members = deserializer.deserialize_map(Members(self)).and_then(|members| {
            deserializer.end()?;
            Ok(members)
        });
        let members = members.map_err(|error| Fault::syntax(&error, self.raw, self.start()))?;
        Ok(Object { node: self, members })
    }

    /// Reads the elements of an array.
    pub(crate) fn array(self) -> Result<Vec<Self>, Fault> {
        if !self.is_array() {
            return Err(self.fault(Unreadable::WrongType("an array")));
        }
        let elements: Vec<&'a RawValue> = self.read()?;
        Ok(elements.into_iter().map(|raw| self.inside(raw)).collect())
    }

    /// Returns a fault at the value.
    pub(crate) fn fault(self, reason: Unreadable) -> Fault {
        Fault { at: self.start(), reason }
    }

    fn inside(self, raw: &'a RawValue) -> Self {
        Self { text: self.text, raw: raw.get() }
    }

    fn read<T: Deserialize<'a>>(self) -> Result<T, Fault> {
        serde_json::from_str(self.raw).map_err(|error| Fault::syntax(&error, self.raw, self.start()))
    }
}

/// The members of an object, in their order.
#[derive(Debug)]
pub(crate) struct Object<'a> {
    node: Node<'a>,
    members: Vec<(Cow<'a, str>, Node<'a>)>,
}

impl<'a> Object<'a> {
    pub(crate) const fn node(&self) -> Node<'a> {
        self.node
    }

    pub(crate) fn members(&self) -> &[(Cow<'a, str>, Node<'a>)] {
        &self.members
    }

    /// Returns whether the object has the member, even if it is null.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.members.iter().any(|(name, _)| name == key)
    }

    /// Returns a member; `None` if it is missing or null. A member that occurs twice is an error.
    pub(crate) fn get(&self, key: &str) -> Result<Option<Node<'a>>, Fault> {
        let mut found = self.members.iter().filter(|(name, _)| name == key).map(|(_, node)| *node);
        let first = found.next().filter(|node| !node.is_null());
        found.next().map_or(Ok(first), |second| Err(second.fault(Unreadable::Duplicate)))
    }

    /// Returns a member that is a string.
    pub(crate) fn string(&self, key: &str) -> Result<Option<Cow<'a, str>>, Fault> {
        self.get(key)?.map(Node::string).transpose()
    }
}

/// Collects the members of an object without reading their values.
struct Members<'a>(Node<'a>);

impl<'a> Visitor<'a> for Members<'a> {
    type Value = Vec<(Cow<'a, str>, Node<'a>)>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        // Enough for most objects of the API.
        let mut members = Vec::with_capacity(8);
        while let Some(Key(key)) = map.next_key()? {
            members.push((key, self.0.inside(map.next_value()?)));
        }
        Ok(members)
    }
}

/// A key, borrowed if it has no escapes.
#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);
