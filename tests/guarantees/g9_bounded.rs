//! G9: limits bound the memory, and evicted observations are counted and reported.
//!
//! G1 and G6 check, with narrow limits, that what is kept depends only on the set.

use std::time::Duration;

use call_core::{
    Action, AnomalyKind, Call, CallId, CallState, CallState::*, CallTable, Claim, Command, Config, Event, ForgetReason,
    Limits, Observation, Oddity, Output, Source, Stamp, Timestamp,
};
use call_tests::replies::accepted;
use call_tests::strategies::cases;
use proptest::prelude::*;

#[test]
fn a_flood_evicts_and_reports_the_oldest() {
    let limits = Limits {
        connected_observations: 50,
        per_claim_and_source: 3,
        reports_per_stream: 3,
        roster_entries: 3,
        ..Limits::default()
    };
    let mut call = Call::new(Config { limits, ..Config::default() });
    let mut received = 0;
    for (second, state) in (0..3_000).zip([Establishing, Established, Hold].into_iter().cycle()) {
        let now = Timestamp::from_millis(second * 1_000);
        let oddity = Claim::Oddity(Box::new(Oddity::UnrecognizedState(format!("odd{second}").into())));
        for claim in [Claim::state(state), oddity] {
            call.handle(Observation::new(Stamp::at(now), Source::Notification, claim), now);
            received += 1;
        }
        while call.poll_output().is_some() {}
    }
    let timeline = call.timeline();
    let receipts: usize = timeline.steps.iter().map(|step| step.basis.receipts().len()).sum();
    assert_eq!(receipts, 50 + 6);
    assert_eq!(timeline.steps.last().unwrap().not_after.unwrap().at, Timestamp::from_millis(2_999_000));
    assert_eq!(timeline.anomalies.len(), 6 + 1);
    assert_eq!(call.evicted(), received - 50 - 6 - 6);
    let truncated = timeline.anomalies.iter().find(|anomaly| anomaly.kind == AnomalyKind::Truncated).unwrap();
    let first_let_go: Vec<_> = truncated.evidence.iter().map(|receipt| receipt.stamp.received_at.as_millis()).collect();
    // Observations of the connected phase are evicted from the oldest. Of the others, all after the first three are evicted.
    assert_eq!(first_let_go, [1_000, 3_000, 9_000]);
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn the_least_recent_call_is_evicted(
        received in proptest::collection::vec((0_usize..8, 0..4, 0_i64..30), 0..60),
    ) {
        let limits = Limits { foreign_calls: 3, ended_calls: 2, forgotten_calls: 2, ..Limits::default() };
        let grace = Duration::from_secs(60);
        let config = Config { limits, grace, probes: None, keep_alive: None, ..Config::default() };
        let mut table = CallTable::new(config);
        let mut model = Model::default();
        let mut clock = 0;
        for (call, kind, pause) in received {
            clock += pause * 1_000;
            let now = Timestamp::from_millis(clock);
            table.expire(now);
            model.pass(clock);
            let observation = match kind {
                0 => accepted(Command::Answer, now, now),
                1 => Observation::notified(now, Terminated),
                _ => Observation::notified(now, Established),
            };
            table.handle(&id(call), observation, now);
            model.hear(call, kind, clock);
            let mut said = Vec::new();
            while let Some((call, output)) = table.poll_output() {
                match output {
                    Output::Action(Action::Forget(reason)) => said.push((call, Some(reason))),
                    Output::Event(Event::TooLate(_)) => said.push((call, None)),
                    Output::Event(_) | Output::Action(_) | _ => {}
                }
            }
            let expected: Vec<_> = model.said.drain(..).map(|(call, said)| (id(call), said)).collect();
            prop_assert_eq!(said, expected);
            let mut held: Vec<_> = model.calls.iter().map(|call| id(call.id)).collect();
            held.sort();
            prop_assert_eq!(table.iter().map(|(id, _)| id.clone()).collect::<Vec<_>>(), held);
            let counts = table.counts();
            prop_assert!(counts.foreign <= 3 && counts.ended <= 2 && counts.forgotten <= 2, "{:?}", counts);
            prop_assert_eq!(counts.evicted_foreign, model.evicted_foreign);
            prop_assert_eq!(counts.evicted_ended, model.evicted_ended);
            prop_assert_eq!(counts.too_late, model.too_late);
        }
    }
}

