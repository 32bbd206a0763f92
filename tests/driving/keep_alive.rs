//! When a call is kept alive, and when the host is warned about a failed keep-alive.

use call_core::{Action, Call, CallState::*, Command, Config, Input, Observation, Timestamp};
use call_tests::host::Host;
use call_tests::replies::{accepted, created, gone};
use call_tests::strategies::cases;
use proptest::prelude::*;

#[test]
fn a_call_is_kept_alive_every_15_minutes() {
    let (mut call, mut host) = established();
    for quarter in 1..=8 {
        host.run(&mut call, at(15 * quarter));
        host.hear(&mut call, accepted(Command::KeepAlive, at(15 * quarter), at(15 * quarter)));
    }
    assert_eq!(asked(&host), [15, 30, 45, 60, 75, 90, 105, 120]);
    assert_eq!(host.warnings, []);
}

#[test]
fn an_unanswered_keep_alive_is_retried_and_warned() {
    let (mut call, mut host) = established();
    host.run(&mut call, at(50));
    assert_eq!(asked(&host), (15..=50).collect::<Vec<_>>());
    assert_eq!(host.warnings, [at(35)]);
    host.hear(&mut call, accepted(Command::KeepAlive, at(50), at(50)));
    host.run(&mut call, at(86));
    assert_eq!(host.warnings, [at(35), at(85)]);
}

#[test]
fn a_keep_alive_counts_from_its_request() {
    let (mut call, mut host) = established();
    host.run(&mut call, at(15));
    host.hear(&mut call, accepted(Command::KeepAlive, at(15), at(20)));
    assert_eq!(asked(&host), [15]);
    host.run(&mut call, at(30));
    assert_eq!(asked(&host), [15, 30]);
}

#[test]
fn only_our_live_calls_are_kept_alive() {
    let ringing: &[Observation] = &[notified(0, Incoming), accepted(Command::Other, at(0), at(0))];
    let unknown: &[Observation] = &[notified(0, Established)];
    let ending: &[Observation] = &[created(at(0), at(0)), notified(1, Terminating)];
    let over: &[Observation] = &[created(at(0), at(0)), notified(1, Terminated)];
    for observations in [ringing, unknown, ending, over] {
        let (mut call, mut host) = (Call::new(config()), Host::default());
        observations.iter().for_each(|observation| host.hear(&mut call, observation.clone()));
        host.run(&mut call, at(60));
        assert!(asked(&host).is_empty(), "of {observations:?}");
    }
}

#[test]
fn no_keep_alive_follows_a_404() {
    let (mut call, mut host) = established();
    host.run(&mut call, at(15));
    host.hear(&mut call, gone(at(15), at(15)));
    host.run(&mut call, at(600));
    assert_eq!(host.ends.len(), 1);
    assert_eq!(asked(&host), [15]);
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn keep_alives_match_a_minute_by_minute_model(answers in proptest::collection::vec(0_u8..4, 120)) {
        let (mut call, mut host) = established();
        // The model reads the clock once a minute.
        let (mut kept, mut last_asked, mut expected) = (0, None::<i64>, Vec::new());
        let (mut warned_of, mut warnings) = (None, Vec::new());
        for (minute, answer) in (1..).zip(answers) {
            if minute >= kept + 15 && last_asked.is_none_or(|asked| minute > asked) {
                expected.push(minute);
                last_asked = Some(minute);
            }
            if minute >= kept + 35 && warned_of != Some(kept) {
                warnings.push(at(minute));
                warned_of = Some(kept);
            }
            host.run(&mut call, at(minute));
            if answer == 0 && last_asked == Some(minute) {
                host.hear(&mut call, accepted(Command::KeepAlive, at(minute), at(minute)));
                kept = minute;
            }
        }
        prop_assert_eq!(asked(&host), expected);
        prop_assert_eq!(host.warnings, warnings);
    }
}

#[test]
fn keep_alives_can_be_turned_off() {
    let mut call = Call::new(Config { keep_alive: None, ..config() });
    let mut host = Host::default();
    host.hear(&mut call, created(at(0), at(0)));
    host.hand(&mut call, Input::DeadlineReached, at(600));
    assert!(asked(&host).is_empty());
}

fn config() -> Config {
    Config { probes: None, ..Config::default() }
}

fn established() -> (Call, Host) {
    let (mut call, mut host) = (Call::new(config()), Host::default());
    host.hear(&mut call, created(at(0), at(0)));
    host.hear(&mut call, notified(0, Established));
    (call, host)
}

fn asked(host: &Host) -> Vec<i64> {
    let keep_alive =
        |(at, action): &(Timestamp, Action)| (*action == Action::KeepAlive).then(|| at.as_millis() / 60_000);
    host.actions.iter().filter_map(keep_alive).collect()
}

fn at(minute: i64) -> Timestamp {
    Timestamp::from_millis(minute * 60_000)
}

fn notified(minute: i64, state: call_core::CallState) -> Observation {
    Observation::notified(at(minute), state)
}
