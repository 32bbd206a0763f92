use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use call_journal::conformance::{Harness, check};
use call_journal::{Journal, MemoryJournal, SqliteJournal};
use tempfile::TempDir;

struct InMemory;

struct InAFile(TempDir);

#[async_trait]
impl Harness for InMemory {
    async fn open(&self) -> Arc<dyn Journal> {
        Arc::new(MemoryJournal::keeping(10_000))
    }

    fn is_durable(&self) -> bool {
        false
    }
}

#[async_trait]
impl Harness for InAFile {
    async fn open(&self) -> Arc<dyn Journal> {
        let directory: PathBuf = self.0.path().join("journal");
        Arc::new(SqliteJournal::open(&directory).expect("the last one was closed").0)
    }

    fn is_durable(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn the_memory_journal_passes_the_conformance_suite() {
    check(async || Box::new(InMemory) as Box<dyn Harness>).await;
}

#[tokio::test]
async fn the_sqlite_journal_passes_the_conformance_suite() {
    check(async || Box::new(InAFile(tempfile::tempdir().expect("a directory"))) as Box<dyn Harness>).await;
}
