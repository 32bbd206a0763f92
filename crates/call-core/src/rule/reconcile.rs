//! The rule: the timeline is the cheapest legal walk through the lifecycle that explains every observation.
//!
//! * Across phases the table outranks the clock: `establishing` that is received an hour after `established` still comes
//!   before it.
//! * Inside the connected phase the clock counts. Observations whose intervals do not overlap keep their order. The others are
//!   ordered so that the fewest steps have to be inferred, then with the least total lateness, then by the stamps. So the result is
//!   unique.
//! * A step that no observation reports but the table requires is inferred.
//!
//! ```
//! use call_core::{CallState::*, Claim, Observation, Source, Stamp, Timestamp, Tolerance, reconcile};
//! let at = |seconds: i64, state| {
//!     let stamp = Stamp::at(Timestamp::from_millis(seconds * 1_000));
//!     Observation::new(stamp, Source::Notification, Claim::state(state))
//! };
//! let observations = [at(9, Established), at(1, Established), at(2, Establishing), at(5, Hold)];
//! let timeline = reconcile(&observations, Tolerance::default());
//! assert_eq!(timeline.states(), [Establishing, Established, Hold, Established]);
//! ```
//!
//! The result depends only on the set of observations (G1): they are sorted, and repetitions dropped, before anything else.

use alloc::vec::Vec;

use crate::rule::anomaly::{Anomaly, AnomalyKind};
use crate::rule::ending;
use crate::rule::ending::Ending;
use crate::rule::explanation;
use crate::rule::fact;
use crate::rule::fact::{Fact, Report};
use crate::rule::roster::Roster;
use crate::rule::sighting::Sighting;
use crate::rule::step::Step;
use crate::rule::timeline::{Present, Timeline};
use crate::rule::tolerance::Tolerance;
use crate::rule::{direction, fields, operations, roster, sharing, tones, walk};
use crate::words::claim::{Claim, Oddity};
use crate::words::observation::Observation;
use crate::words::state::{CallState, Phase};

/// Returns the timeline of a call. The observations can be in any order and contain repetitions.
///
/// The tolerance is a reorder window, or a [`Tolerance`] that also sets the doubt.
///
/// Time and memory are linear in the number of observations. Of connected states that are all open to another order, each one needs up
/// to 0.1 ms and 80 kB. [`Call`](crate::Call) bounds their number.
#[must_use]
pub fn reconcile<'o>(
    observations: impl IntoIterator<Item = &'o Observation>,
    tolerance: impl Into<Tolerance>,
) -> Timeline {
    explained(observations.into_iter().collect(), tolerance.into())
}

fn explained(mut observations: Vec<&Observation>, tolerance: Tolerance) -> Timeline {
    observations.sort_unstable();
    observations.dedup();

    let Ending { facts, is_claimed, anomalies } = ending::judge(fact::facts(&observations), tolerance.reorder_window);
    let (direction, conflict) = direction::of(&facts);
    let mut reports = Vec::with_capacity(facts.len());
    reports.extend(facts.iter().filter_map(Report::of));
    let start = walk::start(direction, &reports);
    let (reports, ends) = explain(start, reports, tolerance);
    let (steps, contradictions) = walk::steps(start, &reports, tolerance.reorder_window);

    let present = present(&steps, ends, is_claimed);
    let (operations, two_ends) = operations::of(&facts);
    let anomalies = anomalies.into_iter().chain(contradictions).chain(odd(&facts)).chain(conflict).chain(two_ends);
    let mut timeline = Timeline {
        present,
        direction,
        result: fact::call_result(&reports).cloned(),
        fields: fields::latest(&facts),
        roster: Roster::default(),
        operations,
        sharing: sharing::sessions(&facts),
        tones: tones::received(&facts),
        anomalies: Anomaly::grouped(anomalies.collect()),
        steps,
    };
    // An ended call has no participants, even if no report says that they left.
    if !timeline.is_over() {
        timeline.roster = roster::of(&facts);
    }
    timeline
}

/// Sorts reports, given in the order of their stamps, into the order of the cheapest explanation.
///
/// Also returns the states of the connected phase in which an explanation ends that the doubt does not exclude.
fn explain<'f>(
    start: CallState,
    mut reports: Vec<Report<'f>>,
    tolerance: Tolerance,
) -> (Vec<Report<'f>>, impl Iterator<Item = CallState> + Clone + use<>) {
    // Every phase but the connected one is a single state, so a stable sort by phase already orders its reports.
    reports.sort_by_key(|report| report.state.phase());
    let from = reports.partition_point(|report| report.state.phase() < Phase::Connected);
    let until = reports.partition_point(|report| report.state.phase() <= Phase::Connected);
    let before = reports[..from].last().map_or(start, |report| report.state);
    let interval = |report: &Report<'_>| report.fact.first.interval(tolerance.reorder_window);
    let sightings: Vec<_> = reports[from..until]
        .iter()
        .map(|report| Sighting { state: report.state, interval: interval(report) })
        .collect();
    let explanation = explanation::explain(before, &sightings, tolerance.doubt);
    let ordered: Vec<_> = explanation.order.iter().map(|&place| reports[from + place]).collect();
    reports.splice(from..until, ordered);
    (reports, explanation.ends())
}

/// Returns an anomaly for each claim that no lifecycle contains.
fn odd(facts: &[Fact<'_>]) -> impl Iterator<Item = Anomaly> {
    facts.iter().filter_map(|fact| {
        let Claim::Oddity(oddity) = &fact.first.claim else { return None };
        Some(Anomaly { kind: AnomalyKind::Odd(Oddity::clone(oddity)), evidence: fact.receipts().collect() })
    })
}

/// Returns the present. It can be ambiguous only while the call is connected, or while a single 404 claims its end.
fn present(steps: &[Step], ends: impl Iterator<Item = CallState> + Clone, is_end_claimed: bool) -> Option<Present> {
    let last = steps.last()?.state;
    let is_likely_over = last == CallState::Terminated && !is_end_claimed;
    // What the present would be without the 404: a call that was not connected is in its last state before it.
    let before =
        steps.iter().rev().nth(1).filter(|_| is_likely_over && ends.clone().next().is_none()).map(|step| step.state);
    let is_open = is_likely_over || last.phase() == Phase::Connected;
    let others = ends.filter(|end| is_open && *end != last).chain(before);
    let others: Vec<_> = others.collect();
    Some(if others.is_empty() { Present::Certain(last) } else { Present::Ambiguous { likely: last, others } })
}
