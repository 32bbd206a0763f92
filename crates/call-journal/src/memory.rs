use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use call_msgraph::Record;

use crate::{Journal, JournalError};

/// A journal that survives nothing: for tests, and for bots that need no more than what is in memory anyway.
#[derive(Debug)]
pub struct MemoryJournal {
    records: Mutex<VecDeque<Record>>,
    most: usize,
}

impl MemoryJournal {
    /// Makes a journal that keeps the newest deliveries, at most so many.
    #[must_use]
    pub const fn keeping(most: usize) -> Self {
        Self { records: Mutex::new(VecDeque::new()), most }
    }

    fn records(&self) -> MutexGuard<'_, VecDeque<Record>> {
        // Whoever panicked left the list whole.
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn append(&self, record: &Record) -> Result<(), JournalError> {
        let mut records = self.records();
        records.push_back(record.clone());
        if records.len() > self.most {
            records.pop_front();
        }
        Ok(())
    }

    async fn read(&self) -> Result<Vec<Record>, JournalError> {
        Ok(self.records().iter().cloned().collect())
    }
}
