//! A missing roster report: when the participants are listed, and which events follow.

use std::time::Duration;

use call_core::{
    Action, Call,
    CallState::{Established, Terminated},
    Change, Claim, Config, Event, Id, Observation, Output, ParticipantKey, ParticipantReport, Probes, RosterExtent,
    RosterReport, Silence, Source, Stamp, Timestamp,
};
use call_tests::host::Host;
use call_tests::replies::created;

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
    roster(second, RosterExtent::Delta, number, &[])
}

fn list(second: i64, number: i64, ids: &[&str]) -> Observation {
    roster(second, RosterExtent::Full, number, ids)
}

fn roster(second: i64, extent: RosterExtent, number: i64, ids: &[&str]) -> Observation {
    let participants = ids.iter().map(|id| ParticipantReport::new(ParticipantKey::Id(Id::new(id))));
    let claim = Claim::Roster(Box::new(RosterReport::new(extent, Some(number), participants)));
    Observation::new(Stamp::at(at(second)), Source::Notification, claim)
}
