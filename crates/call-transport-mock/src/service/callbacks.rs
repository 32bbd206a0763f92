//! Addresses to which the service posts.

use call_msgraph::internal::{is_http, is_local_http};

/// Addresses to which the service posts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Callbacks {
    /// https only.
    #[default]
    Https,
    /// Also http addresses of its own machine.
    ThisMachine,
    /// Also http addresses of any machine.
    Plain,
}

impl Callbacks {
    /// Returns whether the service posts to an address that the real one would refuse.
    pub(crate) fn excuse(self, callback: Option<&str>) -> bool {
        match self {
            Self::Https => false,
            Self::ThisMachine => callback.is_some_and(is_local_http),
            Self::Plain => callback.is_some_and(is_http),
        }
    }
}
