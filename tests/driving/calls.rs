//! Many calls in one table.

use call_core::{
    Action, CallId, CallState::*, CallTable, Change, Config, Event, ForgetReason, Input, Observation, Output,
};
use call_tests::replies::created;

use super::{at, notified};

#[test]
fn the_create_response_adopts_an_earlier_notification() {
    let mut calls = CallTable::new(Config::default());
    hear(&mut calls, "a", notified(1, Established));
    assert_eq!((calls.counts().calls, calls.counts().foreign), (1, 1));
    assert_eq!(calls.next_deadline(), None);
    hear(&mut calls, "a", created(at(0), at(2)));
    assert_eq!((calls.counts().calls, calls.counts().foreign), (1, 0));
    assert!(calls.next_deadline().is_some());
    let call = calls.get(&CallId::from("a")).unwrap();
    assert_eq!(call.timeline().states(), [Establishing, Established]);
}

#[test]
fn only_due_calls_are_woken() {
    let mut calls = CallTable::new(Config { probes: None, ..Config::default() });
    for (second, id) in [(100, "b"), (0, "a"), (200, "c")] {
        hear(&mut calls, id, created(at(second), at(second)));
    }
    let quarter = 15 * 60;
    assert_eq!(calls.next_deadline().unwrap().at, at(quarter));
    drain(&mut calls);
    calls.expire(at(quarter + 100));
    let keep_alive = |id: &str| (CallId::from(id), Output::Action(Action::KeepAlive));
    assert_eq!(drain(&mut calls), [keep_alive("a"), keep_alive("b")]);
    calls.expire(at(quarter + 100));
    assert_eq!(drain(&mut calls), []);
    assert_eq!(calls.next_deadline().unwrap().at, at(quarter + 160));
}

#[test]
fn many_due_calls_are_taken_in_portions() {
    let mut calls = CallTable::new(Config { probes: None, ..Config::default() });
    let ids: Vec<_> = (0..3_000).map(|call| CallId::from(format!("{call:04}"))).collect();
    for id in &ids {
        calls.handle(id, created(at(0), at(0)), at(0));
    }
    drain(&mut calls);
    let now = at(15 * 60);
    let (mut asked, mut portions) = (Vec::new(), Vec::new());
    while calls.next_deadline().is_some_and(|deadline| deadline.at <= now) {
        calls.expire(now);
        let portion = drain(&mut calls);
        portions.push(portion.len());
        asked.extend(portion.into_iter().map(|(id, _)| id));
    }
    assert_eq!(portions, [1_024, 1_024, 952]);
    asked.sort();
    assert_eq!(asked, ids, "each call is asked for once");
}

#[test]
fn a_deadline_creates_no_call() {
    let mut calls = CallTable::new(Config::default());
    calls.handle(&"a".into(), Input::DeadlineReached, at(0));
    assert_eq!(calls.counts().calls, 0);
    calls.handle(&"a".into(), Input::Adopted, at(0));
    assert_eq!((calls.counts().calls, calls.counts().foreign), (1, 0));
}

#[test]
fn a_late_observation_creates_no_forgotten_call() {
    let mut calls = CallTable::new(Config::default());
    hear(&mut calls, "a", notified(0, Terminated));
    calls.expire(at(300));
    let forget = Output::Action(Action::Forget(ForgetReason::Ended));
    assert_eq!(drain(&mut calls).last(), Some(&(CallId::from("a"), forget)));
    assert!(calls.get(&CallId::from("a")).is_none());
    let late = notified(301, Terminated);
    hear(&mut calls, "a", late.clone());
    assert_eq!(drain(&mut calls), [(CallId::from("a"), Output::Event(Event::TooLate(late.receipt())))]);
    assert_eq!((calls.counts().calls, calls.counts().too_late), (0, 1));
}

#[test]
fn each_call_has_its_own_feed() {
    let mut calls = CallTable::new(Config::default());
    hear(&mut calls, "a", notified(0, Established));
    hear(&mut calls, "b", notified(0, Establishing));
    let mut entered = Vec::new();
    for (id, output) in drain(&mut calls) {
        if let Output::Event(Event::Changed(Change::Entered { step, .. })) = output {
            entered.push((id.to_string(), step.state));
        }
    }
    let expected = [("a", Establishing), ("a", Established), ("b", Establishing)];
    assert_eq!(entered, expected.map(|(id, state)| (id.to_owned(), state)));
}

#[test]
fn merging_skips_forgotten_calls() {
    let (mut here, mut there) = (CallTable::new(Config::default()), CallTable::new(Config::default()));
    hear(&mut here, "over", notified(0, Terminated));
    here.expire(at(300));
    drain(&mut here);
    hear(&mut there, "over", notified(1, Terminated));
    hear(&mut there, "new", notified(1, Established));
    here.merge(&there, at(301));
    assert!(drain(&mut here).iter().all(|(id, _)| *id == CallId::from("new")));
    assert_eq!(here.iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>(), ["new"]);
}

fn hear(calls: &mut CallTable, id: &str, observation: Observation) {
    let now = observation.stamp.received_at;
    calls.handle(&id.into(), observation, now);
}

fn drain(calls: &mut CallTable) -> Vec<(CallId, Output)> {
    std::iter::from_fn(|| calls.poll_output()).collect()
}
