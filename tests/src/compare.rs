//! Holds the core against the oracle.

use std::time::Duration;

use call_core::{CallState, Claim, Command, NodeId, Observation, Source, Stamp, Timeline, Timestamp, reconcile};

use crate::oracle::{How, Seen, Step, Verdict, explain};

/// The reorder window of all comparisons, in milliseconds.
pub const WINDOW: i64 = 2_000;

/// Panics if core and oracle differ on what was seen.
pub fn assert_explained_alike(seen: &[Seen]) {
    let observations: Vec<_> = seen.iter().map(observation).collect();
    let timeline = reconcile(&observations, Duration::from_millis(WINDOW as u64));
    assert_eq!(verdict(&timeline), explain(seen, WINDOW), "on {seen:#?}");
}

/// Makes the core's observation of what was seen.
#[must_use]
pub fn observation(seen: &Seen) -> Observation {
    let sent_at = |sent: Option<i64>| sent.map(Timestamp::from_millis);
    let source = match seen.how {
        How::Notified => Source::Notification,
        How::Answered(sent) => Source::Snapshot { sent_at: sent_at(sent) },
        // No other command says which way the call went, so the oracle need not know.
        How::Promised(sent) => Source::Accepted { command: Command::Transfer, sent_at: sent_at(sent) },
    };
    let received_at = Timestamp::from_millis(seen.at);
    let stamp = Stamp { received_at, node: NodeId(0), sequence: seen.sequence, index: 0 };
    Observation::new(stamp, source, Claim::state(CallState::ALL[seen.state]))
}

/// Says of a timeline what the oracle says of its own.
#[must_use]
pub fn verdict(timeline: &Timeline) -> Verdict {
    let steps = timeline.steps.iter().map(|step| Step {
        state: step.state.as_str(),
        evidence: step.basis.receipts().iter().map(|receipt| receipt.stamp.sequence).collect(),
        not_before: step.not_before.map(|bound| bound.at.as_millis()),
        not_after: step.not_after.map(|bound| bound.at.as_millis()),
    });
    let others = timeline.present.iter().flat_map(|present| present.alternatives());
    Verdict { steps: steps.collect(), others: others.map(|other| other.as_str()).collect() }
}
