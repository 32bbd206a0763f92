//! A journal in memory, for tests and for bots that need no restart.

use std::collections::{HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use call_msgraph::{Delivery, Record};

use crate::journal::{Entry, Journal, JournalError, Page, Position};

/// A journal in memory, for tests, and for bots that do not need to survive a restart.
#[derive(Debug)]
pub struct MemoryJournal {
    kept: Mutex<Kept>,
    most: usize,
}

#[derive(Debug)]
struct Kept {
    entries: VecDeque<Entry>,
    last: Position,
}

impl MemoryJournal {
    /// Returns a journal that keeps the newest `limit` records.
    #[must_use]
    pub const fn keeping(most: usize) -> Self {
        Self { kept: Mutex::new(Kept { entries: VecDeque::new(), last: Position(0) }), most }
    }

    /// Returns all records.
    #[must_use]
    pub fn records(&self) -> Vec<Record> {
        self.kept().entries.iter().map(|entry| entry.record.clone()).collect()
    }

    /// Returns all deliveries.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.records().into_iter().filter_map(Record::into_delivery).collect()
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // A poisoned lock is safe to use: no code panics while it changes the list.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn append(&self, records: &[Record]) -> Result<(), JournalError> {
        let mut kept = self.kept();
        for record in records {
            kept.last.0 += 1;
            let entry = Entry { position: kept.last, record: record.clone() };
            kept.entries.push_back(entry);
            if kept.entries.len() > self.most {
                kept.entries.pop_front();
            }
        }
        Ok(())
    }

    async fn read(&self, after: Position, most: usize) -> Result<Page, JournalError> {
        let kept = self.kept();
        let from = kept.entries.partition_point(|entry| entry.position <= after);
        let entries: Vec<_> = kept.entries.range(from..).take(most.max(1)).cloned().collect();
        let next = entries.last().map(|entry| entry.position);
        Ok(Page { entries, damage: Vec::new(), next, last: kept.last })
    }

    async fn discard(&self, positions: &[Position]) -> Result<(), JournalError> {
        let gone: HashSet<_> = positions.iter().collect();
        self.kept().entries.retain(|entry| !gone.contains(&entry.position));
        Ok(())
    }
}
