use call_core::{CallId, Observation};

use super::subject::Subject;
use crate::fault::{Fault, Reason, Rejected};
use crate::json::{Node, path_to};

/// What a delivery says, and what of it cannot be read.
#[derive(Debug, Default)]
pub struct Decoded {
    /// Each with the call that it is about.
    pub observations: Vec<(CallId, Observation)>,
    /// What cannot be read; the rest counts.
    pub rejected: Vec<Rejected>,
    /// How many values there are: the notifications of a batch, or one.
    pub values: usize,
    /// Whether a participant asks to join, and the service waits for a [`JoinResponse`](crate::JoinResponse).
    pub wants_join_response: bool,
    /// What cannot be read, by the way to it; listed with its place at last.
    pub(super) faults: Vec<(String, Fault)>,
}

impl Decoded {
    /// Adds what one value says, or what is wrong with it; `index` is its place in a batch.
    pub(super) fn add(&mut self, read: Result<Option<Subject<'_>>, Fault>, value: Node<'_>, index: Option<u32>) {
        self.values += 1;
        let faults = match read {
            Ok(Some(mut subject)) => {
                self.wants_join_response |= subject.is_joining;
                if self.observations.is_empty() {
                    self.observations = subject.observations;
                } else {
                    self.observations.append(&mut subject.observations);
                }
                subject.faults
            }
            Ok(None) => Vec::new(),
            Err(fault) => vec![fault],
        };
        for fault in capped(faults) {
            let inside = path_to(value, fault.at);
            let path = match index {
                None => inside,
                Some(index) if inside.is_empty() => format!("value[{index}]"),
                Some(index) => format!("value[{index}].{inside}"),
            };
            self.faults.push((path, fault));
        }
    }
}

/// Of one value, at most so many faults are listed: the way to each is sought from the value's beginning.
const MOST_FAULTS: usize = 32;

fn capped(mut faults: Vec<Fault>) -> Vec<Fault> {
    faults.sort_by_key(|fault| fault.at);
    let more = faults.len().saturating_sub(MOST_FAULTS);
    faults.truncate(MOST_FAULTS + 1);
    if let Some(last) = faults.get_mut(MOST_FAULTS) {
        last.reason = Reason::More(more);
    }
    faults
}
