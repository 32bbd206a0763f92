//! How the typed bodies are built.

use std::time::Duration;

use call_core::CallId;
use serde_json::{Map, Value};

use crate::operation::request::OperationRequest;
use crate::operation::table::ApiOperation;

/// The members of a body, and the id in the path of its operation.
#[derive(Clone, PartialEq, Default)]
pub(crate) struct Body {
    members: Map<String, Value>,
    part: Option<String>,
    /// How long the operation takes, if the host knows it.
    length: Option<Duration>,
}

impl Body {
    /// Returns an empty body of an operation on a participant or a group.
    pub(super) fn of_part(id: &str) -> Self {
        Self { part: Some(id.to_owned()), ..Self::default() }
    }

    pub(super) fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.members.insert(key.to_owned(), value.into());
        self
    }

    /// Appends an element to a list.
    pub(super) fn and(mut self, key: &str, value: Value) -> Self {
        match self.members.get_mut(key) {
            Some(Value::Array(list)) => list.push(value),
            _ => drop(self.members.insert(key.to_owned(), vec![value].into())),
        }
        self
    }

    /// Sets how long the operation takes; `None` if it is unknown.
    pub(super) fn lasting(mut self, length: Option<Duration>) -> Self {
        self.length = length;
        self
    }

    pub(super) const fn length(&self) -> Option<Duration> {
        self.length
    }

    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.members.get(key)
    }

    pub(super) fn request(self, operation: ApiOperation, call: Option<CallId>) -> OperationRequest {
        let request = OperationRequest::new(operation, call, self.part.as_deref(), Some(Value::Object(self.members)));
        match self.length {
            Some(length) => request.lasting(length),
            None => request,
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.members.keys()
    }
}

/// Makes the typed body of an operation. `Debug` shows the names of the members only, because the values may be private.
macro_rules! typed_body {
    ($(#[$docs:meta])* $name:ident) => {
        $(#[$docs])*
        #[derive(Clone, PartialEq)]
        pub struct $name(pub(super) $crate::operation::bodies::builder::Body);

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(stringify!($name))?;
                f.debug_list().entries(self.0.names()).finish()
            }
        }

        impl $crate::operation::request::CallOperation for $name {
            fn on(self, call: call_core::CallId) -> $crate::operation::request::OperationRequest {
                self.0.request($crate::operation::table::ApiOperation::$name, Some(call))
            }
        }
    };
    ($(#[$docs:meta])* $name:ident, with a client context) => {
        typed_body!($(#[$docs])* $name);

        impl $name {
            /// Sets the text that comes back in the notifications of the operation, at most 256 characters. Default: a random one that
            /// the engine chooses.
            #[must_use]
            pub fn with_client_context(self, context: &str) -> Self {
                Self(self.0.with("clientContext", context))
            }
        }
    };
}

/// Makes the constructor of an operation that has nothing but a client context.
macro_rules! without_parameters {
    ($($name:ident)*) => {
        $(impl $name {
            /// Returns the operation.
            #[must_use]
            pub fn new() -> Self {
                Self($crate::operation::bodies::builder::Body::default())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        })*
    };
}

pub(super) use {typed_body, without_parameters};
