//! A thousand operations over a network that loses a fifth of everything, with restarts at any moment: each future resolves once,
//! in time, and to the truth.

use std::fmt::Write as _;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use call_core::{CallId, CallState, OperationEnd, OperationKey, Outcome, Source, TrackedOperation};
use call_engine::{CallHandle, Engine, EngineSettings, OperationError, Started};
use call_journal::MemoryJournal;
use call_msgraph::{
    Account, AddLargeGalleryView, CallOperation, CancelMediaProcessing, Dtmf, Invite, Mute, MuteParticipant,
    OperationRequest, PlayPrompt, Prompt, RecordResponse, SendDtmfTones, StartHoldMusic, StopHoldMusic,
    SubscribeToTone, Transfer, Unmute,
};
use call_tests::lossy::{Losses, LossyIntake, LossyTransport};
use call_transport::{RetrySettings, Retrying, Transport};
use call_transport_mock::{ChaosLevel, ServiceSettings, SimulatedService, SimulationSettings, Story};
use serde_json::Value;
use tokio::time::Instant;

use super::{callback, pass, request, taking};

/// Time within which the outcome of an operation is known after its request or a restart, with the default settings: 20 s of patience
/// and 150 s of probes, and here at most 30 s for the longest queue of prompts.
const KNOWN_WITHIN: Duration = Duration::from_secs(200);
const SEEDS: u64 = 10;
const CALLS: usize = 20;

/// A simulated service and the engine, which restarts now and then.
struct World {
    service: SimulatedService,
    losses: Arc<Losses>,
    journal: Arc<MemoryJournal>,
    engine: Mutex<(Option<Engine>, Instant)>,
}

impl World {
    async fn start(seed: u64) -> Arc<Self> {
        let service = ServiceSettings { seed, ..ServiceSettings::default() };
        let patience = Duration::from_secs(5);
        let settings =
            SimulationSettings { service, chaos: ChaosLevel::Wild, patience, ..SimulationSettings::default() };
        let world = Arc::new(Self {
            service: SimulatedService::start(settings),
            losses: Losses::new(seed),
            journal: Arc::new(MemoryJournal::keeping(usize::MAX)),
            engine: Mutex::new((None, Instant::now())),
        });
        world.restart().await;
        world
    }

    /// Stops the engine as a crash does, and starts another from the journal.
    async fn restart(&self) {
        self.service.connect(Arc::new(taking::Deaf));
        drop(self.engine.lock().unwrap_or_else(PoisonError::into_inner).0.take());
        pass(Duration::from_millis(500)).await;
        let lossy = LossyTransport(Arc::new(self.service.transport()) as Arc<dyn Transport>, Arc::clone(&self.losses));
        let transport = Arc::new(Retrying::new(lossy, RetrySettings::default()));
        let settings = EngineSettings { epoch: Some(self.service.epoch()), ..EngineSettings::new(callback()) };
        let started = Engine::start(settings, transport, Arc::clone(&self.journal) as _).await;
        let (engine, _) = started.expect("the journal is in memory");
        self.service.connect(Arc::new(LossyIntake(engine.intake(), Arc::clone(&self.losses))));
        *self.engine.lock().unwrap_or_else(PoisonError::into_inner) = (Some(engine), Instant::now());
    }

    /// Returns the engine that runs, and when it started.
    async fn engine(&self) -> (Engine, Instant) {
        loop {
            let running = self.engine.lock().unwrap_or_else(PoisonError::into_inner).clone();
            if let (Some(engine), since) = running {
                return (engine, since);
            }
            pass(Duration::from_millis(50)).await;
        }
    }

    /// Returns a call; `None` if the engine forgot it.
    async fn call(&self, id: &CallId) -> Option<(CallHandle, Instant)> {
        let (engine, since) = self.engine().await;
        engine.call(id).await.map(|call| (call, since))
    }

