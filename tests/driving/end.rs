//! In whatever way a call ends, its end is reported once, with its source.

use call_core::{
    Action, Call, CallState::*, Change, Claim, Config, Event, ForgetReason, Observation, Output, ProbeReason,
    ResultInfo, Source, Stamp,
};
use call_tests::drive::drain;
use call_tests::host::Host;
use call_tests::replies::{created, gone, snapshot};

use super::{at, notified};

#[test]
fn notification_snapshot_and_404_each_end_a_call() {
    let ends = [notified(60, Terminated), snapshot(at(60), at(60), Terminated), gone(at(60), at(60))];
    for end in ends {
        let (mut call, mut host) = established();
        host.hear(&mut call, end.clone());
        assert_eq!(host.ends, [Event::Ended { how_known: end.receipt(), result: None }]);
    }
}

#[test]
fn a_repeated_end_is_no_second_end() {
    let (mut call, mut host) = (Call::new(Config::default()), Host::default());
    host.hear(&mut call, created(at(0), at(0)));
    host.hear(&mut call, ended(5, 486));
    host.hear(&mut call, ended(6, 486));
    host.hear(&mut call, gone(at(6), at(7)));
    host.hear(&mut call, notified(8, Established));
    assert_eq!(host.ends, [Event::Ended { how_known: ended(5, 486).receipt(), result: Some(result(486)) }]);
    assert_eq!(host.timeline.states(), [Establishing, Established, Terminated]);
}

#[test]
fn a_late_result_is_a_change() {
    let (mut call, mut host) = established();
    host.hear(&mut call, notified(60, Terminated));
    call.handle(ended(61, 200), at(61));
    let said = drain(&mut call);
    assert!(said.contains(&Output::Event(Event::Changed(Change::ResultChanged(Some(result(200)))))), "{said:?}");
    assert!(said.iter().all(|output| !matches!(output, Output::Event(Event::Ended { .. }))), "{said:?}");
}

#[test]
fn a_probe_after_silence_finds_the_end() {
    let (mut call, mut host) = established();
    let silence = 30 * 60;
    host.run(&mut call, at(silence));
    assert_eq!(host.actions.last(), Some(&(at(silence), Action::Probe(ProbeReason::Silence))));
    host.hear(&mut call, gone(at(silence), at(silence + 1)));
    assert_eq!(host.ends.len(), 1);
}

#[test]
fn a_lasting_terminating_state_is_probed() {
    let (mut call, mut host) = established();
    host.hear(&mut call, notified(60, Terminating));
    assert_eq!(host.ends, []);
    host.run(&mut call, at(60 + 30 * 60));
    assert_eq!(host.actions.last(), Some(&(at(60 + 30 * 60), Action::Probe(ProbeReason::Silence))));
}

#[test]
fn an_ended_call_is_forgotten_after_its_grace() {
    let (mut call, mut host) = established();
    host.hear(&mut call, notified(60, Terminated));
    let grace = 5 * 60;
    host.run(&mut call, at(60 + grace - 1));
    assert_eq!(host.actions, []);
    host.run(&mut call, at(86_400));
    assert_eq!(host.actions, [(at(60 + grace), Action::Forget(ForgetReason::Ended))]);
    assert_eq!(call.next_deadline(), None);
}

#[test]
fn grace_starts_when_the_end_is_received() {
    let (mut call, mut host) = established();
    host.hand(&mut call, notified(60, Terminated), at(7_200));
    assert!(host.actions.iter().all(|(_, action)| !matches!(action, Action::Forget(_))));
    assert_eq!(call.next_deadline().unwrap().at, at(7_200 + 300));
}

fn established() -> (Call, Host) {
    let config = Config { keep_alive: None, ..Config::default() };
    let (mut call, mut host) = (Call::new(config), Host::default());
    host.hear(&mut call, created(at(-2), at(-1)));
    host.hear(&mut call, notified(0, Established));
    (call, host)
}

fn ended(second: i64, code: i64) -> Observation {
    let claim = Claim::State { state: Terminated, result: Some(Box::new(result(code))) };
    Observation::new(Stamp::at(at(second)), Source::Notification, claim)
}

fn result(code: i64) -> ResultInfo {
    ResultInfo::new(Some(code), None)
}
