//! What a call keeps within its limits, by sorting everything: the reference for G6 and G9.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use call_core::{
    Anomaly, AnomalyKind, CallState, Claim, Limits, Observation, Phase, Present, Receipt, RosterExtent, Timeline,
    reconcile,
};

/// The kept part of a set, and the first evicted observation of each kind.
#[derive(Debug)]
pub struct Kept {
    /// Sorted by stamp.
    pub observations: Vec<Observation>,
    /// Sorted by stamp.
    pub evicted: Vec<Receipt>,
    /// The last evicted change of the roster.
    pub lost_change: Option<Receipt>,
}

/// Returns the kept part of a set of observations.
#[must_use]
pub fn of(observations: &[Observation], limits: &Limits) -> Kept {
    let set: BTreeSet<&Observation> = observations.iter().collect();
    let mut kinds: BTreeMap<_, Vec<&Observation>> = BTreeMap::new();
    for observation in set {
        kinds.entry(kind(observation)).or_default().push(observation);
    }
    let mut kept = Kept { observations: Vec::new(), evicted: Vec::new(), lost_change: None };
    for ((kind, _), all) in kinds {
        let (first, last) = match kind.as_str() {
            "connected" => (0, limits.connected_observations),
            "changes of the roster" | "operations" | "sharing" | "tones" => (0, limits.reports_per_stream),
            _ => (limits.per_claim_and_source, limits.per_claim_and_source),
        };
        let mut by_number: Vec<usize> = (0..all.len()).collect();
        by_number.sort_by_key(|at| (largest(&all[*at].claim), *at));
        let by_stamp: Vec<usize> = (0..all.len()).collect();
        let is_kept = |order: &[usize], at: usize| {
            let before = order.iter().rev().take_while(|other| **other != at);
            let entries: usize = before.clone().chain([&at]).map(|other| entries(&all[*other].claim)).sum();
            before.count() < last || entries <= limits.roster_entries
        };
        let middle = first..all.len().saturating_sub(last).max(first);
        let in_the_middle = |at: usize| match kind.as_str() {
            "lists" => !is_kept(&by_stamp, at) && !is_kept(&by_number, at),
            _ => middle.contains(&at),
        };
        let is_missed = !all.iter().any(|one| repeats(&one.claim));
        let dropped = all.iter().enumerate().filter(|(at, _)| is_missed && in_the_middle(*at));
        let dropped = dropped.map(|(_, one)| one.receipt());
        let dropped: Vec<Receipt> = dropped.collect();
        kept.evicted.extend(dropped.iter().min());
        if kind == "changes of the roster" {
            kept.lost_change = dropped.into_iter().max();
        }
        let rest = all.iter().enumerate().filter(|(at, _)| !in_the_middle(*at)).map(|(_, one)| (*one).clone());
        kept.observations.extend(rest);
    }
    kept.observations.sort();
    kept.evicted.sort();
    kept.evicted.dedup();
    kept
}

/// Returns the timeline of the kept part, with its anomaly.
#[must_use]
pub fn timeline(kept: &Kept, reorder_window: Duration) -> Timeline {
    let mut timeline = reconcile(&kept.observations, reorder_window);
    if !kept.evicted.is_empty() {
        timeline.anomalies.push(Anomaly::new(AnomalyKind::Truncated, kept.evicted.clone()));
        timeline.anomalies.sort_by(|a, b| a.kind.cmp(&b.kind));
    }
    let is_listed = |lost: &Receipt| kept.observations.iter().any(|one| is_list(&one.claim) && one.stamp > lost.stamp);
    if timeline.present != Some(Present::Certain(CallState::Terminated)) {
        timeline.roster.gap = timeline.roster.gap.max(kept.lost_change.filter(|lost| !is_listed(lost)));
    }
    timeline
}

fn is_list(claim: &Claim) -> bool {
    matches!(claim, Claim::Roster(report) if report.extent == RosterExtent::Full)
}

/// Returns what a list counts: its participants, and itself.
fn entries(claim: &Claim) -> usize {
    if let Claim::Roster(report) = claim { report.participants.len() + 1 } else { 1 }
}

fn largest(claim: &Claim) -> Option<i64> {
    let Claim::Roster(report) = claim else { return None };
    report.participants.iter().filter_map(|participant| participant.number).max()
}

/// Returns whether no claim is missing, if others of its kind are kept.
fn repeats(claim: &Claim) -> bool {
    is_list(claim) || matches!(claim, Claim::Exists | Claim::Direction(_) | Claim::Field(_))
}

fn kind(observation: &Observation) -> (String, &'static str) {
    match &observation.claim {
        Claim::State { state, .. } if state.phase() == Phase::Connected => ("connected".to_owned(), ""),
        Claim::State { state, .. } => (state.to_string(), observation.source.as_str()),
        Claim::Direction(direction) => (format!("a direction, {direction:?}"), observation.source.as_str()),
        Claim::Field(field) => (field.name().to_owned(), observation.source.as_str()),
        Claim::Roster(_) if is_list(&observation.claim) => ("lists".to_owned(), ""),
        Claim::Roster(_) => ("changes of the roster".to_owned(), ""),
        Claim::Operation(_) => ("operations".to_owned(), ""),
        Claim::Sharing(_) => ("sharing".to_owned(), ""),
        Claim::Tone(_) => ("tones".to_owned(), ""),
        Claim::Oddity(_) => ("an oddity".to_owned(), observation.source.as_str()),
        Claim::Exists | _ => ("nothing".to_owned(), observation.source.as_str()),
    }
}
