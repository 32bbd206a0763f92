//! The engine against the simulated service, under tokio's paused clock.

mod clocks;
mod creating;
mod ending;
mod following;
mod incoming;
mod listing;
mod operations;
mod outcomes;
mod restarting;
mod scripted;
mod stopping;
mod taking;
mod tones;
mod truth;
mod wild_outcomes;

use std::sync::Arc;
use std::time::Duration;

use call_engine::{CallHandle, CreateError, Engine, EngineSettings, IncomingCall, IncomingCalls, PendingCall};
use call_journal::MemoryJournal;
use call_msgraph::{CallbackUri, CreateCall};
use call_transport::SendError;
use call_transport_mock::{
    ChaosLevel, Fault, ServiceSettings, SimulatedService, SimulationSettings, Story, sample_requests,
};

/// A simulated service, and an engine that is connected to it.
struct Rig {
    service: SimulatedService,
    engine: Engine,
    incoming: IncomingCalls,
    journal: Arc<MemoryJournal>,
}

impl Rig {
    async fn start() -> Self {
        Self::with(SimulationSettings::default(), |_| {}).await
    }

    async fn in_chaos(seed: u64, chaos: ChaosLevel) -> Self {
        let service = ServiceSettings { seed, ..ServiceSettings::default() };
        Self::with(SimulationSettings { service, chaos, ..SimulationSettings::default() }, |_| {}).await
    }

    async fn with(simulation: SimulationSettings, adjust: impl FnOnce(&mut EngineSettings)) -> Self {
        let service = SimulatedService::start(simulation);
        let journal = Arc::new(MemoryJournal::keeping(usize::MAX));
        let mut settings = EngineSettings::new(callback());
        settings.epoch = Some(service.epoch());
        adjust(&mut settings);
        Self::begin(settings, service, journal).await
    }

    /// Starts an engine from the journal.
    async fn begin(settings: EngineSettings, service: SimulatedService, journal: Arc<MemoryJournal>) -> Self {
        let started = Engine::start(settings, service.transport(), Arc::clone(&journal) as _).await;
        let (engine, incoming) = started.expect("the journal is in memory");
        service.connect(engine.intake());
        Self { service, engine, incoming, journal }
    }

    /// Stops the engine as a crash does, and starts another from the journal.
    async fn crash(self) -> Self {
        let Self { service, engine, incoming, journal } = self;
        service.connect(Arc::new(taking::Deaf));
        drop((engine, incoming));
        let settings = EngineSettings { epoch: Some(service.epoch()), ..EngineSettings::new(callback()) };
        Self::begin(settings, service, journal).await
    }

    /// Has a simulated caller call the bot, and returns the incoming call.
    async fn ring(&mut self) -> IncomingCall {
        self.service.ring(callback().as_str());
        self.incoming.next().await.expect("it rings")
    }

    /// A rig whose transport times out at once, and whose service does not post yet.
    async fn impatient() -> Self {
        let patience = Duration::from_millis(1);
        let rig = Self::with(SimulationSettings { patience, ..SimulationSettings::default() }, |_| {}).await;
        rig.service.connect(Arc::new(taking::Deaf));
        rig
    }

    /// Creates a call whose response is lost.
    async fn create_uncertain(&self) -> PendingCall {
        self.service.fail_next(Fault::ResponseLost);
        match self.engine.create_call(request(0)).await {
            Err(CreateError::Uncertain(pending, SendError::Uncertain(_))) => pending,
            created => panic!("{created:?}"),
        }
    }

    async fn create(&self, story: Story) -> CallHandle {
        self.service.set_next_story(story);
        self.engine.create_call(request(0)).await.expect("nothing is refused")
    }
}

fn callback() -> CallbackUri {
    CallbackUri::new("https://bot.contoso.com/callback").expect("an https address")
}

/// Makes a request of one of the ten kinds.
fn request(kind: usize) -> CreateCall {
    sample_requests(&callback()).expect("every part is a constant").swap_remove(kind).1
}

/// Advances the clock and lets everything that is due happen.
async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
}