    /// Carries out an operation, whatever happens to the engine, and returns what became of it; `None` if it was refused.
    async fn carry_out(&self, id: &CallId, request: OperationRequest, context: &str) -> Option<Known> {
        let key = OperationKey::ClientContext(context.into());
        let requested_at = Instant::now();
        loop {
            let (call, since) = self.call(id).await?;
            let known = call.operation(&key);
            let started = match known {
                Some(started) => started,
                None => match call.operate(request.clone()).await {
                    Ok(operated) => operated.started?,
                    // After a crash, the next engine knows whether the request may have been sent.
                    Err(_) if self.engine().await.1 != since => continue,
                    Err(_) => return None,
                },
            };
            if let Some(known) = self.await_end(&started, since, requested_at).await {
                return Some(known);
            }
        }
    }

    /// Waits for the end of an operation; `None` if the engine crashed first.
    async fn await_end(&self, started: &Started, since: Instant, requested_at: Instant) -> Option<Known> {
        match started.finished().await {
            Err(OperationError::Unwatched) if self.engine().await.1 != since => return None,
            Err(OperationError::Unwatched) => panic!("{started:?} is not followed"),
            first => assert_eq!(started.finished().await, first, "{started:?} resolves once"),
        }
        let waited = Instant::now() - since.max(requested_at);
        assert!(waited <= KNOWN_WITHIN, "{started:?} was unknown for {waited:?}");
        let call = started.call();
        let view = call.view();
        let one = view.operations.iter().rfind(|one| one.has_key(&started.key)).expect("it is remembered");
        Some(Known { call: call.id().clone(), one: one.clone() })
    }
}

/// An operation whose end is known.
struct Known {
    call: CallId,
    one: TrackedOperation,
}

fn whom() -> Account {
    Account::new("550fae72-d251-43ec-868c-373732c2704f").expect("an id")
}

/// The operations of a call, in order, each with its client context.
fn operations(call: &CallId, number: usize) -> Vec<(String, OperationRequest)> {
    let prompt = || PlayPrompt::new(Prompt::new("https://cdn.contoso.com/beep.wav"));
    let context = |name: &str| format!("{name}-{number}");
    let on = |operation: Box<dyn FnOnce(CallId) -> OperationRequest>| operation(call.clone());
    macro_rules! named {
        ($($name:literal: $operation:expr,)*) => {
            vec![$((context($name), on(Box::new(|call| $operation.with_client_context(&context($name)).on(call))))),*]
        };
    }
    if number.is_multiple_of(2) {
        return named! {
            "subscribe": SubscribeToTone::new(),
            "prompt": prompt(),
            "record": RecordResponse::new(),
            "tones": SendDtmfTones::new(&[Dtmf::Digit(1), Dtmf::Star]),
            "again": prompt(),
        };
    }
    named! {
        "invite": Invite::new(whom()),
        "mute": Mute::new(),
        "unmute": Unmute::new(),
        "silence": MuteParticipant::new("participant-1"),
        "hold": StartHoldMusic::new("participant-1"),
        "resume": StopHoldMusic::new("participant-1"),
        "gallery": AddLargeGalleryView::new(),
        "group-prompt": prompt(),
    }
}

#[derive(Default)]
struct Tally {
    operations: u32,
    by_notification: u32,
    by_reply: u32,
    by_probe: u32,
    by_end_of_call: u32,
    never_reached: u32,
    unknown: u32,
    naive: u32,
    gets: u64,
}

