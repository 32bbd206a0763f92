//! In whatever way a call ends, its end is reported once, with its source.

use call_core::{
    Action, AnomalyKind, Call, CallState::*, Change, Claim, Command, Config, Event, ForgetReason, Id, Input,
    Observation, Output, ParticipantKey, ParticipantReport, Present, ProbeReason, ResultInfo, RosterExtent,
    RosterReport, Source, Stamp,
};
use call_tests::drive::drain;
use call_tests::host::Host;
use call_tests::replies::{accepted, created, gone, snapshot};

use super::{at, notified};

#[test]
fn notification_and_snapshot_each_end_a_call() {
    let ends = [notified(60, Terminated), snapshot(at(60), at(60), Terminated)];
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
fn the_result_of_the_last_phase_wins() {
    let (mut call, mut host) = established();
    host.hear(&mut call, ended(60, 486));
    let mut terminating = ended(61, 200);
    terminating.claim = Claim::State { state: Terminating, result: Some(Box::new(result(200))) };
    host.hear(&mut call, terminating);
    assert_eq!(host.timeline.result, Some(result(486)));
}

#[test]
fn a_suspected_end_is_probed_until_a_reply() {
    let (mut call, mut host) = established();
    host.hand(&mut call, Input::EndSuspected, at(60));
    assert_eq!(host.actions, [(at(60), Action::Probe(ProbeReason::EndExpected))]);
    // A reply to an earlier request does not answer the question.
    host.hear(&mut call, snapshot(at(59), at(61), Established));
    host.run(&mut call, at(70));
    assert_eq!(host.actions.len(), 2);
    host.hear(&mut call, snapshot(at(70), at(71), Established));
    host.run(&mut call, at(600));
    assert_eq!(host.actions.len(), 2);
}

#[test]
fn a_second_404_confirms_the_first() {
    let (mut call, mut host) = established();
    let first = gone(at(60), at(61));
    host.hear(&mut call, first.clone());
    assert_eq!(host.timeline.present, Some(Present::Ambiguous { likely: Terminated, others: vec![Established] }));
    assert_eq!(host.ends, []);
    host.run(&mut call, at(62));
    assert_eq!(host.actions, [(at(62), Action::Probe(ProbeReason::Ambiguous))]);
    host.hear(&mut call, gone(at(62), at(62)));
    assert_eq!(host.ends, [Event::Ended { how_known: first.receipt(), result: None }]);
    assert_eq!(host.timeline.present, Some(Present::Certain(Terminated)));
}

#[test]
fn a_live_reply_sets_a_404_aside() {
    let (mut call, mut host) = established();
    host.hear(&mut call, gone(at(60), at(61)));
    host.run(&mut call, at(62));
    host.hear(&mut call, snapshot(at(62), at(63), Established));
    assert_eq!(host.timeline.states(), [Establishing, Established]);
    assert_eq!(host.timeline.anomalies[0].kind, AnomalyKind::FalseGone);
    // A later 404 is judged by itself.
    host.hear(&mut call, gone(at(70), at(71)));
    assert_eq!(host.ends, []);
    host.hear(&mut call, gone(at(72), at(73)));
    assert_eq!(host.ends.len(), 1);
}

#[test]
fn a_likely_end_is_assumed_after_the_last_probe() {
    let (mut call, mut host) = established();
    host.hear(&mut call, gone(at(60), at(61)));
    // Four probes without a reply: after 1, 10, 20 and 40 seconds, and then 80 seconds for the last one.
    host.run(&mut call, at(211));
    assert_eq!((host.actions.len(), host.ends.len()), (4, 0));
    host.run(&mut call, at(212));
    assert_eq!(host.ends.len(), 1);
    // The end is reported once, even if the call turns out to be alive and ends later.
    host.hear(&mut call, notified(300, Hold));
    assert_eq!(host.timeline.present.as_ref().map(Present::likely), Some(Hold));
    assert!(!call.has_ended());
    host.hear(&mut call, notified(400, Terminated));
    assert!(call.has_ended());
    assert_eq!(host.ends.len(), 1);
}

#[test]
fn a_likely_end_settles_without_probes() {
    let config = Config { probes: None, keep_alive: None, ..Config::default() };
    let (mut call, mut host) = (Call::new(config), Host::default());
    host.hear(&mut call, notified(0, Established));
    host.hear(&mut call, gone(at(60), at(61)));
    host.run(&mut call, at(63));
    assert_eq!(host.ends, []);
    host.run(&mut call, at(64));
    assert_eq!(host.ends.len(), 1);
}

#[test]
fn the_roster_outlives_a_single_404() {
    let (mut call, mut host) = established();
    let megan = ParticipantReport::new(ParticipantKey::Id(Id::new("megan")));
    let list = RosterReport::new(RosterExtent::Full, [megan]);
    host.hear(&mut call, Observation::new(Stamp::at(at(1)), Source::Notification, Claim::Roster(Box::new(list))));
    host.hear(&mut call, gone(at(60), at(61)));
    assert_eq!(host.timeline.roster.participants.len(), 1);
    host.hear(&mut call, gone(at(62), at(63)));
    assert!(host.timeline.roster.participants.is_empty());
}

#[test]
fn an_unanswered_hang_up_is_probed_after_patience() {
    let (mut call, mut host) = established();
    host.hear(&mut call, accepted(Command::HangUp, at(60), at(60)));
    host.run(&mut call, at(71));
    assert_eq!(host.actions, [(at(70), Action::Probe(ProbeReason::EndExpected))]);
    host.hear(&mut call, gone(at(70), at(71)));
    assert_eq!(host.ends.len(), 1, "the accepted hang-up confirms the 404");
}

#[test]
fn a_broken_hang_up_is_an_anomaly_and_probed() {
    let (mut call, mut host) = established();
    host.hear(&mut call, accepted(Command::HangUp, at(60), at(60)));
    host.hear(&mut call, notified(65, Hold));
    assert_eq!(host.timeline.anomalies[0].kind, AnomalyKind::Unfulfilled(Command::HangUp));
    host.run(&mut call, at(66));
    assert_eq!(host.actions, [(at(65), Action::Probe(ProbeReason::EndExpected))]);
}

#[test]
fn silence_is_shorter_before_and_after_the_call() {
    let phases = [
        (Incoming, 60),
        (Redirecting, 60),
        (Establishing, 120),
        (Ringing, 60),
        (Established, 1_800),
        (Terminating, 60),
    ];
    for (state, silence) in phases {
        let config = Config { keep_alive: None, ..Config::default() };
        let (mut call, mut host) = (Call::new(config), Host::default());
        host.hear(&mut call, notified(0, state));
        host.hand(&mut call, Input::Adopted, at(0));
        host.run(&mut call, at(3_000));
        assert_eq!(host.actions[0], (at(silence), Action::Probe(ProbeReason::Silence)), "{state}");
    }
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
    host.run(&mut call, at(silence + 2));
    host.hear(&mut call, gone(at(silence + 2), at(silence + 3)));
    assert_eq!(host.ends.len(), 1);
}

#[test]
fn a_lasting_terminating_state_is_probed() {
    let (mut call, mut host) = established();
    host.hear(&mut call, notified(60, Terminating));
    assert_eq!(host.ends, []);
    host.run(&mut call, at(60 + 60));
    assert_eq!(host.actions.last(), Some(&(at(60 + 60), Action::Probe(ProbeReason::Silence))));
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
