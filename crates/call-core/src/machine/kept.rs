//! The observations that are kept of one call.
//!
//! Which ones are kept is a function of the set of all observations, whatever their order (G9). So replicas evict the same ones
//! without talking to each other.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::mem::discriminant;

use crate::machine::config::Limits;
use crate::rule::anomaly::{Anomaly, AnomalyKind};
use crate::rule::reconcile::reconcile;
use crate::rule::timeline::Timeline;
use crate::rule::tolerance::Tolerance;
use crate::words::claim::Claim;
use crate::words::direction::Direction;
use crate::words::field::Field;
use crate::words::id::Id;
use crate::words::observation::{Observation, Receipt};
use crate::words::participant::RosterExtent;
use crate::words::stamp::Stamp;
use crate::words::state::Phase;
use crate::words::time::Timestamp;

/// The first and the last evicted receipt of each group.
type Evicted = BTreeMap<Group, (Receipt, Receipt)>;

/// The kept observations of one call, without repetitions.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept {
    /// The claims of a state, sorted.
    states: Vec<Observation>,
    /// All other claims, sorted.
    others: Vec<Observation>,
    /// Number of claims of a connected state.
    connected: usize,
    /// They depend only on the set of observations. The number of evictions would not: an observation that is passed in again is
    /// evicted again. Most calls have none.
    evicted: Option<Box<Evicted>>,
}

/// Outcome of an insertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Taken {
    /// The observation is kept.
    New,
    /// The observation was already kept.
    Known,
    /// The observation was evicted, or is kept and others were evicted: how many in all.
    Evicted(u64),
}

/// A group of observations that share a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Connected,
    Stream(&'static str),
    /// Full rosters. The last ones are kept, and those with the largest numbers, which show how old the others are.
    Roster,
    Other {
        claim: &'static str,
        source: &'static str,
    },
}

impl Kept {
    /// Inserts an observation, and evicts one of its group if the group is over its limit.
    pub(crate) fn insert(&mut self, observation: Observation, limits: &Limits) -> Taken {
        let group = Group::of(&observation);
        let kept = if observation.claim.as_state().is_some() { &mut self.states } else { &mut self.others };
        let Err(place) = kept.binary_search(&observation) else { return Taken::Known };
        reserve(kept, 1);
        kept.insert(place, observation);
        let Some((first, last)) = group.limits(limits) else { return self.evict_rosters(limits) };
        if group == Group::Connected {
            self.connected += 1;
            if self.connected <= first.saturating_add(last) {
                return Taken::New;
            }
        }
        // The first ones show when something began, the last ones what holds now. So the middle is evicted.
        // The limits keep the list short, so a linear search is cheaper than an index that must be maintained.
        let mut places = (0..kept.len()).filter(|&place| Group::of(&kept[place]) == group);
        let Some(middle) = places.nth(first) else { return Taken::New };
        if places.count() < last {
            return Taken::New;
        }
        // The removed observation may be the one that was just inserted. Whether a late observation is kept must not depend on when it
        // is passed in, or replicas would differ.
        let removed = kept.remove(middle);
        self.connected -= usize::from(group == Group::Connected);
        if is_missed(&removed.claim) {
            self.note(group, removed.receipt());
        }
        Taken::Evicted(1)
    }

    /// Keeps the last full rosters, and those with the largest numbers.
    fn evict_rosters(&mut self, limits: &Limits) -> Taken {
        let places = (0..self.others.len()).filter(|&place| Group::of(&self.others[place]) == Group::Roster);
        let by_stamp: Vec<usize> = places.rev().collect();
        let mut by_number = by_stamp.clone();
        by_number.sort_by_cached_key(|&place| Reverse((largest_number(&self.others[place]), place)));
        // Whether a roster is among the first ones cannot depend on later ones. So replicas evict the same ones.
        let first = |order: &[usize]| {
            let mut entries = 0_usize;
            let fits = |&(rank, &place): &(usize, &usize)| {
                entries = entries.saturating_add(1 + participants(&self.others[place]));
                rank < limits.per_claim_and_source || entries <= limits.roster_entries
            };
            order.iter().enumerate().take_while(fits).count()
        };
        let (last, largest) = (first(&by_stamp), first(&by_number));
        let evicted = by_stamp[last..].iter().filter(|place| !by_number[..largest].contains(place));
        let evicted: Vec<usize> = evicted.copied().collect();
        // From the last one to the first one, so that the other places stay valid.
        for &place in &evicted {
            self.others.remove(place);
        }
        if evicted.is_empty() { Taken::New } else { Taken::Evicted(evicted.len() as u64) }
    }

