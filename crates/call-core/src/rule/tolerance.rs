//! How much disorder the rule allows for.
//!
//! ```
//! use call_core::Tolerance;
//! use core::time::Duration;
//! let tolerance = Tolerance::from(Duration::from_secs(4));
//! assert_eq!(tolerance.doubt, Duration::from_secs(2));
//! let certain = Tolerance { doubt: Duration::ZERO, ..tolerance };
//! assert_eq!(certain.reorder_window, Duration::from_secs(4));
//! ```

use core::time::Duration;

/// Default of [`Config::reorder_window`](crate::Config::reorder_window): the maximum delay of a notification.
pub const DEFAULT_REORDER_WINDOW: Duration = Duration::from_secs(2);

/// How much disorder the rule allows for.
///
/// A reorder window alone converts into a tolerance whose doubt is half the window. This is the default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tolerance {
    /// Maximum delay of a notification: it was true at some instant in this time before its receipt.
    pub reorder_window: Duration,
    /// How much more total lateness than the best explanation another one may need, to be an alternative.
    pub doubt: Duration,
}

impl Default for Tolerance {
    fn default() -> Self {
        DEFAULT_REORDER_WINDOW.into()
    }
}

impl From<Duration> for Tolerance {
    fn from(reorder_window: Duration) -> Self {
        Self { reorder_window, doubt: reorder_window / 2 }
    }
}
