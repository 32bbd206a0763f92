//! The roster of a call, from lists and changes that are received in any order.
//!
//! Reports are sorted by number, then by stamp, and applied in this order: a full list replaces the roster, any other report
//! changes it. A participant that leaves and joins again is a new one: nothing of the earlier stay is kept.
//!
//! ```
//! use call_core::{
//!     Claim, DEFAULT_REORDER_WINDOW, Id, Observation, ParticipantKey, ParticipantReport, RosterExtent, RosterReport,
//!     Source, Stamp, Timestamp, reconcile,
//! };
//! let list = |second: i64, number, ids: &[&str]| {
//!     let participants = ids.iter().map(|id| ParticipantReport::new(ParticipantKey::Id(Id::new(id))));
//!     let report = RosterReport::new(RosterExtent::Full, Some(number), participants);
//!     let stamp = Stamp::at(Timestamp::from_millis(second * 1_000));
//!     Observation::new(stamp, Source::Notification, Claim::Roster(Box::new(report)))
//! };
//! // The older list is received last.
//! let timeline = reconcile(&[list(1, 8, &["bot"]), list(2, 7, &["bot", "megan"])], DEFAULT_REORDER_WINDOW);
//! assert_eq!(timeline.roster.participants.len(), 1);
//! ```

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::rule::fact::Fact;
use crate::words::claim::Claim;
use crate::words::observation::Receipt;
use crate::words::participant::{Identity, ParticipantKey, RosterExtent, RosterReport};

/// The participants of a call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct Roster {
    /// Participants in the call or in the lobby, by key.
    pub participants: Vec<Participant>,
    /// Report before which another one is missing. The host should list the participants.
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
    /// Identity of the participant.
    pub identity: Option<Box<Identity>>,
}

/// A report with its number.
#[derive(Clone, Copy)]
struct Placed<'f> {
    number: Option<i64>,
    report: &'f RosterReport,
    fact: &'f Fact<'f>,
}

/// Returns the roster, from facts in the order of their stamps.
pub(crate) fn of(facts: &[Fact<'_>]) -> Roster {
    let mut largest = None;
    let placed = facts.iter().filter_map(|fact| {
        let Claim::Roster(report) = &fact.first.claim else { return None };
        let number = report.number.or(largest);
        largest = largest.max(number);
        Some(Placed { number, report, fact })
    });
    let mut placed: Vec<_> = placed.collect();
    // The sort is stable, so reports with the same number keep the order of their stamps.
    placed.sort_by_key(|placed| placed.number);
    let from = placed.iter().rposition(|placed| placed.report.extent == RosterExtent::Full).unwrap_or(0);
    let reports = &placed[from..];
    Roster { participants: present(reports), gap: gap(reports, &placed) }
}

fn present(reports: &[Placed<'_>]) -> Vec<Participant> {
    let mut present: BTreeMap<&ParticipantKey, Participant> = BTreeMap::new();
    for report in reports.iter().flat_map(|placed| placed.report.participants.iter()) {
        if report.is_removed {
            present.remove(&report.key);
            continue;
        }
        let participant = present.entry(&report.key).or_insert_with(|| Participant {
            key: report.key.clone(),
            is_in_lobby: false,
            is_muted: false,
            identity: None,
        });
        participant.is_in_lobby = report.is_in_lobby.unwrap_or(participant.is_in_lobby);
        participant.is_muted = report.is_muted.unwrap_or(participant.is_muted);
        if report.identity.is_some() {
            participant.identity.clone_from(&report.identity);
        }
    }
    present.into_values().collect()
}

/// Returns the last delta before which one is missing, unless a full list was received after it.
fn gap(reports: &[Placed<'_>], all: &[Placed<'_>]) -> Option<Receipt> {
    let listed = all.iter().filter(|placed| placed.report.extent == RosterExtent::Full);
    let listed = listed.map(|placed| placed.fact.first.stamp).max();
    let deltas: Vec<_> = reports
        .iter()
        .filter(|placed| placed.report.extent == RosterExtent::Delta)
        .filter_map(|placed| Some((placed.report.number?, placed.fact)))
        .collect();
    let gaps = deltas.windows(2).filter(|pair| pair[1].0 > pair[0].0.saturating_add(1));
    let last = gaps.map(|pair| pair[1].1.first.receipt()).max()?;
    (listed.is_none_or(|listed| listed < last.stamp)).then_some(last)
}
