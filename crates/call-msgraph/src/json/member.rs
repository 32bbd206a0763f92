//! The members of an object that a decoder knows, each in its place, whatever their order in the text.

use crate::fault::{Fault, Unreadable};
use crate::json::node::Node;
use crate::json::reader::{NotJson, Read, Reader};

/// What can be read from a JSON value.
pub(crate) trait Value<'a>: Sized {
    /// Reads the next value.
    fn read(reader: &mut Reader<'a>) -> Read<Self>;
}

impl<'a> Value<'a> for Node<'a> {
    fn read(reader: &mut Reader<'a>) -> Read<Self> {
        reader.value().map(Ok)
    }
}

/// The elements of an array, each as it could be read.
#[derive(Debug)]
pub(crate) struct List<T>(pub(crate) Vec<Result<T, Fault>>);

impl<'a, T: Value<'a>> Value<'a> for List<T> {
    fn read(reader: &mut Reader<'a>) -> Read<Self> {
        let mut elements = Vec::new();
        let read = reader.array(|reader| {
            elements.push(T::read(reader)?);
            Ok(())
        });
        Ok(read?.map(|_| Self(elements)))
    }
}

/// A member of an object.
#[derive(Debug, Default)]
pub(crate) enum Member<T> {
    #[default]
    Missing,
    Null,
    Is(T),
    /// It occurs twice, or its value cannot be read.
    Wrong(Box<Fault>),
}

impl<T> Member<T> {
    /// Reads the value of the member.
    pub(crate) fn read<'a>(&mut self, reader: &mut Reader<'a>) -> Result<(), NotJson>
    where
        T: Value<'a>,
    {
        self.read_as(reader, T::read)
    }

    /// Reads the value of the member in a way of its own.
    #[inline]
    pub(crate) fn read_as<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        read: impl FnOnce(&mut Reader<'a>) -> Read<T>,
    ) -> Result<(), NotJson> {
        if !matches!(self, Self::Missing) {
            return self.repeat(reader);
        }
        *self = if reader.peek() == Some(b'n') {
            reader.value()?;
            Self::Null
        } else {
            read(reader)?.map_or_else(|fault| Self::Wrong(Box::new(fault)), Self::Is)
        };
        Ok(())
    }

    /// Goes over another value of the member. The second one is the fault.
    #[cold]
    fn repeat(&mut self, reader: &mut Reader<'_>) -> Result<(), NotJson> {
        let again = reader.value()?.fault(Unreadable::Duplicate);
        if !matches!(self, Self::Wrong(fault) if fault.reason == Unreadable::Duplicate) {
            *self = Self::Wrong(Box::new(again));
        }
        Ok(())
    }

    /// Returns the value; `None` if it is missing or null.
    pub(crate) fn get(&self) -> Result<Option<&T>, Fault> {
        match self {
            Self::Missing | Self::Null => Ok(None),
            Self::Is(value) => Ok(Some(value)),
            Self::Wrong(fault) => Err((**fault).clone()),
        }
    }

    /// Returns whether the object has the member, even if it is null.
    pub(crate) const fn is_there(&self) -> bool {
        !matches!(self, Self::Missing)
    }
}

/// Declares an object by its known members: their names here, their values, and their keys in the text. Members with other keys are
/// those of another object, or are skipped.
macro_rules! object {
    (@other $object:ident, $key:ident, $reader:ident) => { $reader.value().map(drop) };
    (@other $object:ident, $key:ident, $reader:ident, $rest:ident) => { $object.$rest.member($key, $reader) };
    ($(#[$doc:meta])* $name:ident<$a:lifetime> {
        $($field:ident: $value:ty = $key:literal,)*
        $(.. $rest:ident: $others:ty)?
    }) => {
        $(#[$doc])*
        #[derive(Debug, Default)]
        pub(crate) struct $name<$a> {
            /// The whole object.
            pub(crate) node: $crate::json::node::Node<$a>,
            $(pub(crate) $field: $crate::json::member::Member<$value>,)*
            $(pub(crate) $rest: $others,)?
        }

        impl<$a> $name<$a> {
            /// Reads the value of a member.
            pub(crate) fn member(
                &mut self,
                key: &str,
                reader: &mut $crate::json::reader::Reader<$a>,
            ) -> Result<(), $crate::json::reader::NotJson> {
                match key.as_bytes() {
                    $($key => self.$field.read(reader),)*
                    _ => $crate::json::member::object!(@other self, key, reader $(, $rest)?),
                }
            }
        }

        impl<$a> $crate::json::member::Value<$a> for $name<$a> {
            fn read(reader: &mut $crate::json::reader::Reader<$a>) -> $crate::json::reader::Read<Self> {
                let mut object = Self::default();
                let read = reader.object(|reader, key| object.member(&key, reader))?;
                Ok(read.map(|node| {
                    object.node = node;
                    object
                }))
            }
        }
    };
}

pub(crate) use object;
