use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use call_engine::{CreateError, Engine, EngineSettings, Stopped, WaitError};
use call_journal::SqliteJournal;
use call_msgraph::Received;
use call_transport::IntakeAnswer;
use call_transport_mock::{Fault, SimulatedService, SimulationSettings, Story};

use super::{Rig, callback, request};

#[tokio::test(start_paused = true)]
async fn a_stopping_engine_refuses_work_and_reports_leftovers() {
    let mut rig = Rig::start().await;
    let call = rig.create(Story::Endless).await;
    let mut all = rig.engine.events();
    let stopped = rig.engine.shutdown().await;
    assert_eq!((stopped.unfinished, stopped.uncertain, stopped.calls.calls), (0, 0, 1));
    assert!(matches!(rig.engine.create_call(request(0)).await, Err(CreateError::Stopped)));
    let answer = rig.engine.intake().deliver(Received::post(&b"{}"[..])).await;
    assert!(matches!(answer, IntakeAnswer::Busy { .. }), "another replica takes it: {answer:?}");
    assert_eq!(call.wait_ended().await, Err(WaitError::Unwatched));
    assert!(rig.incoming.next().await.is_none());
    while all.next().await.is_some() {}
    assert!(!rig.service.truths()[0].has_ended(), "no call is hung up");
}

#[tokio::test(start_paused = true)]
async fn shutdown_waits_for_requests_up_to_a_limit() {
    for (patience, unfinished) in [(Duration::from_secs(5), 0), (Duration::from_secs(60), 1)] {
        let rig = Rig::with(SimulationSettings { patience, ..SimulationSettings::default() }, |_| {}).await;
        let call = rig.create(Story::Endless).await;
        rig.service.fail_next(Fault::ResponseLost);
        let hanging_up = tokio::spawn(async move { call.hang_up().await });
        tokio::task::yield_now().await;
        let Stopped { unfinished: left, .. } = rig.engine.shutdown().await;
        assert_eq!(left, unfinished);
        hanging_up.abort();
    }
}

#[tokio::test(start_paused = true)]
async fn a_dropped_engine_stops() {
    let Rig { service: _service, engine, mut incoming, .. } = Rig::start().await;
    drop(engine);
    assert!(incoming.next().await.is_none());
}

async fn on_disk(directory: &Path) -> Engine {
    let service = SimulatedService::start(SimulationSettings::default());
    let (journal, _) = SqliteJournal::open(directory).expect("no other process has it open");
    let started = Engine::start(EngineSettings::new(callback()), service.transport(), Arc::new(journal)).await;
    started.expect("it can be read").0
}

#[tokio::test(start_paused = true)]
async fn shutdown_releases_the_journal_despite_handles() {
    let directory = tempfile::tempdir().expect("a directory");
    for starts in 1..=3 {
        let engine = on_disk(directory.path()).await;
        let intake = engine.intake();
        let post = Received::post(super::taking::ESTABLISHED.as_bytes());
        assert_eq!(intake.deliver(post.clone()).await, IntakeAnswer::Accepted);
        let call = engine.call(&"c1".into()).await;
        engine.shutdown().await;
        let again = on_disk(directory.path()).await;
        assert_eq!(again.restored().records, starts);
        assert!(matches!(intake.deliver(post).await, IntakeAnswer::Busy { .. }));
        drop((again, call, engine));
    }
}

#[tokio::test(start_paused = true)]
async fn a_dropped_engine_releases_the_journal() {
    let directory = tempfile::tempdir().expect("a directory");
    let engine = on_disk(directory.path()).await;
    let intake = engine.intake();
    drop(engine);
    on_disk(directory.path()).await;
    drop(intake);
}
