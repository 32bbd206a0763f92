//! The parts of a call by definition: the reference for rosters, operations, sharing sessions, tones and fields.
//!
//! It looks up each answer in the whole set of observations, and applies no observation incrementally.

use call_core::{
    Claim, Observation, OperationKey, OperationReport, OperationStatus, ParticipantKey, ParticipantReport,
    RosterExtent, RosterReport, SharingState,
};

/// A participant who is present: whether in the lobby, whether muted, and whether on hold.
pub type Present = (ParticipantKey, bool, bool, bool);

/// Returns the present participants, by key. All observations have distinct stamps and are sorted by them.
#[must_use]
pub fn roster(observations: &[Observation]) -> Vec<Present> {
    let order = rosters(observations);
    let listed = order.iter().rposition(|(_, report)| report.extent == RosterExtent::Full);
    // Only the last list and the observations after it matter.
    let entries: Vec<&ParticipantReport> =
        order[listed.unwrap_or(0)..].iter().flat_map(|(_, report)| &report.participants).collect();
    let mut keys: Vec<&ParticipantKey> = entries.iter().map(|entry| &entry.key).collect();
    keys.sort_unstable();
    keys.dedup();
    let present = keys.into_iter().filter_map(|key| {
        let of_one: Vec<_> = entries.iter().filter(|entry| entry.key == *key).collect();
        let stay = of_one.iter().rev().take_while(|entry| !entry.is_removed);
        let in_lobby = stay.clone().find_map(|entry| entry.is_in_lobby).unwrap_or(false);
        let muted = stay.clone().find_map(|entry| entry.is_muted).unwrap_or(false);
        let on_hold = stay.clone().find_map(|entry| entry.is_on_hold).unwrap_or(false);
        (stay.count() > 0).then(|| (key.clone(), in_lobby, muted, on_hold))
    });
    present.collect()
}

/// Returns whether a delta is missing that no list replaces.
#[must_use]
pub fn roster_has_a_gap(observations: &[Observation]) -> bool {
    let order = rosters(observations);
    let lists = order.iter().filter(|(_, report)| report.extent == RosterExtent::Full);
    let lists: Vec<usize> = lists.map(|(at, _)| *at).collect();
    let listed = order.iter().rposition(|(_, report)| report.extent == RosterExtent::Full);
    let deltas = order[listed.unwrap_or(0)..].iter().filter_map(|(at, report)| {
        let RosterExtent::Delta { number } = report.extent else { return None };
        Some((number?, *at))
    });
    let deltas: Vec<(i64, usize)> = deltas.collect();
    // A report is missing before a delta if a report precedes it, but not the one with the previous number.
    let is_open = |(this, at): &(i64, usize)| {
        let is_first = deltas.iter().filter(|(other, place)| (*other, *place) < (*this, *at)).count() == 0;
        let follows =
            deltas.iter().any(|(other, place)| (*other, *place) < (*this, *at) && this.saturating_sub(*other) <= 1);
        !is_first && !follows && lists.iter().all(|list| list < at)
    };
    deltas.iter().any(is_open)
}

/// Returns the status of each operation, by key.
#[must_use]
pub fn operations(observations: &[Observation]) -> Vec<(OperationKey, Option<OperationStatus>)> {
    let reports =
        claims(observations, |claim| if let Claim::Operation(report) = claim { Some(&**report) } else { None });
    let keys = reports.iter().map(|report| own_key(report, &reports)).collect::<std::collections::BTreeSet<_>>();
    let status = |key: &OperationKey| {
        let statuses =
            reports.iter().filter(|report| own_key(report, &reports) == *key).filter_map(|report| report.status);
        let statuses: Vec<_> = statuses.collect();
        let end = statuses.iter().find(|status| status.is_end());
        end.or_else(|| statuses.iter().max()).copied()
    };
    keys.into_iter().map(|key| (key.clone(), status(&key))).collect()
}

/// An observation with only a `clientContext` belongs to the one operation that has both this context and an id.
fn own_key(report: &OperationReport, reports: &[&OperationReport]) -> OperationKey {
    let OperationKey::ClientContext(context) = &report.key else { return report.key.clone() };
    let same = reports.iter().filter(|other| other.details.client_context.as_ref() == Some(context));
    let mut ids: Vec<_> = same.map(|other| &other.key).filter(|key| matches!(key, OperationKey::Id(_))).collect();
    ids.sort_unstable();
    ids.dedup();
    if let [id] = ids.as_slice() { (*id).clone() } else { report.key.clone() }
}