#[tokio::test(start_paused = true)]
#[expect(clippy::print_stdout, reason = "the figures of the document")]
async fn every_outcome_is_learnt_in_the_wild() {
    let mut tally = Tally::default();
    for seed in 0..SEEDS {
        fastrand::seed(seed); // It decides the waits between retries.
        let world = World::start(seed).await;
        let mut bots = tokio::task::JoinSet::new();
        for number in 0..CALLS {
            world.service.set_next_story(if number.is_multiple_of(4) { Story::TransferFails } else { Story::Endless });
            let (engine, _) = world.engine().await;
            let create = request(if number.is_multiple_of(2) { 0 } else { 2 });
            let Ok(call) = engine.create_call(create).await else { continue };
            bots.spawn(bot(Arc::clone(&world), call.id().clone(), number));
        }
        let mut known = Vec::new();
        let mut crashes = fastrand::Rng::with_seed(seed);
        loop {
            tokio::select! {
                biased; // A random choice would not be reproducible.
                done = bots.join_next() => match done {
                    Some(done) => known.extend(done.expect("no bot panics")),
                    None => break,
                },
                () = pass(Duration::from_secs(crashes.u64(20..120))) => world.restart().await,
            }
        }
        pass(Duration::from_secs(60)).await;
        known.iter().for_each(|known| compare(&world, known, &mut tally));
        tally.gets += world.losses.gets.load(Ordering::Relaxed);
    }
    let report = tally.report();
    println!("{report}");
    assert!(tally.operations >= 1_000, "{report}");
    let page = include_str!("../../docs/outcomes.md");
    assert!(page.contains(&report), "docs/outcomes.md must contain\n{report}");
}

/// Carries out all operations of a call, then hangs up, or transfers the call first.
async fn bot(world: Arc<World>, id: CallId, number: usize) -> Vec<Known> {
    let mut known = Vec::new();
    loop {
        let Some((call, since)) = world.call(&id).await else { return known };
        match call.wait_has_been(CallState::Established).await {
            Ok(()) => break,
            Err(_) if world.engine().await.1 != since => {}
            Err(_) => return known,
        }
    }
    for (context, request) in operations(&id, number) {
        known.extend(world.carry_out(&id, request, &context).await);
        if number.is_multiple_of(6) && context.starts_with("prompt") {
            let cancel = CancelMediaProcessing::new().with_client_context("cancel").on(id.clone());
            known.extend(world.carry_out(&id, cancel, "cancel").await);
        }
    }
    known.extend(last_ones(&world, &id, number.is_multiple_of(2)).await);
    known
}

/// Transfers the call, and hangs up until it has ended.
async fn last_ones(world: &World, id: &CallId, transfers: bool) -> Vec<Known> {
    let mut known = Vec::new();
    if transfers {
        let transfer = Transfer::to(whom()).with_client_context("transfer").on(id.clone());
        known.extend(world.carry_out(id, transfer, "transfer").await);
    }
    for _ in 0..20 {
        match world.call(id).await {
            Some((call, _)) if !call.view().has_ended() => known.extend(hang_up(world, id).await),
            _ => break,
        }
    }
    known
}

/// Hangs up. The engine chooses the context, so the operation is found by its kind after a crash.
async fn hang_up(world: &World, id: &CallId) -> Option<Known> {
    let is_one = |one: &&TrackedOperation| &*one.requested.kind == "hangUp";
    let count = |call: &CallHandle| call.view().operations.iter().filter(is_one).count();
    let (call, since) = world.call(id).await?;
    let known_before = count(&call);
    if call.hang_up().await.is_err() && world.engine().await.1 == since {
        return None;
    }
    let requested_at = Instant::now();
    loop {
        let (call, since) = world.call(id).await?;
        if count(&call) == known_before {
            return None; // The engine crashed before it journalled the intent.
        }
        let key = call.view().operations.iter().rfind(is_one).expect("it is remembered").key();
        let started = call.operation(&key).expect("it is remembered");
        if let Some(known) = world.await_end(&started, since, requested_at).await {
            return Some(known);
        }
    }
}

