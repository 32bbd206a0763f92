//! A missing roster report: when the participants are listed, and which events follow.

use std::time::Duration;

use call_core::strategies::observations;
use call_core::{
    Action, Call,
    CallState::{Established, Terminated},
    Change, Claim, Config, DEFAULT_REORDER_WINDOW, Event, Id, Limits, Observation, Output, ParticipantKey,
    ParticipantReport, Present, Probes, RosterExtent, RosterReport, Silence, Source, Stamp, Timestamp, reconcile,
    stays,
};
use call_tests::host::Host;
use call_tests::replies::created;
use call_tests::strategies::cases;
use proptest::prelude::*;

use crate::{at, notified};

/// The time after which a delta is missing and no longer only late.
const WINDOW: i64 = 2;

#[test]
fn a_missing_delta_is_replaced_by_a_list() {
    let (mut call, mut host) = known();
    host.hear(&mut call, delta(10, 1));
    host.hear(&mut call, delta(20, 3));
    host.run(&mut call, at(20 + WINDOW - 1));
    assert!(listings(&host).is_empty());
    host.run(&mut call, at(20 + WINDOW));
    assert_eq!(listings(&host), [20 + WINDOW]);
}

#[test]
fn a_late_delta_fills_the_gap() {
    let (mut call, mut host) = known();
    [delta(10, 1), delta(20, 3), delta(21, 2)].into_iter().for_each(|delta| host.hear(&mut call, delta));
    host.run(&mut call, at(60));
    assert!(listings(&host).is_empty());
}

#[test]
fn a_list_with_an_older_number_fills_gaps() {
    let (mut call, mut host) = known();
    [delta(10, 4), delta(20, 6)].into_iter().for_each(|delta| host.hear(&mut call, delta));
    host.run(&mut call, at(25));
    host.hear(&mut call, list(25, 2, &["bot"]));
    host.run(&mut call, at(600));
    assert_eq!(listings(&host), [20 + WINDOW]);
}

#[test]
fn a_missing_list_is_requested_with_back_off() {
    let (mut call, mut host) = known();
    [delta(10, 1), delta(20, 3)].into_iter().for_each(|delta| host.hear(&mut call, delta));
    host.run(&mut call, at(200));
    assert_eq!(listings(&host), [22, 32, 52, 92]);
}

#[test]
fn no_list_for_foreign_calls_or_without_probes() {
    let quiet = Config { probes: None, ..config() };
    for (config, first) in [(config(), notified(0, Established)), (quiet, created(at(-2), at(-1)))] {
        let (mut call, mut host) = (Call::new(config), Host::default());
        [first, delta(10, 1), delta(20, 3)].into_iter().for_each(|delta| host.hear(&mut call, delta));
        host.run(&mut call, at(600));
        assert!(listings(&host).is_empty());
    }
}

#[test]
fn participants_join_change_and_leave_in_events() {
    let mut call = Call::new(config());
    let deltas = [
        list(1, 1, &["bot", "megan"]),
        list(2, 2, &["bot", "lee"]),
        list(3, 3, &["bot", "lee", "megan"]),
        notified(4, Terminated),
    ];
    let mut words = Vec::new();
    for observation in deltas {
        let now = observation.stamp.received_at;
        call.handle(observation, now);
        while let Some(output) = call.poll_output() {
            if let Output::Event(Event::Changed(change)) = output {
                words.extend(word(&change));
            }
        }
    }
    assert_eq!(words, ["+bot", "+megan", "+lee", "-megan", "+megan", "-bot", "-lee", "-megan"]);
}

fn word(change: &Change) -> Option<String> {
    let name = |key: &ParticipantKey| if let ParticipantKey::Id(id) = key { id.to_string() } else { String::new() };
    if let Change::ParticipantJoined(participant) = change {
        return Some(format!("+{}", name(&participant.key)));
    }
    if let Change::ParticipantLeft(key) = change { Some(format!("-{}", name(key))) } else { None }
}

#[test]
fn the_last_to_change_leaves_no_ghost() {
    // Ben changed last, and then left. So the newer list has the smaller numbers.
    let with_ben = roster(1, RosterExtent::Full, &[("bot", 1), ("ana", 2), ("ben", 3)]);
    let without_ben = roster(2, RosterExtent::Full, &[("bot", 1), ("ana", 2)]);
    let (mut call, mut host) = known();
    host.hear(&mut call, with_ben);
    host.hear(&mut call, without_ben);
    assert_eq!(names(&host), ["ana", "bot"]);
}

#[test]
fn an_older_number_outranks_a_later_receipt() {
    let (mut call, mut host) = known();
    host.hear(&mut call, roster(1, RosterExtent::Full, &[("bot", 1), ("ana", 4)]));
    host.hear(&mut call, roster(2, RosterExtent::Full, &[("bot", 1), ("ana", 2), ("ben", 3)]));
    assert_eq!(names(&host), ["ana", "bot"]);
}

