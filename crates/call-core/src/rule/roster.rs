//! The roster of a call, from lists and changes that are received in any order.
//!
//! Each participant has the number of the update of the roster in which it last changed. So a list belongs somewhere in an interval of
//! updates: not before the largest number in it, and before the next number that any report gives to one of its participants. A
//! report whose interval is surely before that of another is applied first. Otherwise the stamps decide. A full list replaces the
//! roster, any other report changes it. A participant that leaves and joins again is a new one: nothing of the earlier stay is kept.
//!
//! ```
//! use call_core::{
//!     Claim, Id, Observation, ParticipantKey, ParticipantReport, RosterExtent, RosterReport, Source, Stamp, Timestamp,
//!     Tolerance, reconcile,
//! };
//! let list = |second: i64, participants: &[(&str, i64)]| {
//!     let participants = participants.iter().map(|(id, number)| {
//!         let mut participant = ParticipantReport::new(ParticipantKey::Id(Id::new(id)));
//!         participant.number = Some(*number);
//!         participant
//!     });
//!     let report = RosterReport::new(RosterExtent::Full, participants);
//!     let stamp = Stamp::at(Timestamp::from_millis(second * 1_000));
//!     Observation::new(stamp, Source::Notification, Claim::Roster(Box::new(report)))
//! };
//! // The older list is received last: the bot changed once more after it.
//! let lists = [list(1, &[("bot", 8)]), list(2, &[("bot", 6), ("megan", 7)])];
//! assert_eq!(reconcile(&lists, Tolerance::default()).roster.participants.len(), 1);
//! ```

use alloc::collections::{BTreeMap, BinaryHeap};
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use crate::rule::fact::Fact;
use crate::words::claim::Claim;
use crate::words::observation::Receipt;
use crate::words::participant::{Identity, ParticipantKey, ParticipantReport, RosterExtent, RosterReport};

/// The participants of a call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct Roster {
    /// Participants in the call or in the lobby, by key.
    pub participants: Vec<Participant>,
    /// Report before which another one is missing, or that the limits evicted. The host should list the participants.
    pub gap: Option<Receipt>,
}

/// A participant of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct Participant {
    /// Key of the participant.
    pub key: ParticipantKey,
    /// Whether the participant waits in the lobby; `false` if it is unknown.
    pub is_in_lobby: bool,
    /// Whether the participant is muted; `false` if it is unknown.
    pub is_muted: bool,
    /// Whether the participant is on hold; `false` if it is unknown.
    pub is_on_hold: bool,
    /// Identity of the participant.
    pub identity: Option<Arc<Identity>>,
}

impl Participant {
    /// Returns a participant of whom nothing is known.
    pub(crate) fn new(key: &ParticipantKey) -> Self {
        Self { key: key.clone(), is_in_lobby: false, is_muted: false, is_on_hold: false, identity: None }
    }

    /// Takes what a report says.
    pub(crate) fn update(&mut self, report: &ParticipantReport) {
        self.is_in_lobby = report.is_in_lobby.unwrap_or(self.is_in_lobby);
        self.is_muted = report.is_muted.unwrap_or(self.is_muted);
        self.is_on_hold = report.is_on_hold.unwrap_or(self.is_on_hold);
        if report.identity.is_some() {
            self.identity.clone_from(&report.identity);
        }
    }
}

/// A report, with the interval of updates that it belongs to. Both ends are inclusive.
#[derive(Clone, Copy)]
pub(crate) struct Placed<'f> {
    low: i64,
    high: i64,
    pub(crate) report: &'f RosterReport,
    pub(crate) fact: &'f Fact<'f>,
}

