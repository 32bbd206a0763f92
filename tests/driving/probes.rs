//! When a call is probed.

use std::time::Duration;

use call_core::ProbeReason::{Ambiguous, Silence, Unconfirmed};
use call_core::{
    Action, Call, CallState::*, Command, Config, Input, KeepAlive, Observation, ProbeReason, Probes, Timestamp,
};
use call_tests::host::Host;
use call_tests::replies::{accepted, created, snapshot};

use super::{at, notified};

const PATIENCE: i64 = 10;
const SILENCE: i64 = 1_800;
const ESTABLISHING_SILENCE: i64 = 120;

#[test]
fn a_lone_connected_change_is_probed_when_settled() {
    let (mut call, mut host) = established();
    host.hear(&mut call, notified(100, Hold));
    assert_eq!(call.settles_at(), Some(at(102).saturating_add(Duration::from_nanos(1))));
    host.run(&mut call, at(105));
    assert_eq!(asked(&host), [(102, Unconfirmed)]);
    host.hear(&mut call, snapshot(at(106), at(107), Hold));
    host.run(&mut call, at(600));
    assert_eq!(asked(&host), [(102, Unconfirmed)]);
}

#[test]
fn a_second_source_prevents_the_probe() {
    let seconds: [&[Observation]; 4] = [
        &[notified(101, Hold)],
        &[snapshot(at(100), at(101), Hold)],
        &[notified(101, Terminating)],
        &[accepted(Command::HangUp, at(101), at(101))],
    ];
    for second in seconds {
        let (mut call, mut host) = established();
        host.hear(&mut call, notified(100, Hold));
        second.iter().for_each(|second| host.hear(&mut call, second.clone()));
        host.run(&mut call, at(600));
        assert!(asked(&host).iter().all(|(_, reason)| *reason != Unconfirmed), "after {second:?}");
    }
    let (mut call, mut host) = established();
    host.hear(&mut call, accepted(Command::Transfer, at(100), at(100)));
    host.hear(&mut call, notified(101, Transferring));
    host.run(&mut call, at(600));
    assert_eq!(asked(&host), [], "the service accepted the transfer that it notified of");
}

#[test]
fn a_repeated_message_is_no_second_source() {
    let (mut call, mut host) = established();
    for second in [100, 101] {
        let mut hold = notified(second, Hold);
        hold.message_id = Some("m".into());
        host.hear(&mut call, hold);
    }
    host.run(&mut call, at(110));
    assert_eq!(asked(&host).len(), 1);
}

#[test]
fn the_first_established_is_not_probed() {
    let (mut call, mut host) = established();
    host.run(&mut call, at(600));
    assert_eq!(asked(&host), []);
}

#[test]
fn undecided_probes_back_off_and_stop() {
    let (mut call, mut host) = established();
    host.hear(&mut call, notified(100, Hold));
    host.run(&mut call, at(4_000));
    let settled = 102;
    let (second, third) = (settled + PATIENCE, settled + 3 * PATIENCE);
    let fourth = settled + 7 * PATIENCE;
    let expected = [settled, second, third, fourth, fourth + SILENCE].map(|at| (at, Unconfirmed));
    assert_eq!(asked(&host)[..5], expected);
}

#[test]
fn an_undecided_response_keeps_the_probe_budget() {
    let (mut call, mut host) = established();
    host.hear(&mut call, notified(100, Hold));
    host.hear(&mut call, notified(100, Established));
    assert_eq!(call.timeline().present.as_ref().unwrap().alternatives().len(), 1);
    for second in 101..1_000 {
        host.run(&mut call, at(second));
        // The request was sent before the notifications were received, so the state may have been true before them.
        host.hear(&mut call, snapshot(at(50), at(second), Hold));
    }
    assert!(asked(&host).len() <= 4, "{:?}", asked(&host));
}

