//! What is kept of everything that was observed of one call: a function of the set, whatever the order it came in (G9).

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::time::Duration;

use crate::machine::config::Limits;
use crate::rule::anomaly::{Anomaly, AnomalyKind};
use crate::rule::reconcile::reconcile;
use crate::rule::timeline::Timeline;
use crate::words::claim::Claim;
use crate::words::direction::Direction;
use crate::words::observation::{Observation, Receipt};
use crate::words::participant::RosterExtent;
use crate::words::state::Phase;
use crate::words::time::Timestamp;

/// Kept of one call, in order and each once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept {
    kept: Vec<Observation>,
    /// The first that is no longer kept of each group. Which one that is depends on the set alone; how many does not.
    evicted: BTreeMap<Group, Receipt>,
}

/// What came of an observation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is kept.
    New,
    /// It was kept already.
    Known,
    /// It is kept in the place of another, or is itself the one that is not kept.
    Evicted,
}

/// Kept that share a limit: the connected phase, what is told as a stream, or else a kind of claim by a kind of
/// source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Connected,
    Stream(&'static str),
    /// Full rosters that are numbered: what stands last by its number counts, whenever it was received.
    NumberedRoster,
    Other {
        claim: &'static str,
        source: &'static str,
    },
}

impl Kept {
    /// Takes in an observation, as far as the limits allow.
    pub(crate) fn insert(&mut self, observation: Observation, limits: &Limits) -> Taken {
        let Err(place) = self.kept.binary_search(&observation) else { return Taken::Known };
        let group = Group::of(&observation);
        self.expect(1);
        self.kept.insert(place, observation);
        let (first, last) = group.limits(limits);
        let mut places = (0..self.kept.len()).filter(|&place| Group::of(&self.kept[place]) == group);
        let Some(mut middle) = places.nth(first) else { return Taken::New };
        if places.count() < last {
            return Taken::New;
        }
        if group == Group::NumberedRoster {
            let places = (0..self.kept.len()).filter(|&place| Group::of(&self.kept[place]) == group);
            middle = places.min_by_key(|&place| roster_number(&self.kept[place])).unwrap_or(middle);
        }
        let removed = self.kept.remove(middle);
        if is_missed(&removed.claim) {
            self.note(group, removed.receipt());
        }
        Taken::Evicted
    }

    /// Makes room for so many more.
    pub(crate) fn expect(&mut self, more: usize) {
        if self.kept.capacity() - self.kept.len() < more {
            // Most calls hold few observations and there may be many calls: doubling would be most of the memory.
            self.kept.reserve_exact(more.max(1 + self.kept.len() / 4));
        }
    }

    /// Takes in what another replica kept of the same call, and returns how much was let go of; `None` if all was known.
    pub(crate) fn merge(&mut self, other: &Self, limits: &Limits) -> Option<u64> {
        let known = self.evicted.clone();
        other.evicted.iter().for_each(|(group, receipt)| self.note(*group, *receipt));
        let mut is_new = self.evicted != known;
        let mut evicted = 0;
        for observation in &other.kept {
            let taken = self.insert(observation.clone(), limits);
            is_new |= taken != Taken::Known;
            evicted += u64::from(taken == Taken::Evicted);
        }
        is_new.then_some(evicted)
    }

    /// Returns whether what was received then still supports a state.
    pub(crate) fn supports_a_state(&self, receipt: &Receipt) -> bool {
        let from = self.kept.partition_point(|observation| observation.stamp < receipt.stamp);
        let received_then = self.kept[from..].iter().take_while(|observation| observation.stamp == receipt.stamp);
        let mut states = received_then.filter(|observation| observation.claim.as_state().is_some());
        states.any(|observation| observation.receipt() == *receipt)
    }

    fn note(&mut self, group: Group, receipt: Receipt) {
        let first = self.evicted.entry(group).or_insert(receipt);
        *first = receipt.min(*first);
    }

    /// Returns the timeline of what was received by an instant.
    pub(crate) fn timeline(&self, reorder_window: Duration, until: Timestamp) -> Timeline {
        let known = self.kept.iter().filter(|observation| observation.stamp.received_at <= until);
        let mut timeline = reconcile(known, reorder_window);
        let evicted = self.evicted.values().copied().filter(|receipt| receipt.stamp.received_at <= until);
        let truncated = Anomaly { kind: AnomalyKind::Truncated, evidence: evicted.collect() };
        if !truncated.evidence.is_empty() {
            timeline.anomalies.push(truncated);
            timeline.anomalies = Anomaly::grouped(timeline.anomalies);
        }
        timeline
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Observation> {
        self.kept.iter()
    }
}

impl Group {
    fn of(observation: &Observation) -> Self {
        let source = observation.source.as_str();
        let claim = match &observation.claim {
            Claim::State { state, .. } if state.phase() == Phase::Connected => return Self::Connected,
            Claim::State { state, .. } => state.as_str(),
            Claim::Exists => "exists",
            Claim::Direction(Direction::Incoming) => "direction: incoming",
            Claim::Direction(Direction::Outgoing) => "direction: outgoing",
            Claim::Oddity(_) => "oddity",
            Claim::Field(field) => field.name(),
            Claim::Roster(report) => match report.extent {
                RosterExtent::Full if report.number.is_some() => return Self::NumberedRoster,
                RosterExtent::Full => "roster",
                RosterExtent::Delta | RosterExtent::Some => return Self::Stream("roster"),
            },
            Claim::Operation(_) => return Self::Stream("operation"),
            Claim::Sharing(_) => return Self::Stream("sharing"),
            Claim::Tone(_) => return Self::Stream("tone"),
        };
        Self::Other { claim, source }
    }

    /// Returns how many are kept of the first and of the last.
    const fn limits(self, limits: &Limits) -> (usize, usize) {
        match self {
            Self::Connected => (0, limits.connected_observations),
            Self::Stream(_) => (0, limits.reports_per_stream),
            Self::NumberedRoster => (0, limits.per_claim_and_source),
            Self::Other { .. } => (limits.per_claim_and_source, limits.per_claim_and_source),
        }
    }
}

/// Tells whether the timeline is poorer for want of a claim of which others of its group are kept: each notification repeats most
/// fields, of which the last counts, and each whole roster replaces the one before.
fn is_missed(claim: &Claim) -> bool {
    match claim {
        Claim::Exists | Claim::Direction(_) | Claim::Field(_) => false,
        Claim::Roster(report) => report.extent != RosterExtent::Full,
        Claim::State { .. } | Claim::Oddity(_) | Claim::Operation(_) | Claim::Sharing(_) | Claim::Tone(_) => true,
    }
}

fn roster_number(observation: &Observation) -> Option<i64> {
    if let Claim::Roster(report) = &observation.claim { report.number } else { None }
}
