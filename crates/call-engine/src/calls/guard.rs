//! What a host ties to a call, and that it is freed exactly once.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

/// Why what was tied to a call is freed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Release {
    /// The call ended.
    Ended,
    /// The engine let go of the call, for there were too many.
    Forgotten,
    /// The engine stopped.
    Stopped,
    /// The host dropped the [`CallGuard`].
    Dropped,
}

/// Frees what a host tied to a call: once, on every path.
///
/// It does so when the call ends, however that becomes known; when the engine lets go of the call or stops; or when the guard
/// itself is dropped, whichever comes first.
#[must_use = "what is tied to the call is freed when the guard is dropped"]
pub struct CallGuard(Arc<Tied>);

/// The engine's side of a guard.
pub(crate) struct Tie(Arc<Tied>);

type Free = Box<dyn FnOnce(Release) + Send>;

struct Tied(Mutex<Option<Free>>);

/// Ties something to a call.
pub(crate) fn tie(free: impl FnOnce(Release) + Send + 'static) -> (CallGuard, Tie) {
    let tied = Arc::new(Tied(Mutex::new(Some(Box::new(free)))));
    (CallGuard(Arc::clone(&tied)), Tie(tied))
}

impl CallGuard {
    /// Returns whether it was freed.
    #[must_use]
    pub fn is_released(&self) -> bool {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }
}

impl Tie {
    pub(crate) fn release(&self, release: Release) {
        self.0.release(release);
    }
}

impl Tied {
    fn release(&self, release: Release) {
        let free = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A host that panics while it cleans up costs itself, not all calls of the shard.
        let freed = free.map(|free| catch_unwind(AssertUnwindSafe(|| free(release))));
        if freed.is_some_and(|freed| freed.is_err()) {
            tracing::error!(?release, "what was tied to a call panicked when it was freed");
        }
    }
}

impl Drop for CallGuard {
    fn drop(&mut self) {
        self.0.release(Release::Dropped);
    }
}

impl Drop for Tie {
    fn drop(&mut self) {
        self.0.release(Release::Stopped);
    }
}

impl fmt::Debug for CallGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallGuard").field("is_released", &self.is_released()).finish()
    }
}
