use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use call_core::{CallId, CallState::*, Command, Stamp, Timeline, Timestamp};
use call_engine::{Engine, EngineSettings, PendingCall};
use call_journal::{Damage, Journal, JournalError, MemoryJournal, Page, Position};
use call_msgraph::{Delivery, DeliveryKind, Intent, Received, Record, RejectReason};
use call_transport::IntakeAnswer;
use call_transport_mock::{ChaosLevel, Fault, SimulatedService, SimulationSettings, Story};

use super::{Rig, callback, pass, request};

/// What an engine knows about each call.
async fn known(engine: &Engine) -> Vec<(CallId, Timeline)> {
    let calls = engine.calls(None, usize::MAX).await;
    calls.into_iter().map(|(call, known)| (call, (*known.timeline).clone())).collect()
}

#[tokio::test(start_paused = true)]
async fn a_crash_at_any_moment_loses_nothing() {
    for seed in 0..20 {
        let mut rig = Rig::in_chaos(seed, ChaosLevel::Wild).await;
        for moment in 0..12 {
            for kind in 0..10 {
                // Some are uncertain, and only some of those are adopted.
                drop(rig.engine.create_call(request(kind)).await);
            }
            pass(Duration::from_millis(moment * 1_709 + seed * 97)).await;
            let before = known(&rig.engine).await;
            let counts = rig.engine.counts().await;
            rig = rig.crash().await;
            assert_eq!(known(&rig.engine).await, before, "seed {seed}, moment {moment}");
            let after = rig.engine.counts().await;
            assert_eq!((after.calls, after.foreign, after.ended), (counts.calls, counts.foreign, counts.ended));
            assert_eq!(rig.engine.restored().records, rig.journal.records().len() as u64);
        }
        assert!(known(&rig.engine).await.len() > 40, "seed {seed}");
    }
}

#[tokio::test(start_paused = true)]
async fn stamps_continue_after_a_restart() {
    let rig = Rig::start().await;
    rig.create(Story::Busy).await.wait_ended().await.unwrap();
    let before = rig.journal.records();
    let rig = rig.crash().await;
    rig.create(Story::Busy).await.wait_ended().await.unwrap();
    let all = rig.journal.records();
    let new = &all[before.len()..];
    assert!(!new.is_empty());
    let last = before.iter().map(|record| *record.stamp()).max();
    assert!(
        new.iter().all(
            |record| Some(*record.stamp()) > last && Some(record.stamp().sequence) > last.map(|last| last.sequence)
        )
    );
}

#[tokio::test(start_paused = true)]
async fn stamps_do_not_go_back_with_a_corrected_clock() {
    let journal = Arc::new(MemoryJournal::keeping(usize::MAX));
    let service = SimulatedService::start(SimulationSettings::default());
    let late = service.epoch().0.saturating_add(Duration::from_secs(500));
    let stamp = Stamp { sequence: 41, ..Stamp::at(late) };
    journal.append(&[gone(stamp)]).await.unwrap();
    let settings = EngineSettings { epoch: Some(service.epoch()), ..EngineSettings::new(callback()) };
    let (engine, _incoming) = Engine::start(settings, service.transport(), Arc::clone(&journal) as _).await.unwrap();
    service.connect(engine.intake());
    engine.create_call(request(0)).await.unwrap();
    let new = *journal.records()[1].stamp();
    assert!(new.received_at >= late && new.sequence == 42, "{new:?}");
}

