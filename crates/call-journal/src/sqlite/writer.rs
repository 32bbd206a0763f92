//! The thread that owns the file, and has everybody who waits share a sync.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use crate::journal::{JournalError, Page, Position};
use crate::sqlite::store::Store;

/// What the thread is asked to do.
pub(super) enum Job {
    Append(Vec<String>, Answer<()>),
    Read(Position, usize, Answer<Page>),
    Discard(Vec<Position>, Answer<()>),
    Compact(Answer<()>),
}

pub(super) type Answer<T> = oneshot::Sender<Result<T, JournalError>>;

/// So many bytes are written at once at the most, so that nobody waits for long.
const LARGEST_BATCH: usize = 4 << 20;

/// Does what it is asked until nobody can ask any more.
pub(super) fn run(mut store: Store, mut jobs: mpsc::Receiver<Job>) {
    let mut next = None;
    while let Some(job) = next.take().or_else(|| jobs.blocking_recv()) {
        // Whoever asked may not wait any more.
        match job {
            Job::Append(lines, answer) => next = append(&mut store, &mut jobs, lines, answer),
            Job::Read(after, most, answer) => drop(answer.send(store.read(after, most))),
            Job::Discard(positions, answer) => drop(answer.send(store.discard(&positions))),
            Job::Compact(answer) => drop(answer.send(store.compact())),
        }
    }
}

/// Keeps what is to be kept by now, all with one sync; returns what came after it.
fn append(store: &mut Store, jobs: &mut mpsc::Receiver<Job>, first: Vec<String>, answer: Answer<()>) -> Option<Job> {
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
    let lines: Vec<_> = batch.iter().flat_map(|(lines, _)| lines).map(String::as_str).collect();
    let outcome = store.append(&lines).map_err(Arc::new);
    for (_, answer) in batch {
        drop(answer.send(outcome.clone().map_err(shared)));
    }
    other
}

/// Tells each of those who waited for the same sync why it failed.
fn shared(error: Arc<JournalError>) -> JournalError {
    if matches!(&*error, JournalError::Full(_)) {
        JournalError::Full(error.into())
    } else {
        JournalError::Unavailable(error.into())
    }
}