#[test]
fn a_list_requested_after_everything_decides() {
    let (mut call, mut host) = known();
    host.hear(&mut call, roster(1, RosterExtent::Full, &[("bot", 9), ("ana", 2)]));
    // The service contradicts itself: the bot has an older number than before.
    let mut asked = roster(5, RosterExtent::Full, &[("bot", 1)]);
    asked.source = Source::Snapshot { sent_at: Some(at(2)) };
    host.hear(&mut call, asked.clone());
    assert_eq!(names(&host), ["bot"]);
    // A list that was requested before the last receipt decides nothing.
    let (mut call, mut host) = known();
    asked.source = Source::Snapshot { sent_at: Some(at(1)) };
    host.hear(&mut call, roster(1, RosterExtent::Full, &[("bot", 9), ("ana", 2)]));
    host.hear(&mut call, asked);
    assert_eq!(names(&host), ["ana", "bot"]);
}

#[test]
fn absurd_numbers_fall_back_to_the_stamps() {
    let (mut call, mut host) = known();
    for (second, number) in [(1, i64::MAX), (2, i64::MIN), (3, -7), (4, 0)] {
        host.hear(&mut call, roster(second, RosterExtent::Full, &[("bot", number), ("bot", number.wrapping_neg())]));
    }
    host.hear(&mut call, roster(5, RosterExtent::Full, &[("ana", i64::MIN)]));
    assert_eq!(names(&host), ["ana"]);
}

#[test]
fn evicted_lists_bring_no_ghost_back() {
    let (mut call, mut host) = known();
    // Everybody joins once and leaves at once, far more often than lists are kept.
    for second in 1..60 {
        let list: &[(&str, i64)] = if second % 2 == 0 { &[("bot", 1)] } else { &[("bot", 1), ("ana", second)] };
        host.hear(&mut call, roster(second, RosterExtent::Full, list));
        assert_eq!(names(&host).len(), list.len(), "after {second} lists");
    }
}

#[test]
fn an_evicted_change_is_a_gap_until_a_list() {
    let limits = Limits { reports_per_stream: 2, ..Limits::default() };
    let (mut call, mut host) = (Call::new(Config { limits, ..config() }), Host::default());
    host.hear(&mut call, created(at(-2), at(-1)));
    host.hear(&mut call, list(0, 1, &["bot", "ana"]));
    for second in 2..5 {
        host.hear(&mut call, delta(second, second));
    }
    assert_eq!(host.timeline.roster.gap, Some(delta(2, 2).receipt()));
    host.run(&mut call, at(10));
    assert_eq!(listings(&host).len(), 1);
    host.hear(&mut call, list(11, 4, &["bot"]));
    assert_eq!(host.timeline.roster.gap, None);
}

fn names(host: &Host) -> Vec<String> {
    host.timeline.roster.participants.iter().map(|participant| participant.key.to_string().replace('"', "")).collect()
}

fn config() -> Config {
    let probes = Probes { silence: Silence::every_phase(None), ..Probes::default() };
    let grace = Duration::from_secs(60);
    Config { probes: Some(probes), keep_alive: None, grace, ..Config::default() }
}

/// A call that was created here.
fn known() -> (Call, Host) {
    let (mut call, mut host) = (Call::new(config()), Host::default());
    host.hear(&mut call, created(at(-2), at(-1)));
    (call, host)
}

fn listings(host: &Host) -> Vec<i64> {
    let listings = host.actions.iter().filter(|(_, action)| *action == Action::ListParticipants);
    listings.map(|(at, _): &(Timestamp, Action)| at.as_millis() / 1_000).collect()
}

fn delta(second: i64, number: i64) -> Observation {
    roster(second, RosterExtent::Delta { number: Some(number) }, &[])
}

/// A list whose participants all changed in the same update.
fn list(second: i64, number: i64, ids: &[&str]) -> Observation {
    let participants: Vec<_> = ids.iter().map(|id| (*id, number)).collect();
    roster(second, RosterExtent::Full, &participants)
}

fn roster(second: i64, extent: RosterExtent, participants: &[(&str, i64)]) -> Observation {
    let participants = participants.iter().map(|(id, number)| {
        let mut participant = ParticipantReport::new(ParticipantKey::Id(Id::new(id)));
        participant.number = Some(*number);
        participant
    });
    let claim = Claim::Roster(Box::new(RosterReport::new(extent, participants)));
    Observation::new(Stamp::at(at(second)), Source::Notification, claim)
}

#[test]
fn a_participant_who_returns_begins_another_stay() {
    let list = |second, participants: &[&str]| list(second, i64::from(u32::try_from(second).unwrap()), participants);
    let reports = [list(30, &["bot", "megan"]), list(10, &["bot", "megan"]), list(20, &["bot"])];
    let shown: Vec<_> = stays(&reports)
        .iter()
        .map(|stay| {
            let key = stay.participant.key.to_string().replace('"', "");
            (key, stay.since.stamp.received_at, stay.until.map(|until| until.stamp.received_at))
        })
        .collect();
    let stay = |who: &str, since, until: Option<i64>| (who.to_owned(), at(since), until.map(at));
    assert_eq!(shown, [stay("bot", 10, None), stay("megan", 10, Some(20)), stay("megan", 30, None)]);
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn open_stays_are_the_roster(observations in observations(14)) {
        let timeline = reconcile(&observations, DEFAULT_REORDER_WINDOW);
        let mut open: Vec<_> = stays(&observations).into_iter().filter(|stay| stay.until.is_none()).map(|stay| stay.participant).collect();
        open.sort_by(|one, other| one.key.cmp(&other.key));
        // An ended call has no participants.
        let has_ended = timeline.present == Some(Present::Certain(Terminated));
        prop_assert_eq!(if has_ended { Vec::new() } else { open }, timeline.roster.participants);
    }
}
