//! The rule: the timeline is the cheapest legal walk through the lifecycle that explains every observation.
//!
//! * Across phases the table outranks the clock: `establishing` that arrives an hour after `established` still comes
//!   before it.
//! * Inside the connected phase the clock counts: what surely precedes stays before, and what may have been either way
//!   round stands so that the fewest steps have to be inferred, then with the fewest inversions against stamp order, then
//!   by the stamps themselves. So the answer is unique.
//! * What nobody reported but the table requires is inferred.
//!
//! ```
//! use call_core::{CallState::*, Claim, DEFAULT_REORDER_WINDOW, Observation, Source, Stamp, Timestamp, reconcile};
//! let at = |seconds: i64, state| {
//!     let stamp = Stamp::at(Timestamp::from_millis(seconds * 1_000));
//!     Observation::new(stamp, Source::Notification, Claim::state(state))
//! };
//! let observations = [at(9, Established), at(1, Established), at(2, Establishing), at(5, Hold)];
//! let timeline = reconcile(&observations, DEFAULT_REORDER_WINDOW);
//! assert_eq!(timeline.states(), [Establishing, Established, Hold, Established]);
//! ```
//!
//! The result depends on the set of observations alone (G1): they are put in order and repetitions dropped first.

use alloc::vec::Vec;
use core::time::Duration;

use crate::burst::{self, Sighting};
use crate::fact::{self, Fact};
use crate::{Anomaly, CallState, Observation, Phase, Present, Source, Timeline, direction, oddities, walk};

/// How long a notification may have been on its way, unless a host knows better.
pub const DEFAULT_REORDER_WINDOW: Duration = Duration::from_secs(2);

/// Makes the timeline of a call from what was observed of it, given in any order and as often as it came.
///
/// A notification was true at some time in the `reorder_window` before its receipt.
#[must_use]
pub fn reconcile<'o>(observations: impl IntoIterator<Item = &'o Observation>, reorder_window: Duration) -> Timeline {
    let mut observations: Vec<&Observation> = observations.into_iter().collect();
    observations.sort_unstable();
    observations.dedup();
    drop_outrun_commands(&mut observations);

    let (direction, conflict) = direction::of(&observations);
    let facts = fact::facts(&observations, reorder_window);
    let start = walk::start(direction, &facts);
    let (facts, ends) = explain(start, facts);
    let steps = walk::steps(start, &facts);

    let present = steps.last().map(|last| present(last.state, ends));
    let contradictions = steps.iter().filter(|step| step.is_contradicted()).map(walk::contradiction);
    let anomalies: Vec<_> = contradictions.chain(oddities::of(&observations)).chain(conflict).collect();
    Timeline {
        present,
        direction,
        result: fact::call_result(&facts).cloned(),
        termination_reason: oddities::termination_reason(&observations),
        anomalies: Anomaly::grouped(anomalies),
        steps,
    }
}

/// Leaves out the commands that were sent after the call was known to be over: the far side was quicker.
fn drop_outrun_commands(observations: &mut Vec<&Observation>) {
    let is_over = |observation: &&&Observation| {
        observation.is_a_report() && observation.claim.as_state() == Some(CallState::Terminated)
    };
    let Some(over) = observations.iter().find(is_over).map(|observation| observation.stamp.received_at) else { return };
    observations.retain(|observation| {
        !matches!(observation.source, Source::Accepted { .. }) || observation.sent_at().is_none_or(|sent| sent <= over)
    });
}

/// Puts facts, given in the order of their stamps, into the order of the cheapest explanation.
///
/// Returns also the states of the connected phase that an explanation may end in.
fn explain(start: CallState, mut facts: Vec<Fact<'_>>) -> (Vec<Fact<'_>>, Vec<CallState>) {
    // Phases other than the connected one are one state each, of which the stamps keep their order.
    facts.sort_by_key(|fact| fact.state.phase());
    let from = facts.partition_point(|fact| fact.state.phase() < Phase::Connected);
    let until = facts.partition_point(|fact| fact.state.phase() <= Phase::Connected);
    let before = facts[..from].last().map_or(start, |fact| fact.state);
    let sightings: Vec<_> =
        facts[from..until].iter().map(|fact| Sighting { state: fact.state, interval: fact.interval }).collect();
    let explanation = burst::explain(before, &sightings);
    let ordered: Vec<_> = explanation.order.iter().map(|&place| facts[from + place].clone()).collect();
    facts.splice(from..until, ordered);
    (facts, explanation.ends)
}

/// There is doubt about the present only while the call is connected.
fn present(last: CallState, ends: Vec<CallState>) -> Present {
    let others: Vec<_> = ends.into_iter().filter(|end| *end != last).collect();
    if last.phase() != Phase::Connected || others.is_empty() {
        return Present::Certain(last);
    }
    Present::Ambiguous { likely: last, others }
}
