//! Who takes part in a call, told by lists and changes that arrive in any order.
//!
//! Reports are put in order by their number, then by stamp, and applied: a full list replaces, anything else changes.
//! Who comes again after having left is there anew, and nothing is known of the earlier stay.
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
//! // The older list comes last.
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

/// Who takes part in a call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct Roster {
    /// Those present or in the lobby, by key.
    pub participants: Vec<Participant>,
    /// Something is missing before this report: the participants should be listed.
    pub gap: Option<Receipt>,
}

/// One of those who take part in a call.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[non_exhaustive]
pub struct Participant {
    /// What names the participant.
    pub key: ParticipantKey,
    /// Whether the participant waits in the lobby; not, unless that was told.
    pub is_in_lobby: bool,
    /// Whether the participant is muted; not, unless that was told.
    pub is_muted: bool,
    /// Who it is.
    pub identity: Option<Box<Identity>>,
}

/// A report at its place among the others.
#[derive(Clone, Copy)]
struct Placed<'f> {
    number: Option<i64>,
    report: &'f RosterReport,
    fact: &'f Fact<'f>,
}

/// Returns who takes part, by facts in the order of their stamps.
pub(crate) fn of(facts: &[Fact<'_>]) -> Roster {
    let mut largest = None;
    let placed = facts.iter().filter_map(|fact| {
        let Claim::Roster(report) = &fact.first.claim else { return None };
        let number = report.number.or(largest);
        largest = largest.max(number);
        Some(Placed { number, report, fact })
    });
    let mut placed: Vec<_> = placed.collect();
    // The facts stand in the order of their stamps, and so do those of one number.
    placed.sort_by_key(|placed| placed.number);
    let from = placed.iter().rposition(|placed| placed.report.extent == RosterExtent::Full).unwrap_or(0);
    let reports = &placed[from..];
    Roster { participants: present(reports), gap: gap(reports, &placed) }
}

fn present(reports: &[Placed<'_>]) -> Vec<Participant> {
    let mut present: BTreeMap<&ParticipantKey, Participant> = BTreeMap::new();
    for told in reports.iter().flat_map(|placed| placed.report.participants.iter()) {
        if told.is_removed {
            present.remove(&told.key);
            continue;
        }
        let participant = present.entry(&told.key).or_insert_with(|| Participant {
            key: told.key.clone(),
            is_in_lobby: false,
            is_muted: false,
            identity: None,
        });
        participant.is_in_lobby = told.is_in_lobby.unwrap_or(participant.is_in_lobby);
        participant.is_muted = told.is_muted.unwrap_or(participant.is_muted);
        if told.identity.is_some() {
            participant.identity.clone_from(&told.identity);
        }
    }
    present.into_values().collect()
}

/// Returns the last delta before which one is missing, unless everybody was listed since.
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