    /// Merges the observations of another replica, and returns the number of evictions; `None` if nothing was new.
    pub(crate) fn merge(&mut self, other: &Self, limits: &Limits) -> Option<u64> {
        // An eviction that only the other replica knows is news too: the timeline must say that it is incomplete.
        let known = self.evicted.clone();
        for (group, (first, last)) in other.evicted.iter().flat_map(|evicted| evicted.iter()) {
            self.note(*group, *first);
            self.note(*group, *last);
        }
        let mut is_new = self.evicted != known;
        let mut evicted = 0;
        for observation in other.states.iter().chain(&other.others) {
            let taken = self.insert(observation.clone(), limits);
            is_new |= taken != Taken::Known;
            evicted += taken.evicted();
        }
        is_new.then_some(evicted)
    }

    /// Returns whether a receipt still supports a state, or was evicted.
    pub(crate) fn supports_a_state(&self, receipt: &Receipt) -> bool {
        let from = self.states.partition_point(|observation| observation.stamp < receipt.stamp);
        // One delivery can contain several claims, so several observations have the same stamp.
        let mut received_then = self.states[from..].iter().take_while(|observation| observation.stamp == receipt.stamp);
        received_then.any(|observation| observation.receipt() == *receipt)
    }

    fn note(&mut self, group: Group, receipt: Receipt) {
        let (first, last) = self.evicted.get_or_insert_default().entry(group).or_insert((receipt, receipt));
        (*first, *last) = (receipt.min(*first), receipt.max(*last));
    }

    /// Returns the timeline of the observations that had been received by an instant.
    pub(crate) fn timeline(&self, tolerance: Tolerance, until: Timestamp) -> Timeline {
        let kept = self.iter().filter(|observation| observation.stamp.received_at <= until);
        let mut timeline = reconcile(kept, tolerance);
        let evicted = self.evicted.iter().flat_map(|evicted| evicted.values()).map(|(first, _)| *first);
        let evicted = evicted.filter(|receipt| receipt.stamp.received_at <= until);
        let truncated = Anomaly { kind: AnomalyKind::Truncated, evidence: evicted.collect() };
        if !truncated.evidence.is_empty() {
            timeline.anomalies.push(truncated);
            timeline.anomalies = Anomaly::grouped(timeline.anomalies);
        }
        if !timeline.is_over() {
            timeline.roster.gap = timeline.roster.gap.max(self.lost_change(until));
        }
        timeline
    }

    /// Returns the last evicted change of the roster, unless a full roster was received after it.
    fn lost_change(&self, until: Timestamp) -> Option<Receipt> {
        let (_, last) = self.evicted.as_ref()?.get(&Group::Stream("roster"))?;
        let mut later = self.others.iter().rev().take_while(|observation| observation.stamp > last.stamp);
        let is_listed = later.any(|one| Group::of(one) == Group::Roster && one.stamp.received_at <= until);
        Some(*last).filter(|last| !is_listed && last.stamp.received_at <= until)
    }

