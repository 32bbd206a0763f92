//! Compares the core with the oracle.

use std::time::Duration;

use call_core::{
    AnomalyKind, CallState, Claim, Command, NodeId, Observation, Source, Stamp, Timeline, Timestamp, reconcile,
};

use crate::oracle::{How, Seen, Step, Verdict, explain};

/// The reorder window of all comparisons, in milliseconds.
pub const WINDOW: i64 = 2_000;

/// Panics if the core and the oracle explain the observations differently.
pub fn assert_explained_alike(seen: &[Seen]) {
    let observations: Vec<_> = seen.iter().map(observation).collect();
    let timeline = reconcile(&observations, Duration::from_millis(WINDOW as u64));
    assert_eq!(verdict(&timeline), explain(seen, WINDOW, WINDOW / 2), "on {seen:#?}");
}

/// Converts an observation of the oracle into one of the core.
#[must_use]
pub fn observation(seen: &Seen) -> Observation {
    let sent_at = |sent: Option<i64>| sent.map(Timestamp::from_millis);
    let source = match seen.how {
        How::Notified => Source::Notification,
        How::Answered(sent) => Source::Snapshot { sent_at: sent_at(sent) },
        // The other commands do not determine the direction of the call, so the oracle does not need them.
        How::Promised(sent) if seen.state == 8 => Source::Accepted { command: Command::HangUp, sent_at: sent_at(sent) },
        How::Promised(sent) => Source::Accepted { command: Command::Transfer, sent_at: sent_at(sent) },
        How::Gone(sent) => Source::Gone { sent_at: sent_at(sent) },
    };
    let received_at = Timestamp::from_millis(seen.at);
    let stamp = Stamp { received_at, node: NodeId(0), sequence: seen.sequence, index: 0 };
    Observation::new(stamp, source, Claim::state(CallState::ALL[seen.state]))
}

/// Describes a timeline of the core as the oracle describes its own.
#[must_use]
pub fn verdict(timeline: &Timeline) -> Verdict {
    let steps = timeline.steps.iter().map(|step| Step {
        state: step.state.as_str(),
        evidence: step.basis.receipts().iter().map(|receipt| receipt.stamp.sequence).collect(),
        not_before: step.not_before.map(|bound| bound.at.as_millis()),
        not_after: step.not_after.map(|bound| bound.at.as_millis()),
    });
    let others = timeline.present.iter().flat_map(|present| present.alternatives());
    let evidence = |kind: &AnomalyKind| {
        let anomaly = timeline.anomalies.iter().find(|anomaly| anomaly.kind == *kind);
        anomaly.iter().flat_map(|anomaly| &anomaly.evidence).map(|receipt| receipt.stamp.sequence).collect()
    };
    Verdict {
        steps: steps.collect(),
        others: others.map(|other| other.as_str()).collect(),
        false_gone: evidence(&AnomalyKind::FalseGone),
        unfulfilled: evidence(&AnomalyKind::Unfulfilled(Command::HangUp)),
    }
}
