//! Starts with a wrong clock: nothing is lost, and the stamps recover.

use std::time::Duration;

use call_core::{CallId, CallState::*, Timestamp};
use call_engine::{ClockState, EngineSettings, Retention};
use call_msgraph::{DeliveryKind, Record};
use call_transport_mock::Story;

use super::{Rig, callback, pass, request, taking};

const DAY: u64 = 86_400;
/// Shifts of the clock, in days.
const WRONG: [i64; 7] = [366, 0, -40, 0, 366, -40, 0];

impl Rig {
    /// Crashes, and starts with a clock that is wrong by a number of days.
    async fn crash_at(self, days: i64) -> Self {
        let Self { service, engine, incoming, journal } = self;
        service.connect(std::sync::Arc::new(taking::Deaf));
        drop((engine, incoming));
        let (right, instant) = service.epoch();
        let shift = Duration::from_secs(days.unsigned_abs() * DAY);
        let wrong = if days < 0 { right.saturating_sub(shift) } else { right.saturating_add(shift) };
        let settings = EngineSettings { epoch: Some((wrong, instant)), ..EngineSettings::new(callback()) };
        Self::begin(settings, service, journal).await
    }

    fn last(&self) -> Timestamp {
        self.journal.records().last().expect("records").stamp().received_at
    }
}

#[tokio::test(start_paused = true)]
async fn calls_survive_every_wrong_clock() {
    let mut rig = Rig::start().await;
    let mut calls: Vec<CallId> = Vec::new();
    for days in WRONG {
        // One call is created in each run, and lives through all later ones.
        let call = rig.create(Story::Endless).await;
        call.wait_has_been(Established).await.unwrap();
        calls.push(call.id().clone());
        drop(call);
        rig = rig.crash_at(days).await;
        assert_eq!(rig.engine.counts().await.calls, calls.len(), "{days} days");
        // Long enough for keep-alives and probes of a silent call.
        pass(Duration::from_secs(2 * 3_600)).await;
        for call in &calls {
            let view = rig.engine.view(call).await.expect("it is followed");
            assert_eq!(view.state(), Some(Established), "{call} after a start at {days} days");
        }
    }
    for call in &calls {
        let handle = rig.engine.call(call).await.expect("it is followed");
        handle.hang_up().await.unwrap();
        handle.wait_ended().await.unwrap();
    }
    let truths = rig.service.truths();
    assert!(truths.iter().all(|truth| calls.contains(&truth.call)) && truths.len() == calls.len());
}

#[tokio::test(start_paused = true)]
async fn stamps_are_never_far_ahead_of_the_clock() {
    let mut rig = Rig::start().await;
    for days in WRONG {
        rig.create(Story::Busy).await.wait_ended().await.unwrap();
        rig = rig.crash_at(days).await;
        rig.create(Story::Busy).await.wait_ended().await.unwrap();
        let (last, now) = (rig.last(), rig.engine.now());
        assert!(last <= now && now.saturating_since(last) < Duration::from_secs(60), "{days}: {last} {now}");
        let sequences: Vec<_> = rig.journal.records().iter().map(|record| record.stamp().sequence).collect();
        assert!(sequences.is_sorted_by(|one, next| one < next), "no number is used twice");
    }
}

#[tokio::test(start_paused = true)]
async fn every_call_is_probed_when_the_clock_was_wrong() {
    let rig = Rig::start().await;
    for _ in 0..20 {
        rig.create(Story::Endless).await.wait_has_been(Established).await.unwrap();
    }
    let rig = rig.crash_at(366).await;
    assert!(matches!(rig.engine.restored().clock, ClockState::Ahead(by) if by.as_secs() >= 365 * DAY));
    rig.create(Story::Busy).await.wait_ended().await.unwrap();
    let rig = rig.crash_at(0).await;
    assert!(matches!(rig.engine.restored().clock, ClockState::Behind(by) if by.as_secs() >= 365 * DAY));
    let before = rig.journal.records().len();
    pass(Duration::from_secs(10)).await;
    let records = rig.journal.records();
    let snapshots = records[before..].iter().filter_map(Record::delivery);
    let probed: std::collections::BTreeSet<_> = snapshots
        .filter(|delivery| delivery.kind == DeliveryKind::Snapshot)
        .filter_map(|delivery| delivery.call.clone())
        .collect();
    assert_eq!(probed.len(), 20);
    // The times of the wrong run are still in the journal, but need no attention any more.
    let rig = rig.crash_at(0).await;
    assert_eq!(rig.engine.restored().clock, ClockState::Plausible);
}