#[test]
fn flapping_states_do_not_increase_the_probes() {
    let (mut call, mut host) = established();
    for (second, state) in (100..1_000).step_by(3).zip([Hold, Established].into_iter().cycle()) {
        host.run(&mut call, at(second));
        host.hear(&mut call, notified(second, state));
    }
    let asked = asked(&host);
    assert!(asked.len() > 50, "{asked:?}");
    assert!(asked.windows(2).all(|pair| pair[1].0 - pair[0].0 >= PATIENCE), "{asked:?}");
}

#[test]
fn silence_is_probed_until_a_report_arrives() {
    let (mut call, mut host) = established();
    host.run(&mut call, at(SILENCE + 5));
    assert_eq!(asked(&host), [(SILENCE, Silence)]);
    host.hear(&mut call, snapshot(at(SILENCE + 5), at(SILENCE + 6), Established));
    host.run(&mut call, at(2 * SILENCE + 6));
    assert_eq!(asked(&host), [(SILENCE, Silence), (2 * SILENCE + 6, Silence)]);
}

#[test]
fn keep_alives_do_not_replace_probes() {
    // A case that the simulation found: `established` was lost, and the keep-alives confirmed the call but not its state.
    let (mut call, mut host) = (Call::new(config()), Host::default());
    host.hear(&mut call, created(at(0), at(0)));
    host.run(&mut call, at(ESTABLISHING_SILENCE / 2));
    host.hear(&mut call, accepted(Command::KeepAlive, at(ESTABLISHING_SILENCE / 2), at(ESTABLISHING_SILENCE / 2)));
    host.run(&mut call, at(ESTABLISHING_SILENCE));
    assert_eq!(asked(&host), [(ESTABLISHING_SILENCE, Silence)]);
}

#[test]
fn a_foreign_call_is_not_probed() {
    let (mut call, mut host) = (Call::new(config()), Host::default());
    for (second, state) in [(0, Established), (100, Hold), (101, Established)] {
        host.hear(&mut call, notified(second, state));
    }
    assert_eq!(call.next_deadline(), None);
    host.hand(&mut call, Input::Adopted, at(200));
    assert_eq!(asked(&host), [(200, Ambiguous)]);
}

#[test]
fn probes_can_be_turned_off() {
    let without_confirming = Probes { confirm: false, ..Probes::default() };
    for (probes, expected) in [(None, 0), (Some(without_confirming), 4)] {
        let mut call = Call::new(Config { probes, ..config() });
        let mut host = Host::default();
        host.hear(&mut call, created(at(0), at(0)));
        host.hear(&mut call, notified(1, Hold));
        host.run(&mut call, at(SILENCE + 200));
        assert_eq!(asked(&host).len(), expected);
        assert!(asked(&host).iter().all(|(_, reason)| *reason == Silence));
    }
}

#[test]
fn a_backward_clock_delays_by_one_wait() {
    let (mut call, mut host) = established();
    host.hear(&mut call, notified(100, Hold));
    host.run(&mut call, at(103));
    host.hand(&mut call, Input::DeadlineReached, at(-86_400));
    assert!(call.next_deadline().unwrap().at <= at(-86_400 + SILENCE));
}

fn config() -> Config {
    let never = Duration::from_secs(1_000_000);
    let keep_alive = KeepAlive { every: never, retry: never, ends_after: never, warn_before: Duration::ZERO };
    Config { keep_alive: Some(keep_alive), ..Config::default() }
}

/// A call that was created here and is established without doubt.
fn established() -> (Call, Host) {
    let (mut call, mut host) = (Call::new(config()), Host::default());
    host.hear(&mut call, created(at(-2), at(-1)));
    host.hear(&mut call, notified(0, Established));
    (call, host)
}

fn asked(host: &Host) -> Vec<(i64, ProbeReason)> {
    let probe = |(at, action): &(Timestamp, Action)| match action {
        Action::Probe(reason) => Some((at.as_millis() / 1_000, *reason)),
        Action::KeepAlive | Action::Forget(_) | _ => None,
    };
    host.actions.iter().filter_map(probe).collect()
}