    /// Returns all observations in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Observation> {
        let (mut states, mut others) = (self.states.iter().peekable(), self.others.iter().peekable());
        core::iter::from_fn(move || match (states.peek(), others.peek()) {
            (Some(state), Some(other)) if state > other => others.next(),
            (Some(_), _) => states.next(),
            (None, _) => others.next(),
        })
    }

    /// Returns whether an observation is kept.
    pub(crate) fn contains(&self, observation: &Observation) -> bool {
        let kept = if observation.claim.as_state().is_some() { &self.states } else { &self.others };
        kept.binary_search(observation).is_ok()
    }

    /// Returns the claims of a state, in order.
    pub(crate) fn states(&self) -> &[Observation] {
        &self.states
    }

    /// Returns whether a stamp is later than all that is kept.
    pub(crate) fn is_before(&self, stamp: Stamp) -> bool {
        let last = [self.states.last(), self.others.last()];
        last.into_iter().flatten().all(|observation| observation.stamp < stamp)
    }

    /// Returns whether an observation of a message is kept.
    pub(crate) fn knows_message(&self, id: &Id) -> bool {
        let of_message = |observation: &Observation| observation.message_id.as_ref() == Some(id);
        self.states.iter().any(of_message) || self.others.iter().any(of_message)
    }

    /// Returns the last report of a field; `None` if there is none, or if it may repeat an earlier one.
    pub(crate) fn last_field(&self, field: &Field) -> Option<&Field> {
        let is_same = |other: &&Observation| matches!(&other.claim, Claim::Field(other) if discriminant(&**other) == discriminant(field));
        let mut reports = self.others.iter().rev().filter(is_same);
        let last = reports.next()?;
        // A message that was posted again is as old as it was the first time.
        let is_repeated = last.message_id.is_some() && reports.any(|other| other.message_id == last.message_id);
        if let Claim::Field(field) = &last.claim { Some(&**field).filter(|_| !is_repeated) } else { None }
    }

    /// Returns the number of observations.
    pub(crate) fn len(&self) -> usize {
        self.states.len() + self.others.len()
    }

    /// Returns whether an observation of a state that is inserted evicts none.
    pub(crate) fn has_room(&self, observation: &Observation, limits: &Limits) -> bool {
        let group = Group::of(observation);
        let Some((first, last)) = group.limits(limits) else { return false };
        let count = match group {
            Group::Connected => self.connected,
            Group::Stream(_) | Group::Roster | Group::Other { .. } => {
                self.states.iter().filter(|known| Group::of(known) == group).count()
            }
        };
        count < first.saturating_add(last)
    }
}

/// Reserves capacity.
fn reserve(kept: &mut Vec<Observation>, more: usize) {
    if kept.capacity() - kept.len() < more {
        // Most calls have few observations, and there may be a million calls. Doubling would waste most of the memory.
        kept.reserve_exact(more.max(1 + kept.len() / 4));
    }
}

impl Taken {
    /// Returns the number of evicted observations.
    pub(crate) const fn evicted(&self) -> u64 {
        if let Self::Evicted(count) = self { *count } else { 0 }
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
                RosterExtent::Full => return Self::Roster,
                RosterExtent::Delta { .. } | RosterExtent::Some => return Self::Stream("roster"),
            },
            Claim::Operation(_) => return Self::Stream("operation"),
            Claim::Sharing(_) => return Self::Stream("sharing"),
            Claim::Tone(_) => return Self::Stream("tone"),
        };
        Self::Other { claim, source }
    }

    /// Returns how many of the first and of the last observations are kept; `None` if other things decide.
    const fn limits(self, limits: &Limits) -> Option<(usize, usize)> {
        Some(match self {
            Self::Roster => return None,
            Self::Connected => (0, limits.connected_observations),
            Self::Stream(_) => (0, limits.reports_per_stream),
            Self::Other { .. } => (limits.per_claim_and_source, limits.per_claim_and_source),
        })
    }
}

/// Returns whether the timeline loses something with an evicted claim. Each notification repeats most fields, of which the last
/// one counts, and each full roster replaces the one before. Nothing is lost with those.
fn is_missed(claim: &Claim) -> bool {
    match claim {
        Claim::Exists | Claim::Direction(_) | Claim::Field(_) => false,
        Claim::Roster(report) => report.extent != RosterExtent::Full,
        Claim::State { .. } | Claim::Oddity(_) | Claim::Operation(_) | Claim::Sharing(_) | Claim::Tone(_) => true,
    }
}

/// Returns the largest number in a roster.
fn largest_number(observation: &Observation) -> Option<i64> {
    let Claim::Roster(report) = &observation.claim else { return None };
    report.participants.iter().filter_map(|participant| participant.number).max()
}

fn participants(observation: &Observation) -> usize {
    if let Claim::Roster(report) = &observation.claim { report.participants.len() } else { 0 }
}