/// Returns the state of each sharing session, by id.
#[must_use]
pub fn sharing(observations: &[Observation]) -> Vec<(String, SharingState)> {
    let reports = claims(observations, |claim| if let Claim::Sharing(report) = claim { Some(&**report) } else { None });
    let mut ids: Vec<String> = reports.iter().map(|report| report.id.to_string()).collect();
    ids.sort_unstable();
    ids.dedup();
    let has_ended =
        |id: &str| reports.iter().any(|report| report.id.to_string() == id && report.state == SharingState::Ended);
    let state = |id: &str| if has_ended(id) { SharingState::Ended } else { SharingState::Active };
    ids.into_iter().map(|id| (id.clone(), state(&id))).collect()
}

/// Returns the pressed keys, by sequence id.
#[must_use]
pub fn tones(observations: &[Observation]) -> Vec<(i64, String)> {
    let reports = claims(observations, |claim| if let Claim::Tone(tone) = claim { Some(&**tone) } else { None });
    let first = |(at, tone): &(usize, &&call_core::Tone)| {
        reports[..*at].iter().all(|before| before.sequence_id != tone.sequence_id)
    };
    let firsts = reports.iter().enumerate().filter(first);
    let mut tones: Vec<_> = firsts.map(|(_, tone)| (tone.sequence_id, tone.tone.expose().to_owned())).collect();
    tones.sort_unstable();
    tones
}

/// Returns the roster reports in the order in which they apply, each with its index in the order of the stamps.
fn rosters(observations: &[Observation]) -> Vec<(usize, &RosterReport)> {
    let reported = observations.iter().filter_map(|observation| {
        let Claim::Roster(report) = &observation.claim else { return None };
        Some((observation, &**report))
    });
    let reported: Vec<(&Observation, &RosterReport)> = reported.collect();
    let reports: Vec<&RosterReport> = reported.iter().map(|(_, report)| *report).collect();
    let decides = |at: usize| {
        let others = reported.iter().enumerate().filter(|(other, _)| *other != at);
        let mut received = others.map(|(_, (other, _))| other.stamp.received_at);
        let sent_at = reported[at].0.sent_at();
        reports[at].extent == RosterExtent::Full && sent_at.is_some_and(|sent_at| received.all(|other| other < sent_at))
    };
    let intervals: Vec<_> = reports.iter().map(|report| updates(report, &reports)).collect();
    let mut left: Vec<usize> = (0..reports.len()).collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        let precedes = |one: usize, other: usize| {
            let ((_, until), (from, _)) = (intervals[one], intervals[other]);
            matches!((until, from), (Some(until), Some(from)) if until < from)
        };
        let is_free = |one: &&usize| left.iter().all(|&other| !precedes(**one, other));
        let decider = left.iter().find(|&&one| decides(one));
        let last = *decider.unwrap_or_else(|| left.iter().filter(is_free).max().expect("one report is free"));
        left.retain(|other| *other != last);
        order.push((last, reports[last]));
    }
    order.reverse();
    order
}

/// Returns the first and the last update of the roster that a report can belong to; `None` if there is no such bound.
fn updates(report: &RosterReport, reports: &[&RosterReport]) -> (Option<i64>, Option<i64>) {
    let of_delta =
        |report: &RosterReport| if let RosterExtent::Delta { number } = report.extent { number } else { None };
    if matches!(report.extent, RosterExtent::Delta { .. }) {
        return (of_delta(report), of_delta(report));
    }
    let mut later = Vec::new();
    for one in &report.participants {
        let Some(own) = one.number else { continue };
        for other in reports {
            let named = other.participants.iter().filter(|named| named.key == one.key);
            let known = named.flat_map(|named| [named.number, of_delta(other)]).flatten();
            later.extend(known.filter(|known| *known > own));
        }
    }
    let from = report.participants.iter().filter_map(|one| one.number).max();
    let until = later.into_iter().min().map(|next| next - 1);
    if from > until && until.is_some() { (None, None) } else { (from, until) }
}

fn claims<'o, T>(observations: &'o [Observation], of: impl Fn(&'o Claim) -> Option<&'o T>) -> Vec<&'o T> {
    observations.iter().filter_map(|observation| of(&observation.claim)).collect()
}