#[tokio::test(start_paused = true)]
async fn creates_are_adopted_despite_a_wrong_clock() {
    for days in [366, -40] {
        let rig = Rig::impatient().await;
        rig.service.set_next_story(Story::Endless);
        drop(rig.create_uncertain().await);
        let rig = rig.crash_at(days).await;
        assert_eq!(rig.engine.restored().creations, 1, "{days}");
        let call = rig.service.truths()[0].call.clone();
        pass(Duration::from_secs(3_600 * 5)).await;
        let state = rig.engine.view(&call).await.expect("it turned up").state();
        assert_eq!(state, Some(Established), "{days}: it is ours: it was kept alive");
        let rig = rig.crash_at(0).await;
        assert_eq!((rig.engine.restored().creations, rig.engine.counts().await.foreign), (0, 0), "{days}");
    }
}

#[tokio::test(start_paused = true)]
async fn no_wrong_clock_discards_a_record() {
    let mut rig = Rig::start().await;
    for days in WRONG {
        rig.create(Story::Busy).await.wait_ended().await.unwrap();
        let live = rig.create(Story::Endless).await;
        live.wait_has_been(Established).await.unwrap();
        drop(live);
        rig = rig.crash_at(days).await;
        let before = rig.journal.records().len();
        for _ in 0..2 {
            let retained = rig.engine.retain(&Retention::default()).await.unwrap();
            assert_eq!(retained.discarded, 0, "{days} days");
            drop(rig.engine.create_call(request(1)).await);
        }
        assert!(rig.journal.records().len() > before);
    }
    // When time really passes, ended calls are discarded, with the records of the wrong runs.
    pass(Duration::from_secs(25 * 3_600)).await;
    let retained = rig.engine.retain(&Retention::default()).await.unwrap();
    assert!(retained.discarded > 0);
    let kept = rig.journal.records().iter().filter(|record| record.stamp().received_at > rig.engine.now()).count();
    assert!(kept > 0, "calls of the wrong runs that are still live");
}

#[tokio::test(start_paused = true)]
async fn an_ended_call_stays_readable_and_in_order() {
    let rig = Rig::start().await;
    let call = rig.create(Story::Endless).await;
    call.wait_has_been(Established).await.unwrap();
    let id = call.id().clone();
    drop(call);
    let rig = rig.crash_at(366).await;
    let call = rig.engine.call(&id).await.expect("it is followed");
    call.hang_up().await.unwrap();
    call.wait_ended().await.unwrap();
    drop(call);
    let rig = rig.crash_at(0).await;
    let live = rig.engine.past_view(&id).await.unwrap().expect("it is known");
    pass(Duration::from_secs(2 * 3_600)).await;
    assert_eq!(rig.engine.view(&id).await.map(|_| ()), None, "the engine has forgotten it");
    let past = rig.engine.past_view(&id).await.unwrap().expect("the journal has it");
    assert_eq!(past.timeline.steps, live.timeline.steps);
    assert_eq!(past.state(), Some(Terminated));
    let late = past.timeline.steps.iter().filter_map(|step| step.not_after).map(|bound| bound.at).max();
    assert!(late.is_none_or(|at| at <= rig.engine.now()), "no step is in the future: {late:?}");
}

#[tokio::test(start_paused = true)]
async fn a_long_pause_within_a_run_counts() {
    let rig = Rig::start().await;
    rig.create(Story::Busy).await.wait_ended().await.unwrap();
    let live = rig.create(Story::Endless).await;
    live.wait_has_been(Established).await.unwrap();
    drop(live);
    let rig = rig.crash_at(0).await;
    pass(Duration::from_secs(10 * DAY)).await;
    let retained = rig.engine.retain(&Retention::default()).await.unwrap();
    assert!(retained.discarded > 0 && retained.uncounted.is_zero(), "{retained:?}");
}
