//! What a call keeps within its limits, by sorting everything: the reference for G6 and G9.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use call_core::{Anomaly, AnomalyKind, Claim, Limits, Observation, Phase, Receipt, RosterExtent, Timeline, reconcile};

/// The kept part of a set, and the first evicted observation of each kind.
#[derive(Debug)]
pub struct Kept {
    /// Sorted by stamp.
    pub observations: Vec<Observation>,
    /// Sorted by stamp.
    pub evicted: Vec<Receipt>,
}

/// Returns the kept part of a set of observations.
#[must_use]
pub fn of(observations: &[Observation], limits: &Limits) -> Kept {
    let set: BTreeSet<&Observation> = observations.iter().collect();
    let mut kinds: BTreeMap<_, Vec<&Observation>> = BTreeMap::new();
    for observation in set {
        kinds.entry(kind(observation)).or_default().push(observation);
    }
    let mut kept = Kept { observations: Vec::new(), evicted: Vec::new() };
    for ((kind, _), mut all) in kinds {
        let (first, last) = match kind.as_str() {
            "connected" => (0, limits.connected_observations),
            "changes of the roster" | "operations" | "sharing" | "tones" => (0, limits.reports_per_stream),
            "numbered lists" => (0, limits.per_claim_and_source),
            _ => (limits.per_claim_and_source, limits.per_claim_and_source),
        };
        if kind == "numbered lists" {
            all.sort_by_key(|list| if let Claim::Roster(list) = &list.claim { list.number } else { None });
        }
        let middle = first..all.len().saturating_sub(last).max(first);
        let in_the_middle = |at: usize| middle.contains(&at);
        let is_missed = !all.iter().any(|one| repeats(&one.claim));
        let dropped = all.iter().enumerate().filter(|(at, _)| is_missed && in_the_middle(*at));
        let dropped = dropped.map(|(_, one)| one.receipt());
        kept.evicted.extend(dropped.min());
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
    timeline
}

/// Returns whether no claim is missing, if others of its kind are kept.
fn repeats(claim: &Claim) -> bool {
    let is_list = matches!(claim, Claim::Roster(report) if report.extent == RosterExtent::Full);
    is_list || matches!(claim, Claim::Exists | Claim::Direction(_) | Claim::Field(_))
}

fn kind(observation: &Observation) -> (String, &'static str) {
    match &observation.claim {
        Claim::State { state, .. } if state.phase() == Phase::Connected => ("connected".to_owned(), ""),
        Claim::State { state, .. } => (state.to_string(), observation.source.as_str()),
        Claim::Direction(direction) => (format!("a direction, {direction:?}"), observation.source.as_str()),
        Claim::Field(field) => (field.name().to_owned(), observation.source.as_str()),
        Claim::Roster(report) => match (report.extent, report.number) {
            (RosterExtent::Full, Some(_)) => ("numbered lists".to_owned(), ""),
            (RosterExtent::Full, None) => ("a list".to_owned(), observation.source.as_str()),
            (RosterExtent::Delta | RosterExtent::Some | _, _) => ("changes of the roster".to_owned(), ""),
        },
        Claim::Operation(_) => ("operations".to_owned(), ""),
        Claim::Sharing(_) => ("sharing".to_owned(), ""),
        Claim::Tone(_) => ("tones".to_owned(), ""),
        Claim::Oddity(_) => ("an oddity".to_owned(), observation.source.as_str()),
        Claim::Exists | _ => ("nothing".to_owned(), observation.source.as_str()),
    }
}
