//! Deliberately faulty journals: each breaks exactly one promise of the suite.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use call_core::{Stamp, Timestamp};
use call_journal::conformance::{Harness, check};
use call_journal::{Damage, Entry, Journal, JournalError, Page, Position};
use call_msgraph::{Delivery, DeliveryKind, Record};

use crate::promises::{assert_each_is_broken, promises_in};

/// A flaw, by the promise that it breaks.
type Flaw = &'static str;

const FLAWS: &[Flaw] = &[
    "a new journal is empty",
    "an empty append stores nothing",
    "records are read unchanged and in order",
    "positions increase",
    "a page has at most the requested length",
    "only the last page can be empty",
    "all pages together contain every record",
    "reading continues after a position",
    "the page after the end is empty",
    "concurrent appends succeed",
    "the records of an append are adjacent",
    "each record is stored once",
    "discarding a record twice is not an error",
    "other records keep their positions",
    "positions are never reused",
    "a dropped append is stored completely or not at all",
    "records are still there after a restart",
    "new records are last after a restart",
    "discarded records are still gone after a restart",
    "an append succeeds",
    "there is no damage",
];

/// What is on the disk: it survives the journals that use it.
#[derive(Default)]
struct Disk {
    entries: Vec<Entry>,
    last: u64,
    /// Records that were discarded, which a journal with a flaw brings back.
    discarded: Vec<Entry>,
    opened: usize,
}

/// A simple journal with a flaw.
struct Faulty {
    disk: Arc<Mutex<Disk>>,
    flaw: Flaw,
}

impl Faulty {
    fn disk(&self) -> MutexGuard<'_, Disk> {
        self.disk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, record: &Record) {
        let mut disk = self.disk();
        disk.last += 1;
        let position = match self.flaw {
            "positions increase" => 1,
            "positions are never reused" => {
                (1..).find(|free| disk.entries.iter().all(|entry| entry.position.0 != *free)).unwrap_or(1)
            }
            _ => disk.last,
        };
        disk.entries.push(Entry::new(Position(position), record.clone()));
        if self.flaw == "positions are never reused" {
            disk.entries.sort_by_key(|entry| entry.position);
        }
    }
}

fn ghost() -> Record {
    Delivery::new(Stamp::at(Timestamp::from_millis(0)), DeliveryKind::Notification).into()
}

fn failure() -> JournalError {
    JournalError::Closed
}

#[async_trait]
impl Journal for Faulty {
    async fn append(&self, records: &[Record]) -> Result<(), JournalError> {
        match self.flaw {
            "an append succeeds" => return Err(failure()),
            "concurrent appends succeed" if records.len() == 3 => return Err(failure()),
            "an empty append stores nothing" if records.is_empty() => self.push(&ghost()),
            "each record is stored once" if records.len() == 3 => records.iter().for_each(|record| self.push(record)),
            "new records are last after a restart" if self.disk().opened > 1 => return Ok(()),
            _ => {}
        }
        for record in records {
            self.push(record);
            if self.flaw == "the records of an append are adjacent" {
                tokio::task::yield_now().await;
            }
            if self.flaw == "a dropped append is stored completely or not at all" && records.len() == 1 {
                self.push(record);
                tokio::task::yield_now().await;
                self.disk().entries.pop();
            }
        }
        Ok(())
    }

    async fn read(&self, after: Position, most: usize) -> Result<Page, JournalError> {
        let mut page = Page::default();
        let disk = self.disk();
        let is_small = most == 3;
        let includes = self.flaw == "reading continues after a position" && most == 100;
        let follows = |entry: &&Entry| entry.position > after || (includes && entry.position == after);
        let most = if is_small && self.flaw == "a page has at most the requested length" { 4 } else { most };
        page.entries = disk.entries.iter().filter(follows).take(most.max(1)).cloned().collect();
        page.next = page.entries.last().map(|entry| entry.position);
        match self.flaw {
            "a new journal is empty" if disk.entries.is_empty() => page.entries.push(Entry::new(Position(1), ghost())),
            "records are read unchanged and in order" => {
                let positions: Vec<_> = page.entries.iter().map(|entry| entry.position).collect();
                page.entries.reverse();
                page.entries.iter_mut().zip(positions).for_each(|(entry, position)| entry.position = position);
            }
            "only the last page can be empty" if is_small => page.entries.clear(),
            "all pages together contain every record" if is_small && after != Position::default() => {
                drop(page.entries.drain(..page.entries.len().min(1)));
            }
            "the page after the end is empty" if most == 1 && page.entries.is_empty() => {
                page.entries.extend(disk.entries.last().cloned());
            }
            "there is no damage" => page.damage.push(Damage::new(Position(1), Position(1), "a flaw".into())),
            _ => {}
        }
        if page.entries.is_empty() && self.flaw == "all pages together contain every record" {
            page.next = None;
        }
        Ok(page)
    }

    async fn discard(&self, positions: &[Position]) -> Result<(), JournalError> {
        let mut disk = self.disk();
        let is_gone = |entry: &Entry| positions.contains(&entry.position);
        let (gone, rest): (Vec<_>, Vec<_>) = disk.entries.drain(..).partition(is_gone);
        let found_none = gone.is_empty();
        disk.entries = rest;
        disk.discarded.extend(gone);
        match self.flaw {
            "discarding a record twice is not an error" if found_none => Err(failure()),
            "other records keep their positions" => {
                (1..).zip(&mut disk.entries).for_each(|(number, entry)| entry.position = Position(number));
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

struct Flawed {
    disk: Arc<Mutex<Disk>>,
    flaw: Flaw,
}

#[async_trait]
impl Harness for Flawed {
    async fn open(&self) -> Arc<dyn Journal> {
        let mut disk = self.disk.lock().unwrap_or_else(PoisonError::into_inner);
        disk.opened += 1;
        if self.flaw == "records are still there after a restart" {
            disk.entries.clear();
        }
        if self.flaw == "discarded records are still gone after a restart" {
            let back = std::mem::take(&mut disk.discarded);
            disk.entries.extend(back);
            disk.entries.sort_by_key(|entry| entry.position);
        }
        Arc::new(Faulty { disk: Arc::clone(&self.disk), flaw: self.flaw })
    }

    fn is_durable(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn each_journal_promise_finds_its_flaw() {
    let promises = promises_in(include_str!("../../crates/call-journal/src/conformance.rs"));
    assert_each_is_broken("a journal", &promises, FLAWS, |flaw| async move {
        check(async || Box::new(Flawed { disk: Arc::default(), flaw }) as Box<dyn Harness>).await;
    })
    .await;
}

#[tokio::test]
async fn a_journal_without_a_flaw_passes() {
    check(async || Box::new(Flawed { disk: Arc::default(), flaw: "none" }) as Box<dyn Harness>).await;
}