/// Compares an outcome with the truth of the service.
fn compare(world: &World, known: &Known, tally: &mut Tally) {
    let Known { call, one } = known;
    let OperationEnd { outcome, how_known, .. } = one.end.clone().expect("it has ended");
    let truths = world.service.truths();
    let truth = truths.iter().find(|truth| truth.call == *call).expect("the service knows the call");
    let has_been = |state| truth.steps.iter().any(|step| step.state == state);
    let all = world.service.operations(call);
    let is_it = |other: &&Value| other["clientContext"] == *one.requested.client_context;
    let status = all.iter().find(is_it).and_then(|other| other["status"].as_str());
    let says = format!("{one:?}\n{status:?}\n{truth:?}");
    let has_ended = truth.has_ended();
    match (&*one.requested.kind, outcome) {
        ("transfer", Outcome::Completed) => assert!(has_been(CallState::TransferAccepted), "{says}"),
        ("transfer", Outcome::Failed) => {
            let transferring = truth.steps.iter().position(|step| step.state == CallState::Transferring);
            let after = transferring.map(|place| truth.steps[place + 1].state);
            assert_eq!(after, Some(CallState::Established), "{says}");
        }
        ("transfer", Outcome::Unknown) => assert!(!has_been(CallState::Transferring), "{says}"),
        ("hangUp", Outcome::Completed) | (_, Outcome::CallEnded) => assert!(has_ended, "{says}"),
        ("hangUp", Outcome::Unknown) => {}
        (_, Outcome::Completed) => assert_eq!(status, Some("completed"), "{says}"),
        (_, Outcome::Failed) => assert_eq!(status, Some("failed"), "{says}"),
        (_, Outcome::NotStarted) => assert_eq!(status, None, "{says}"),
        // Without an id the engine cannot ask, and the participants would show an invitation.
        ("invite", Outcome::Unknown) => assert_eq!(status, None, "{says}"),
        (_, _) => assert!(status.is_none() || one.id.is_none(), "{says}"),
    }
    tally.operations += 1;
    match (outcome, how_known.map(|receipt| receipt.source)) {
        (Outcome::CallEnded, _) => tally.by_end_of_call += 1,
        (Outcome::Unknown | Outcome::NotStarted, _) if status.is_none() => tally.never_reached += 1,
        (Outcome::Unknown | Outcome::NotStarted, _) => tally.unknown += 1,
        (_, Some(Source::Notification)) => tally.by_notification += 1,
        (_, Some(Source::Accepted { .. } | Source::CreateResponse { .. })) => tally.by_reply += 1,
        (_, _) => tally.by_probe += 1,
    }
    let is_naive = one.id.as_ref().is_some_and(|id| world.losses.naive().contains(&format!("{call}/{id}")));
    tally.naive +=
        u32::from(is_naive || how_known.is_some_and(|known| matches!(known.source, Source::Accepted { .. })));
}

impl Tally {
    fn report(&self) -> String {
        let share = |count: u32| f64::from(count) * 100.0 / f64::from(self.operations);
        let mut text = String::new();
        let rows = [
            ("operations", f64::from(self.operations), ""),
            ("learnt by notification", share(self.by_notification), " %"),
            ("learnt by the response", share(self.by_reply), " %"),
            ("learnt by a probe", share(self.by_probe), " %"),
            ("ended with their call", share(self.by_end_of_call), " %"),
            ("unknown: the request never reached the service", share(self.never_reached), " %"),
            ("unknown: no probe could tell", share(self.unknown), " %"),
        ];
        for (name, value, unit) in rows {
            let value = if unit.is_empty() { format!("{value:.0}") } else { format!("{value:.1}{unit}") };
            let _ = writeln!(text, "| {name} | {value} |");
        }
        // Which post a restart cuts off can differ from run to run, so one operation more or less is no difference.
        let _ = writeln!(text, "| learnt by a handler that reads only notifications | {:.0} % |", share(self.naive));
        let per_operation = self.gets as f64 / f64::from(self.operations);
        let _ = writeln!(text, "| GETs for each operation | {per_operation:.2} |");
        text
    }
}
