//! Guards: cleanup that a host attaches to a call, and that runs exactly once.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

/// Reason why a guard ran its cleanup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Release {
    /// The call ended.
    Ended,
    /// The engine forgot the call, because there were too many calls.
    Forgotten,
    /// The engine stopped.
    Stopped,
    /// The host dropped the [`CallGuard`].
    Dropped,
}

/// Runs a cleanup exactly once: when the call ends, when the engine forgets the call or stops, or when the guard is dropped,
/// whichever comes first.
#[must_use = "the cleanup runs when the guard is dropped"]
pub struct CallGuard(Arc<Cleanup>);

/// The engine's side of a guard.
pub(crate) struct AttachedGuard(Arc<Cleanup>);

type Run = Box<dyn FnOnce(Release) + Send>;

/// A cleanup; `None` once it has run.
struct Cleanup(Mutex<Option<Run>>);

/// Returns both sides of a guard.
pub(crate) fn new_guard(cleanup: impl FnOnce(Release) + Send + 'static) -> (CallGuard, AttachedGuard) {
    let cleanup = Arc::new(Cleanup(Mutex::new(Some(Box::new(cleanup)))));
    (CallGuard(Arc::clone(&cleanup)), AttachedGuard(cleanup))
}

impl CallGuard {
    /// Returns whether the cleanup has run.
    #[must_use]
    pub fn is_released(&self) -> bool {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }
}

impl AttachedGuard {
    pub(crate) fn release(&self, release: Release) {
        self.0.run(release);
    }
}

impl Release {
    /// Returns a word for logs.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Forgotten => "forgotten",
            Self::Stopped => "stopped",
            Self::Dropped => "dropped",
        }
    }
}

impl Cleanup {
    fn run(&self, release: Release) {
        let cleanup = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A cleanup that panics must not stop the shard, which owns many other calls.
        let done = cleanup.map(|cleanup| catch_unwind(AssertUnwindSafe(|| cleanup(release))));
        if done.is_some_and(|done| done.is_err()) {
            tracing::error!(release = release.as_str(), "the cleanup of a call guard panicked");
        }
    }
}

impl Drop for CallGuard {
    fn drop(&mut self) {
        self.0.run(Release::Dropped);
    }
}

impl Drop for AttachedGuard {
    fn drop(&mut self) {
        self.0.run(Release::Stopped);
    }
}

impl fmt::Debug for CallGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallGuard").field("is_released", &self.is_released()).finish()
    }
}
