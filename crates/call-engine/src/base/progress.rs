//! How far an engine is with reading its journal.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use call_journal::Page;

/// How far an engine is with reading its journal, for a host that shows it meanwhile. Clones show the same.
///
/// ```
/// let progress = call_engine::RestoreProgress::default();
/// assert_eq!((progress.read(), progress.all()), (0, 0)); // nothing was read yet
/// ```
#[derive(Debug, Clone, Default)]
pub struct RestoreProgress(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    first: AtomicU64,
    read: AtomicU64,
    all: AtomicU64,
}

impl RestoreProgress {
    /// Returns about how many records were read.
    #[must_use]
    pub fn read(&self) -> u64 {
        self.0.read.load(Ordering::Relaxed)
    }

    /// Returns about how many records the journal has; 0 while that is unknown. Discarded records between others count too.
    #[must_use]
    pub fn all(&self) -> u64 {
        self.0.all.load(Ordering::Relaxed)
    }

    /// Notes a page.
    pub(crate) fn note(&self, page: &Page) {
        let (Some(first), Some(newest)) = (page.entries.first(), page.entries.last()) else { return };
        // Positions of a journal whose old records were discarded begin with a large number.
        let began = match self.0.first.load(Ordering::Relaxed) {
            0 => first.position.0,
            began => began,
        };
        self.0.first.store(began, Ordering::Relaxed);
        let count = |last: u64| (last + 1).saturating_sub(began);
        self.0.read.store(count(newest.position.0), Ordering::Relaxed);
        self.0.all.store(count(page.last.max(newest.position).0), Ordering::Relaxed);
    }
}