/// Returns the roster, from facts in the order of their stamps.
pub(crate) fn of(facts: &[Fact<'_>]) -> Roster {
    let placed = ordered(placed(facts));
    let from = placed.iter().rposition(|placed| placed.report.extent == RosterExtent::Full).unwrap_or(0);
    let reports = &placed[from..];
    Roster { participants: present(reports), gap: gap(reports, &placed) }
}

/// Returns the reports in the order of their stamps, each with its interval.
pub(crate) fn placed<'f>(facts: &'f [Fact<'_>]) -> Vec<Placed<'f>> {
    let reports = facts.iter().filter_map(|fact| {
        let Claim::Roster(report) = &fact.first.claim else { return None };
        Some((&**report, fact))
    });
    let reports: Vec<(&RosterReport, &Fact<'_>)> = reports.collect();
    let mut known: BTreeMap<&ParticipantKey, Vec<i64>> = BTreeMap::new();
    for (report, _) in &reports {
        let of_update = delta_number(report);
        for participant in &report.participants {
            known.entry(&participant.key).or_default().extend(participant.number.into_iter().chain(of_update));
        }
    }
    known.values_mut().for_each(|numbers| numbers.sort_unstable());
    let placed = reports.iter().map(|&(report, fact)| {
        let (low, high) = interval(report, &known);
        Placed { low, high, report, fact }
    });
    let mut placed: Vec<_> = placed.collect();
    if let Some((last, others)) = placed.split_last_mut()
        && last.report.extent == RosterExtent::Full
        && let Some(sent_at) = last.fact.first.sent_at()
        && others.iter().all(|other| other.fact.first.stamp.received_at < sent_at)
    {
        // It shows everything that the others show, and more.
        last.high = i64::MAX;
    }
    placed
}

/// Returns the interval of updates that a report belongs to.
fn interval(report: &RosterReport, known: &BTreeMap<&ParticipantKey, Vec<i64>>) -> (i64, i64) {
    if let RosterExtent::Delta { number } = report.extent {
        return number.map_or((i64::MIN, i64::MAX), |number| (number, number));
    }
    let numbers = report.participants.iter().filter_map(|participant| Some((&participant.key, participant.number?)));
    let low = numbers.clone().map(|(_, number)| number).max().unwrap_or(i64::MIN);
    let next = |(key, number): (&ParticipantKey, i64)| {
        let known = known.get(key)?;
        known.get(known.partition_point(|other| *other <= number)).copied()
    };
    let high = numbers.filter_map(next).min().map_or(i64::MAX, |next| next.saturating_sub(1));
    // Contradictory numbers prove nothing, so the stamp decides.
    if low > high { (i64::MIN, i64::MAX) } else { (low, high) }
}

/// Returns the number of the update that a delta describes.
const fn delta_number(report: &RosterReport) -> Option<i64> {
    if let RosterExtent::Delta { number } = report.extent { number } else { None }
}

/// Sorts reports that are in the order of their stamps into the order in which they apply.
///
/// The order is built from its end: the report with the latest stamp that surely precedes none of those that are left comes last.
pub(crate) fn ordered(placed: Vec<Placed<'_>>) -> Vec<Placed<'_>> {
    let mut by_low: Vec<usize> = (0..placed.len()).collect();
    let mut by_high = by_low.clone();
    by_low.sort_by_key(|&place| placed[place].low);
    by_high.sort_by_key(|&place| placed[place].high);
    let mut is_left = vec![true; placed.len()];
    let mut free = BinaryHeap::new();
    let mut order = Vec::with_capacity(placed.len());
    for _ in 0..placed.len() {
        while by_low.last().is_some_and(|&place| !is_left[place]) {
            by_low.pop();
        }
        // A report that is left surely precedes another one if it ends before the latest beginning.
        let latest = by_low.last().map_or(i64::MIN, |&place| placed[place].low);
        while let Some(place) = by_high.pop_if(|place| placed[*place].high >= latest) {
            free.push(place);
        }
        // There is always one: the report with the latest beginning does not end before it.
        let Some(place) = free.pop() else { break };
        is_left[place] = false;
        order.push(placed[place]);
    }
    order.reverse();
    order
}

fn present(reports: &[Placed<'_>]) -> Vec<Participant> {
    let mut present: BTreeMap<&ParticipantKey, Participant> = BTreeMap::new();
    for report in reports.iter().flat_map(|placed| placed.report.participants.iter()) {
        if report.is_removed {
            present.remove(&report.key);
            continue;
        }
        present.entry(&report.key).or_insert_with(|| Participant::new(&report.key)).update(report);
    }
    present.into_values().collect()
}

/// Returns the last delta before which one is missing, unless a full list was received after it.
fn gap(reports: &[Placed<'_>], all: &[Placed<'_>]) -> Option<Receipt> {
    let listed = all.iter().filter(|placed| placed.report.extent == RosterExtent::Full);
    let listed = listed.map(|placed| placed.fact.first.stamp).max();
    let deltas: Vec<_> =
        reports.iter().filter_map(|placed| Some((delta_number(placed.report)?, placed.fact))).collect();
    let gaps = deltas.windows(2).filter(|pair| pair[1].0 > pair[0].0.saturating_add(1));
    let last = gaps.map(|pair| pair[1].1.first.receipt()).max()?;
    (listed.is_none_or(|listed| listed < last.stamp)).then_some(last)
}