#[tokio::test(start_paused = true)]
async fn a_restart_adopts_creates_in_flight() {
    let rig = Rig::impatient().await;
    rig.service.set_next_story(Story::Endless);
    drop(rig.create_uncertain().await);
    let rig = rig.crash().await;
    assert_eq!((rig.engine.restored().creations, rig.engine.restored().calls), (1, 0));
    let call = rig.service.truths()[0].call.clone();
    pass(Duration::from_secs(3_600 * 5)).await;
    let call = rig.engine.call(&call).await.expect("it turned up");
    assert_eq!(call.state(), Some(Established), "it is ours: it was kept alive");
    let rig = rig.crash().await;
    assert_eq!((rig.engine.restored().creations, rig.engine.counts().await.foreign), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_restart_offers_incoming_calls_again() {
    let rig = Rig::start().await;
    rig.service.set_next_story(Story::Endless);
    rig.service.ring(callback().as_str());
    pass(Duration::from_secs(2)).await;
    let mut rig = rig.crash().await;
    let offered = rig.incoming.next().await.expect("it rings");
    let call = offered.answer(call_msgraph::Answer::new(&call_msgraph::MediaConfig::service_hosted())).await.unwrap();
    call.wait_has_been(Established).await.unwrap();
    let mut rig = rig.crash().await;
    assert!(tokio::time::timeout(Duration::from_secs(60), rig.incoming.next()).await.is_err(), "it was answered");
}

#[tokio::test(start_paused = true)]
async fn a_restart_does_not_revive_expired_creates() {
    let rig = Rig::impatient().await;
    for _ in 0..2 {
        drop(rig.create_uncertain().await);
        pass(Duration::from_secs(2_000)).await;
    }
    let rig = rig.crash().await;
    assert_eq!(rig.engine.restored().creations, 1, "the first one was intended more than an hour ago");
    pass(Duration::from_secs(2_000)).await;
    assert_eq!(rig.engine.shutdown().await.uncertain, 0);
}

/// A journal that is partly or wholly unreadable.
struct Broken(MemoryJournal, bool);

#[async_trait]
impl Journal for Broken {
    async fn append(&self, records: &[Record]) -> Result<(), JournalError> {
        self.0.append(records).await
    }

    async fn read(&self, after: Position, most: usize) -> Result<Page, JournalError> {
        if self.1 {
            return Err(JournalError::Unavailable("as the test wants it".into()));
        }
        let mut page = self.0.read(after, most).await?;
        page.damage.extend(after.eq(&Position(0)).then(damage));
        Ok(page)
    }

    async fn discard(&self, positions: &[Position]) -> Result<(), JournalError> {
        self.0.discard(positions).await
    }
}

fn gone(stamp: Stamp) -> Record {
    Delivery::new(stamp, DeliveryKind::Gone).with_call("c1").into()
}

fn damage() -> Damage {
    Damage::new(Position(7), Position(9), "as the test wants it".to_owned())
}

#[tokio::test(start_paused = true)]
async fn damaged_records_are_reported_the_rest_used() {
    let journal = MemoryJournal::keeping(10);
    journal.append(&[gone(Stamp::at(Timestamp::from_millis(7)))]).await.unwrap();
    let service = SimulatedService::start(SimulationSettings::default());
    let start =
        |journal: Broken| Engine::start(EngineSettings::new(callback()), service.transport(), Arc::new(journal));
    let (engine, _incoming) = start(Broken(journal, false)).await.unwrap();
    assert_eq!(engine.restored().damage, [damage()]);
    assert_eq!((engine.restored().records, engine.restored().calls), (1, 1));
    let refused = start(Broken(MemoryJournal::keeping(10), true)).await;
    assert!(matches!(refused, Err(JournalError::Unavailable(_))));
}

/// Makes an uncertain create, and a post with its token that names two calls. Returns the creation with the rig.
async fn two_calls_under_one_token() -> (Rig, PendingCall) {
    let rig = Rig::impatient().await;
    let pending = rig.create_uncertain().await;
    let intended = rig.journal.records().swap_remove(0);
    let Record::Intended { intent: Intent::Create { token, .. }, .. } = intended else { panic!("{intended:?}") };
    let post = Received::post(BOTH.as_bytes()).with_token(token);
    assert_eq!(rig.engine.intake().deliver(post).await, IntakeAnswer::Accepted);
    (rig, pending)
}

/// The first call of the body does not have the lowest id.
const BOTH: &str = r##"{"value": [
    {"changeType": "updated", "resourceUrl": "/communications/calls/second-by-id",
        "resourceData": {"@odata.type": "#microsoft.graph.call", "state": "established"}},
    {"changeType": "updated", "resourceUrl": "/communications/calls/first-by-id",
        "resourceData": {"@odata.type": "#microsoft.graph.call", "state": "established"}}]}"##;

