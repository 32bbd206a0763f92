//! Who was in a call, and from which report to which.
//!
//! ```
//! use call_core::{Claim, Id, Observation, ParticipantKey, ParticipantReport, RosterExtent, RosterReport, Source, Stamp, Timestamp};
//! let megan = ParticipantReport::new(ParticipantKey::Id(Id::new("p1")));
//! let list = |second: i64, participants: &[ParticipantReport]| {
//!     let report = RosterReport::new(RosterExtent::Full, participants.to_vec());
//!     Observation::new(Stamp::at(Timestamp::from_millis(second * 1_000)), Source::Notification, Claim::Roster(Box::new(report)))
//! };
//! let stays = call_core::stays(&[list(1, &[megan.clone()]), list(5, &[])]);
//! assert_eq!(stays[0].since.stamp.received_at, Timestamp::from_millis(1_000));
//! assert_eq!(stays[0].until.map(|left| left.stamp.received_at), Some(Timestamp::from_millis(5_000)));
//! ```

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use crate::rule::fact;
use crate::rule::roster::{Participant, ordered, placed};
use crate::words::claim::Claim;
use crate::words::observation::{Observation, Receipt};
use crate::words::participant::{ParticipantKey, RosterExtent};

/// Time that a participant spent in a call or its lobby. One who comes back begins a new stay.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct Stay {
    /// The participant, as last reported.
    pub participant: Participant,
    /// First report of the stay. The participant may have come before it.
    pub since: Receipt,
    /// First report without the participant; `None` if no report says that the participant left.
    pub until: Option<Receipt>,
}

/// Returns the stays of all participants, in the order in which they begin. The observations can be in any order and contain
/// repetitions.
///
/// The reports are put into the order that [`Roster`](crate::Roster) has. Stays whose reports are not among the observations are
/// missing. The time is that of sorting the reports.
#[must_use]
pub fn stays<'o>(observations: impl IntoIterator<Item = &'o Observation>) -> Vec<Stay> {
    let is_roster = |seen: &&Observation| matches!(seen.claim, Claim::Roster(_));
    let mut observations: Vec<_> = observations.into_iter().filter(is_roster).collect();
    observations.sort_unstable();
    observations.dedup();
    let facts = fact::facts(&observations);
    let mut open: BTreeMap<&ParticipantKey, Stay> = BTreeMap::new();
    let mut over = Vec::new();
    for update in ordered(placed(&facts)) {
        let (report, receipt) = (update.report, update.fact.first.receipt());
        let mut end = |stay: Stay| over.push(Stay { until: Some(receipt), ..stay });
        if report.extent == RosterExtent::Full {
            let listed: BTreeSet<_> = report.participants.iter().map(|participant| &participant.key).collect();
            let left: Vec<_> = open.keys().copied().filter(|key| !listed.contains(key)).collect();
            left.into_iter().filter_map(|key| open.remove(key)).for_each(&mut end);
            // A list says everything about those who are in it.
            open.iter_mut().for_each(|(key, stay)| stay.participant = Participant::new(key));
        }
        for reported in &report.participants {
            if reported.is_removed {
                open.remove(&reported.key).into_iter().for_each(&mut end);
                continue;
            }
            let new = || Stay { participant: Participant::new(&reported.key), since: receipt, until: None };
            open.entry(&reported.key).or_insert_with(new).participant.update(reported);
        }
    }
    over.extend(open.into_values());
    over.sort_by(|one, other| (one.since, &one.participant.key).cmp(&(other.since, &other.participant.key)));
    over
}
