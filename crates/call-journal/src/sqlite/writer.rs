//! The writer thread. It owns the file, and groups concurrent appends into one sync.
//!
//! A sync costs far more than a write. So the thread takes all appends that are queued while the last sync runs, writes them in one
//! transaction, and syncs once. Under load the groups grow, and the rate of appends with them.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use crate::journal::{JournalError, Page, Position};
use crate::sqlite::store::Store;

/// A command to the writer thread.
pub(super) enum Job {
    Append(Vec<String>, Answer<()>),
    Read(Position, usize, Answer<Page>),
    Discard(Vec<Position>, Answer<()>),
    Compact(Answer<()>),
}

pub(super) type Answer<T> = oneshot::Sender<Result<T, JournalError>>;

/// Maximum size of a group, in bytes, so that no append waits for long.
const LARGEST_BATCH: usize = 4 << 20;

/// Runs until all senders are dropped.
pub(super) fn run(mut store: Store, mut jobs: mpsc::Receiver<Job>) {
    let mut next = None;
    while let Some(job) = next.take().or_else(|| jobs.blocking_recv()) {
        // Fails if the caller no longer waits.
        match job {
            Job::Append(lines, answer) => next = append(&mut store, &mut jobs, lines, answer),
            Job::Read(after, limit, answer) => drop(answer.send(store.read(after, limit))),
            Job::Discard(positions, answer) => drop(answer.send(store.discard(&positions))),
            Job::Compact(answer) => drop(answer.send(store.compact())),
        }
    }
}

/// Stores all queued appends with one sync, and returns the next other command.
fn append(store: &mut Store, jobs: &mut mpsc::Receiver<Job>, first: Vec<String>, answer: Answer<()>) -> Option<Job> {
    // Another command ends the group, because the order of commands must not change.
    let mut bytes: usize = first.iter().map(String::len).sum();
    let mut batch = vec![(first, answer)];
    let mut other = None;
    while bytes < LARGEST_BATCH {
        match jobs.try_recv() {
            Ok(Job::Append(lines, answer)) => {
                bytes += lines.iter().map(String::len).sum::<usize>();
                batch.push((lines, answer));
            }
            Ok(job @ (Job::Read(..) | Job::Discard(..) | Job::Compact(_))) => {
                other = Some(job);
                break;
            }
            Err(_) => break,
        }
    }
    // The group is one transaction: either all of its appends succeed, or all of them fail.
    let lines: Vec<_> = batch.iter().flat_map(|(lines, _)| lines).map(String::as_str).collect();
    let outcome = store.append(&lines).map_err(Arc::new);
    for (_, answer) in batch {
        drop(answer.send(outcome.clone().map_err(shared)));
    }
    other
}

/// Returns the error for each append of a group that failed.
fn shared(error: Arc<JournalError>) -> JournalError {
    if matches!(&*error, JournalError::Full(_)) {
        JournalError::Full(error.into())
    } else {
        JournalError::Unavailable(error.into())
    }
}
