//! The members of an object that a decoder knows, each in its place, whatever their order in the text.

use std::borrow::Cow;
use std::convert::Infallible;

use crate::fault::{Fault, Unreadable};
use crate::json::node::Node;
use crate::json::reader::{NotJson, Read, Reader};

/// What can be read from a JSON value.
pub(crate) trait Value<'a>: Sized {
    /// Why a value can be none of this kind.
    type Wrong: Clone;

    /// Reads the next value.
    fn read(reader: &mut Reader<'a>) -> Result<Result<Self, Self::Wrong>, NotJson>;
}

/// An object that can be read where it is, because it is large.
pub(crate) trait Fill<'a> {
    /// Reads the next value into the members, which must be missing.
    fn fill(&mut self, reader: &mut Reader<'a>) -> Read<()>;
}

impl<'a> Value<'a> for Node<'a> {
    type Wrong = Infallible;

    #[inline(always)]
    fn read(reader: &mut Reader<'a>) -> Result<Result<Self, Infallible>, NotJson> {
        reader.value().map(Ok)
    }
}

/// The elements of an array, each as it could be read.
#[derive(Debug)]
pub(crate) struct List<T, W = Fault>(pub(crate) Vec<Result<T, W>>);

impl<'a, T: Value<'a>> Value<'a> for List<T, T::Wrong> {
    type Wrong = Fault;

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
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum Member<T, W = Fault> {
    #[default]
    Missing,
    Null,
    Is(T),
    /// Its value cannot be read.
    Wrong(W),
    /// It occurs twice, for the second time at this byte.
    Twice(usize),
}

/// The place of a member with some value.
pub(crate) type Slot<'a, T> = Member<T, <T as Value<'a>>::Wrong>;

/// A member whose value is looked at later.
pub(crate) type Leaf<'a> = Member<Node<'a>, Infallible>;

impl<T, W: Clone + Into<Fault>> Member<T, W> {
    /// Reads the value of the member.
    pub(crate) fn read<'a>(&mut self, reader: &mut Reader<'a>) -> Result<(), NotJson>
    where
        T: Value<'a, Wrong = W>,
    {
        self.read_as(reader, T::read)
    }

    /// Reads the value of the member in a way of its own.
    #[inline]
    pub(crate) fn read_as<'a>(
        &mut self,
        reader: &mut Reader<'a>,
        read: impl FnOnce(&mut Reader<'a>) -> Result<Result<T, W>, NotJson>,
    ) -> Result<(), NotJson> {
        if !matches!(self, Self::Missing) {
            return self.repeat(reader);
        }
        *self = if reader.peek() == Some(b'n') {
            reader.skip_value()?;
            Self::Null
        } else {
            read(reader)?.map_or_else(Self::Wrong, Self::Is)
        };
        Ok(())
    }

    /// Goes over another value of the member. The second one is the fault.
    #[cold]
    fn repeat(&mut self, reader: &mut Reader<'_>) -> Result<(), NotJson> {
        let second = reader.value()?.start();
        if !matches!(self, Self::Twice(_)) {
            *self = Self::Twice(second);
        }
        Ok(())
    }

    /// Returns the value; `None` if it is missing or null.
    pub(crate) fn get(&self) -> Result<Option<&T>, Fault> {
        match self {
            Self::Missing | Self::Null => Ok(None),
            Self::Is(value) => Ok(Some(value)),
            Self::Wrong(wrong) => Err(wrong.clone().into()),
            Self::Twice(second) => Err(Fault::new(*second, Unreadable::Duplicate)),
        }
    }

    /// Returns whether there is no value, and no fault either.
    pub(crate) const fn is_nothing(&self) -> bool {
        matches!(self, Self::Missing | Self::Null)
    }

    /// Returns whether the object has the member, even if it is null.
    pub(crate) const fn is_there(&self) -> bool {
        !matches!(self, Self::Missing)
    }
}

impl<'a> Leaf<'a> {
    /// Returns the value as a string; `None` if it is missing or null.
    #[inline]
    pub(crate) fn string(&self) -> Result<Option<Cow<'a, str>>, Fault> {
        self.get()?.map(|node| node.string()).transpose()
    }
}

/// Declares an object by its known members: their names here, their values, and their keys in the text. Members with other keys are
/// those of another object, or are skipped.
macro_rules! object {
    (@other $object:ident, $key:ident, $reader:ident) => { $reader.skip_value() };
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
            /// Whether it has one of the members below.
            pub(crate) has_any: bool,
            $(pub(crate) $field: $crate::json::member::Slot<$a, $value>,)*
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
                    $($key => {
                        self.has_any = true;
                        self.$field.read(reader)
                    })*
                    _ => $crate::json::member::object!(@other self, key, reader $(, $rest)?),
                }
            }
        }

        impl<$a> $crate::json::member::Value<$a> for $name<$a> {
            type Wrong = $crate::fault::Fault;

            fn read(reader: &mut $crate::json::reader::Reader<$a>) -> $crate::json::reader::Read<Self> {
                let mut object = Self::default();
                Ok($crate::json::member::Fill::fill(&mut object, reader)?.map(|()| object))
            }
        }

        impl<$a> $crate::json::member::Fill<$a> for $name<$a> {
            fn fill(&mut self, reader: &mut $crate::json::reader::Reader<$a>) -> $crate::json::reader::Read<()> {
                Ok(reader.object(|reader, key| self.member(&key, reader))?.map(|node| self.node = node))
            }
        }
    };
}

pub(crate) use object;
