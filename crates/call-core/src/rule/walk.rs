//! Makes the steps of a walk from ordered reports: the observed steps, the inferred steps between them, and the bounds of each.

use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::ops::Range;
use core::time::Duration;

use crate::rule::anomaly::{Anomaly, AnomalyKind};
use crate::rule::fact::{Report, last_result};
use crate::rule::step::{Basis, Bound, Evidence, Inference, Placement, Step};
use crate::words::direction::Direction;
use crate::words::lifecycle::Lifecycle;
use crate::words::observation::Receipt;
use crate::words::stamp::Stamp;
use crate::words::state::CallState;
use crate::words::time::Timestamp;

/// Returns the first state of the call.
pub(crate) fn start(direction: Option<Direction>, reports: &[Report<'_>]) -> CallState {
    if direction == Some(Direction::Incoming) || reports.iter().any(|report| report.state.is_for_incoming()) {
        return CallState::Incoming;
    }
    CallState::Establishing
}

/// Returns the steps from the start through all reports, which are in the order of their explanation.
///
/// Also returns an anomaly for each step whose bounds cross.
pub(crate) fn steps(start: CallState, reports: &[Report<'_>], reorder_window: Duration) -> (Vec<Step>, Vec<Anomaly>) {
    let groups: Vec<&[Report<'_>]> = reports.chunk_by(|a, b| a.state == b.state).collect();
    let steps = walk(start, &groups, reorder_window);
    let contradictions = contradictions(&steps, &groups);
    (steps, contradictions)
}

fn walk<S: Lifecycle>(start: S, groups: &[&[Report<'_, S>]], reorder_window: Duration) -> Vec<Step<S>> {
    let placements = placements(groups, reorder_window);
    let mut steps = Vec::with_capacity(groups.len() + 1);
    let mut last = None;
    for (group, placement) in groups.iter().zip(placements) {
        let to = group[0].state;
        if last.is_none() && start != to {
            steps.push(inferred(start, Inference::Start));
        }
        // The shortest walk between two states is unique, so there is nothing to choose.
        let from = last.unwrap_or(start);
        let between = from.between(to).iter();
        steps.extend(between.map(|&state| inferred(state, Inference::Edge { from, to })));
        steps.push(observed(group, placement));
        last = Some(to);
    }
    bound(&mut steps, groups);
    steps
}

/// Returns the steps of a lifecycle without cycles, given reports in the order of their stamps.
///
/// Two different states of one phase exclude each other. The first one counts. Also returns the reports that contradict it.
pub(crate) fn straight<S: Lifecycle>(mut reports: Vec<Report<'_, S>>) -> (Vec<Step<S>>, Vec<Report<'_, S>>) {
    reports.sort_by_key(|report| report.state.phase());
    let (mut standing, mut contradicted): (Vec<Report<'_, S>>, Vec<_>) =
        (Vec::with_capacity(reports.len()), Vec::new());
    for report in reports {
        match standing.last() {
            Some(last) if last.state != report.state && last.state.phase() == report.state.phase() => {
                contradicted.push(report);
            }
            _ => standing.push(report),
        }
    }
    let groups: Vec<_> = standing.chunk_by(|a, b| a.state == b.state).collect();
    let steps = groups.first().map(|first| walk(first[0].state, &groups, Duration::ZERO)).unwrap_or_default();
    (steps, contradicted)
}

fn inferred<S>(state: S, why: Inference<S>) -> Step<S> {
    Step { state, basis: Basis::Inferred(why), not_before: None, not_after: None, result: None }
}

fn observed<S: Lifecycle>(reports: &[Report<'_, S>], placement: Placement) -> Step<S> {
    let only = if let [only] = reports { only.fact.only_receipt() } else { None };
    let all = || reports.iter().flat_map(|report| report.fact.receipts()).collect();
    let evidence = only.map(|only| Evidence::one(only, placement));
    let evidence = evidence.unwrap_or_else(|| Evidence::new(all(), reports.len(), placement));
    let basis = Basis::Observed(evidence);
    Step {
        state: reports[0].state,
        basis,
        not_before: None,
        not_after: None,
        result: last_result(reports.iter().copied()).cloned(),
    }
}

/// Returns for each group of reports the reason for its position.
fn placements<S: Lifecycle>(groups: &[&[Report<'_, S>]], reorder_window: Duration) -> Vec<Placement> {
    let mut placements = vec![Placement::Observed; groups.len()];
    // Where a report stands if only the clock decides. An accepted command is carried out after its receipt.
    let due = |report: &Report<'_, S>| (report.fact.first.interval(reorder_window).latest(), report.stamp());
    // The lowest stamp of all later phases, and the earliest of the later groups of the same phase. Read backwards, both are known.
    let mut beyond: Option<Stamp> = None;
    let mut later: Option<(Timestamp, Stamp)> = None;
    for (at, group) in groups.iter().enumerate().rev() {
        let phase = group[0].state.phase();
        if groups.get(at + 1).is_some_and(|next| next[0].state.phase() != phase) {
            let next = &groups[at + 1..];
            let next = next.iter().take_while(|other| other[0].state.phase() == next[0][0].state.phase());
            beyond = beyond.into_iter().chain(next.map(|other| other[0].stamp())).min();
            later = None;
        }
        let (first, due) = (group[0].stamp(), due(&group[0]));
        let goes_on = at > 0 && groups[at - 1][0].state.phase() == phase;
        placements[at] = match () {
            () if beyond.is_some_and(|beyond| beyond < first) => Placement::PlacedByPhase,
            () if later.is_some_and(|later| later < due) => Placement::SwappedToSaveInferred,
            () if goes_on => Placement::PlacedByClock,
            () => Placement::Observed,
        };
        later = later.into_iter().chain([due]).min();
    }
    placements
}

/// Sets the bounds of each step: the instants before and after which the step was certainly entered.
///
/// The reorder window is an estimate and never produces a bound. Neither does an accepted command, which is only a promise.
fn bound<S: Lifecycle>(steps: &mut [Step<S>], groups: &[&[Report<'_, S>]]) {
    let reported =
        |report: &Report<'_, S>| Some(Bound { at: report.reported_at()?, receipt: report.fact.first.receipt() });
    let asked = |report: &Report<'_, S>| Some(Bound { at: report.asked_at()?, receipt: report.fact.first.receipt() });
    let is_observed = |step: &Step<S>| matches!(step.basis, Basis::Observed(_));

    // A request that was answered with this state or an earlier one was sent before the next step was entered.
    let mut not_before: Option<Bound> = None;
    let mut following = groups.iter();
    for step in &mut *steps {
        step.not_before = not_before;
        if is_observed(step) {
            let reports = following.next().into_iter().flat_map(|reports| reports.iter());
            // Of two receipts with the same instant, the lower one is cited, so that replicas agree.
            let order = |bound: &Bound| (bound.at, Reverse(bound.receipt));
            not_before = not_before.into_iter().chain(reports.filter_map(asked)).max_by_key(order);
        }
    }
    // A step was entered before it, or any later step, was reported.
    let mut not_after: Option<Bound> = None;
    let mut preceding = groups.iter().rev();
    for step in steps.iter_mut().rev() {
        if is_observed(step) {
            let reports = preceding.next().into_iter().flat_map(|reports| reports.iter());
            not_after = not_after.into_iter().chain(reports.filter_map(reported)).min();
        }
        step.not_after = not_after;
    }
}

/// Returns an anomaly for each step whose bounds cross. The evidence is every receipt that gives one of the two bounds.
fn contradictions(steps: &[Step], groups: &[&[Report<'_>]]) -> Vec<Anomaly> {
    if !steps.iter().any(Step::is_contradicted) {
        return Vec::new();
    }
    // Each receipt that can give a bound: the instant, the group, the receipt.
    let receipts = groups.iter().enumerate().flat_map(|(group, reports)| {
        let reports = reports.iter().filter(|report| report.fact.first.is_a_report());
        reports.flat_map(move |report| report.fact.receipts().map(move |receipt| (group, receipt)))
    });
    let told = receipts.clone().map(|(group, receipt)| (receipt.stamp.received_at, group, receipt));
    let asked = receipts.filter_map(|(group, receipt)| Some((receipt.sent_at()?, group, receipt)));
    let (mut told, mut asked): (Vec<_>, Vec<_>) = (told.collect(), asked.collect());
    told.sort_unstable();
    asked.sort_unstable();
    let between = |sorted: &[(Timestamp, usize, Receipt)], at: Timestamp, of: Range<usize>| -> Vec<Receipt> {
        let from = sorted.partition_point(|(other, group, _)| (*other, *group) < (at, of.start));
        let until = sorted.partition_point(|(other, group, _)| (*other, *group) < (at, of.end));
        sorted[from..until].iter().map(|(_, _, receipt)| *receipt).collect()
    };
    let mut anomalies = Vec::new();
    let mut group = 0;
    for step in steps {
        if let (Some(not_before), Some(not_after)) = (step.not_before, step.not_after)
            && step.is_contradicted()
        {
            let mut evidence = between(&asked, not_before.at, 0..group);
            evidence.extend(between(&told, not_after.at, group..groups.len()));
            anomalies.push(Anomaly { kind: AnomalyKind::Contradiction(step.state), evidence });
        }
        group += usize::from(matches!(step.basis, Basis::Observed(_)));
    }
    anomalies
}