#[tokio::test(start_paused = true)]
async fn a_two_call_post_adopts_the_first_call() {
    let (live, pending) = two_calls_under_one_token().await;
    assert_eq!(pending.adopted().await.expect("it turned up").id(), &CallId::from("second-by-id"));
    let (restarted, _) = two_calls_under_one_token().await;
    let restarted = restarted.crash().await;
    for rig in [live, restarted] {
        // Only our own calls are kept alive. The service answers 404, because it knows neither call.
        pass(Duration::from_secs(3_600)).await;
        let asked: BTreeSet<_> = rig.journal.deliveries().into_iter().filter_map(|delivery| delivery.call).collect();
        assert_eq!(asked, BTreeSet::from(["second-by-id".into()]));
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_intent_precedes_its_request() {
    let mut rig = Rig::start().await;
    let offered = rig.ring().await;
    let call = offered.handle().id().clone();
    rig.service.fail_next(Fault::NotSent);
    assert!(offered.reject(RejectReason::Busy).await.is_err());
    let last = rig.journal.records().pop();
    let Some(Record::Intended { intent, .. }) = last else { panic!("{last:?}") };
    assert_eq!(intent, Intent::Command(call, Command::Reject));
}

#[tokio::test(start_paused = true)]
async fn a_restart_keeps_possibly_answered_calls_alive() {
    let mut rig = Rig::start().await;
    rig.service.set_next_story(Story::Endless);
    let offered = rig.ring().await;
    let call = offered.handle().id().clone();
    rig.service.fail_next(Fault::ResponseLost);
    // The engine crashes before the request times out, and receives nothing about the call until then.
    rig.service.connect(Arc::new(super::taking::Deaf));
    let answer = offered.answer(call_msgraph::Answer::new(&call_msgraph::MediaConfig::service_hosted()));
    assert!(tokio::time::timeout(Duration::from_secs(1), answer).await.is_err());
    let rig = rig.crash().await;
    assert_eq!(rig.engine.counts().await.foreign, 0, "it is our own");
    pass(Duration::from_secs(5 * 3_600)).await;
    let call = rig.engine.call(&call).await.expect("it goes on");
    assert_eq!(call.state(), Some(Established), "without keep-alives the service would have ended the call");
}

#[tokio::test(start_paused = true)]
async fn a_repeated_create_returns_its_call() {
    let rig = Rig::start().await;
    rig.service.set_next_story(Story::Endless);
    let call = rig.engine.create_call_as("order 7", request(0)).await.unwrap();
    assert_eq!(call.view().reference.as_deref(), Some("order 7"));
    assert_eq!(rig.engine.create_call_as("order 7", request(0)).await.unwrap().id(), call.id());
    let id = call.id().clone();
    let rig = rig.crash().await;
    let again = rig.engine.create_call_as("order 7", request(0)).await.unwrap();
    assert_eq!((again.id(), again.view().reference.as_deref()), (&id, Some("order 7")));
    assert_eq!(rig.service.truths().len(), 1);
    again.hang_up().await.unwrap().finished().await.unwrap();
    pass(Duration::from_secs(600)).await;
    let used = rig.engine.create_call_as("order 7", request(0)).await;
    assert!(matches!(&used, Err(call_engine::CreateError::Used(call)) if *call == id), "{used:?}");
}

#[tokio::test(start_paused = true)]
async fn a_refused_reference_is_free_again() {
    let rig = Rig::start().await;
    rig.service.fail_next(Fault::Throttled(Duration::from_secs(1)));
    assert!(rig.engine.create_call_as("order 7", request(0)).await.is_err());
    let rig = rig.crash().await;
    assert_eq!(rig.engine.restored().creations, 0, "a refused create is not in flight");
    rig.engine.create_call_as("order 7", request(0)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_reference_finds_an_uncertain_create() {
    let rig = Rig::impatient().await;
    rig.service.set_next_story(Story::Endless);
    rig.service.fail_next(Fault::ResponseLost);
    let first = rig.engine.create_call_as("order 7", request(0)).await;
    assert!(matches!(first, Err(call_engine::CreateError::Uncertain(..))), "{first:?}");
    let rig = rig.crash().await;
    let second = rig.engine.create_call_as("order 7", request(0)).await;
    let Err(call_engine::CreateError::Uncertain(pending, _)) = second else { panic!("{second:?}") };
    let call = pending.adopted().await.expect("its notifications arrive now");
    assert_eq!(rig.engine.create_call_as("order 7", request(0)).await.unwrap().id(), call.id());
    assert_eq!(rig.service.truths().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_forgotten_call_is_read_from_the_journal() {
    let rig = Rig::start().await;
    rig.service.set_next_story(Story::Endless);
    let call = rig.engine.create_call_as("order 7", request(0)).await.unwrap();
    call.wait_has_been(Established).await.unwrap();
    call.hang_up().await.unwrap().finished().await.unwrap();
    pass(Duration::from_secs(10)).await;
    let (id, before) = (call.id().clone(), call.view());
    let other = rig.create(Story::Busy).await;
    other.wait_ended().await.unwrap();
    pass(Duration::from_secs(600)).await;
    assert!(rig.engine.call(&id).await.is_none(), "it is forgotten");
    let after = rig.engine.past_view(&id).await.unwrap().expect("the journal has it");
    assert_eq!(
        (&after.timeline, &after.operations, &after.reference),
        (&before.timeline, &before.operations, &before.reference)
    );
    assert!(after.has_ended());
    let records = rig.engine.records(&id).await.unwrap();
    let both = records.len() + rig.engine.records(other.id()).await.unwrap().len();
    assert_eq!(
        both,
        rig.journal.records().len(),
        "each record belongs to one of them, also the intents to create them"
    );
    assert!(rig.engine.past_view(&"nothing".into()).await.unwrap().is_none());
    rig.create(Story::Busy).await.wait_ended().await.unwrap();
    assert_eq!(rig.engine.records(&id).await.unwrap(), records, "the index is extended");
}

#[tokio::test(start_paused = true)]
async fn a_restart_says_how_much_it_has_read() {
    let journal = Arc::new(MemoryJournal::keeping(2_500));
    let service = SimulatedService::start(SimulationSettings::default());
    let stamps = (0..3_000).map(|sequence| Stamp { sequence, ..Stamp::at(service.epoch().0) });
    let records: Vec<_> = stamps.map(gone).collect();
    journal.append(&records).await.unwrap();
    let settings = EngineSettings { epoch: Some(service.epoch()), ..EngineSettings::new(callback()) };
    let progress = settings.progress.clone();
    let (engine, _incoming) = Engine::start(settings, service.transport(), journal).await.unwrap();
    // The journal has discarded the first 500 records, and their positions do not count.
    assert_eq!((progress.read(), progress.all(), engine.restored().records), (2_500, 2_500, 2_500));
}
