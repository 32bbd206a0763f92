//! A report of the roster that is missing: when the participants are asked for, and what is told of them.

use std::time::Duration;

use call_core::{
    Action, Call,
    CallState::{Established, Terminated},
    Change, Claim, Config, Event, Id, Observation, Output, ParticipantKey, ParticipantReport, Probes, RosterExtent,
    RosterReport, Source, Stamp, Timestamp,
};
use call_tests::host::Host;
use call_tests::replies::created;

use crate::{at, notified};

/// When a delta that is only late has surely come.
const WINDOW: i64 = 2;

#[test]
fn the_participants_are_listed_once_a_missing_delta_can_no_longer_be_merely_late() {
    let (mut call, mut host) = known();
    host.hear(&mut call, delta(10, 1));
    host.hear(&mut call, delta(20, 3));
    host.run(&mut call, at(20 + WINDOW - 1));
    assert!(listings(&host).is_empty());
    host.run(&mut call, at(20 + WINDOW));
    assert_eq!(listings(&host), [20 + WINDOW]);
}

#[test]
fn a_delta_that_comes_late_fills_the_gap() {
    let (mut call, mut host) = known();
    [delta(10, 1), delta(20, 3), delta(21, 2)].into_iter().for_each(|delta| host.hear(&mut call, delta));
    host.run(&mut call, at(60));
    assert!(listings(&host).is_empty());
}

#[test]
fn a_list_makes_good_for_what_is_missing_even_if_it_bears_an_older_number() {
    let (mut call, mut host) = known();
    [delta(10, 4), delta(20, 6)].into_iter().for_each(|delta| host.hear(&mut call, delta));
    host.run(&mut call, at(25));
    host.hear(&mut call, list(25, 2, &["bot"]));
    host.run(&mut call, at(600));
    assert_eq!(listings(&host), [20 + WINDOW]);
}

#[test]
fn a_list_that_does_not_come_is_asked_for_again_ever_more_rarely() {
    let (mut call, mut host) = known();
    [delta(10, 1), delta(20, 3)].into_iter().for_each(|delta| host.hear(&mut call, delta));
    host.run(&mut call, at(200));
    assert_eq!(listings(&host), [22, 32, 52, 92]);
}

#[test]
fn a_call_that_nobody_here_created_and_a_host_that_wants_no_probes_list_nobody() {
    let quiet = Config { probes: None, ..config() };
    for (config, first) in [(config(), notified(0, Established)), (quiet, created(at(-2), at(-1)))] {
        let (mut call, mut host) = (Call::new(config), Host::default());
        [first, delta(10, 1), delta(20, 3)].into_iter().for_each(|told| host.hear(&mut call, told));
        host.run(&mut call, at(600));
        assert!(listings(&host).is_empty());
    }
}

#[test]
fn who_comes_changes_and_leaves_is_told_as_it_is_known_and_at_the_end_all_have_left() {
    let mut call = Call::new(config());
    let told = [
        list(1, 1, &["bot", "megan"]),
        list(2, 2, &["bot", "lee"]),
        list(3, 3, &["bot", "lee", "megan"]),
        notified(4, Terminated),
    ];
    let mut words = Vec::new();
    for observation in told {
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
    let probes = Probes { silence: None, ..Probes::default() };
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