fn id(call: usize) -> CallId {
    CallId::from(&*call.to_string())
}

/// The simplest table of calls: lists with linear search.
#[derive(Default)]
struct Model {
    calls: Vec<ModelCall>,
    forgotten: Vec<(i64, usize)>,
    said: Vec<(usize, Option<ForgetReason>)>,
    evicted_foreign: u64,
    evicted_ended: u64,
    too_late: u64,
}

#[derive(Clone)]
struct ModelCall {
    id: usize,
    heard_at: i64,
    is_ours: bool,
    ended_at: Option<i64>,
}

impl Model {
    fn pass(&mut self, clock: i64) {
        let mut over: Vec<_> = self.calls.iter().filter_map(|call| Some((call.ended_at? + 60_000, call.id))).collect();
        over.retain(|(at, _)| *at <= clock);
        over.sort_unstable();
        for (_, id) in over {
            self.forget(id, clock, ForgetReason::Ended);
        }
    }

    fn hear(&mut self, id: usize, kind: i32, clock: i64) {
        if self.forgotten.iter().any(|(_, known)| *known == id) {
            self.too_late += 1;
            self.said.push((id, None));
            return;
        }
        if self.calls.iter().all(|call| call.id != id) {
            self.calls.push(ModelCall { id, heard_at: clock, is_ours: false, ended_at: None });
        }
        for call in self.calls.iter_mut().filter(|call| call.id == id) {
            call.heard_at = clock;
            call.is_ours |= kind == 0;
            if kind == 1 {
                call.ended_at = call.ended_at.or(Some(clock));
            }
        }
        let unknown = |call: &&ModelCall| !call.is_ours && call.ended_at.is_none();
        if self.calls.iter().filter(unknown).count() > 3 {
            self.evicted_foreign += 1;
            let id = self.longest_ago(unknown);
            self.calls.retain(|call| call.id != id);
            self.said.push((id, Some(ForgetReason::TooManyForeign)));
        }
        if self.calls.iter().filter(|call| call.ended_at.is_some()).count() > 2 {
            self.evicted_ended += 1;
            let id = self.longest_ago(|call| call.ended_at.is_some());
            self.forget(id, clock, ForgetReason::TooManyEnded);
        }
    }

    fn longest_ago(&self, which: impl FnMut(&&ModelCall) -> bool) -> usize {
        let oldest = self.calls.iter().filter(which).min_by_key(|call| (call.heard_at, call.id));
        oldest.expect("there are too many of them").id
    }

    fn forget(&mut self, id: usize, clock: i64, reason: ForgetReason) {
        self.calls.retain(|call| call.id != id);
        self.forgotten.push((clock, id));
        self.forgotten.sort_unstable();
        if self.forgotten.len() > 2 {
            self.forgotten.remove(0);
        }
        self.said.push((id, Some(reason)));
    }
}

#[test]
fn every_kind_of_state_is_bounded() {
    let limits = Limits {
        connected_observations: 0,
        per_claim_and_source: 0,
        reports_per_stream: 0,
        roster_entries: 0,
        ..Limits::default()
    };
    let mut call = Call::new(Config { limits, ..Config::default() });
    for (ms, state) in (0..).zip(CallState::ALL) {
        let now = Timestamp::from_millis(ms);
        call.handle(Observation::notified(now, state), now);
    }
    assert!(call.timeline().steps.is_empty());
    assert_eq!(call.evicted(), 10);
}
