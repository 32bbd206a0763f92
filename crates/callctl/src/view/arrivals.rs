//! What arrived of a call, in order of arrival, and the steps that it supports: the lines of the picture.

use std::collections::BTreeSet;

use call_core::{AnomalyKind, CallState, Oddity, Receipt, Source, Timeline, Timestamp};
use serde::{Serialize, Serializer};

use crate::view::context::Context;

/// Everything that supports a step or an anomaly, in order of arrival.
pub(crate) struct Arrivals {
    pub(crate) all: Vec<Arrival>,
    /// Number of steps that were reported first after a later step had been reported.
    pub(crate) reordered: usize,
}

/// One piece of evidence.
pub(crate) struct Arrival {
    /// Id of its delivery, or of its part of a batch.
    pub(crate) id: String,
    /// Instant of its receipt; `None` if the log does not say it.
    pub(crate) at: Option<Timestamp>,
    /// Word for its source; empty for a notification.
    pub(crate) kind: &'static str,
    pub(crate) claim: String,
    /// Number of the step that it supports.
    pub(crate) step: Option<usize>,
    /// Whether evidence of a later step arrived before it.
    pub(crate) is_late: bool,
}

/// There are many, so an array saves half of the JSON.
impl Serialize for Arrival {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { id, at, kind, claim, step, is_late } = self;
        (id, at.map(Timestamp::as_millis), kind, claim, step, u8::from(*is_late)).serialize(serializer)
    }
}

impl Context<'_> {
    /// Returns what arrived. A piece of evidence is late if evidence of a later step arrived before it.
    pub(crate) fn arrivals(self, timeline: &Timeline) -> Arrivals {
        let mut claimed: Vec<(Receipt, Option<usize>, String)> = Vec::new();
        for (number, step) in timeline.steps.iter().enumerate() {
            let claim = |receipt: &Receipt| (*receipt, Some(number), step.state.as_str().to_owned());
            claimed.extend(step.basis.receipts().iter().map(claim));
        }
        let mut seen: BTreeSet<Receipt> = claimed.iter().map(|(receipt, ..)| *receipt).collect();
        for anomaly in self.anomalies(timeline) {
            let claim = self.odd_claim(&anomaly.kind);
            let new = anomaly.evidence.iter().filter(|receipt| seen.insert(**receipt));
            claimed.extend(new.map(|receipt| (*receipt, None, claim.clone())));
        }
        claimed.sort_by_key(|(receipt, step, _)| (receipt.stamp, *step));
        let mut latest = None;
        let arrival = |(receipt, step, claim): (Receipt, Option<usize>, String)| {
            let is_late = step.is_some() && step < latest;
            latest = latest.max(step);
            let at = Some(receipt.stamp.received_at).filter(|_| !self.receipts.is_untimed(&receipt));
            let (id, kind) = (self.receipts.id(&receipt), kind(&receipt.source));
            Arrival { id, at, kind, claim, step, is_late }
        };
        Arrivals { all: claimed.into_iter().map(arrival).collect(), reordered: reordered(timeline) }
    }

    /// Returns what the evidence of an anomaly says.
    fn odd_claim(self, kind: &AnomalyKind) -> String {
        if let AnomalyKind::Odd(Oddity::UnrecognizedState(word)) = kind {
            return self.privacy.apply(word).into_owned();
        }
        if *kind == AnomalyKind::FalseGone { CallState::Terminated.as_str() } else { kind.code() }.to_owned()
    }
}

/// Returns the number of steps that were reported first after a later step had been reported.
fn reordered(timeline: &Timeline) -> usize {
    let mut earliest = None;
    let mut count = 0;
    let firsts = timeline.steps.iter().rev().filter_map(|step| step.basis.receipts().first());
    for first in firsts.map(|receipt| receipt.stamp) {
        count += usize::from(earliest.is_some_and(|earliest| earliest < first));
        earliest = Some(earliest.map_or(first, |earliest: call_core::Stamp| earliest.min(first)));
    }
    count
}

/// Returns the word for a source; a notification has none.
const fn kind(source: &Source) -> &'static str {
    match source {
        Source::CreateResponse { .. } => "created",
        Source::Snapshot { .. } => "GET",
        Source::Accepted { .. } => "reply",
        Source::Gone { .. } => "404",
        Source::Notification | _ => "",
    }
}
