//! The engine against the simulated service, under tokio's paused clock.

mod creating;
mod following;
mod incoming;
mod listing;
mod restarting;
mod stopping;
mod taking;
mod truth;

use std::sync::Arc;
use std::time::Duration;

use call_engine::{CallHandle, Engine, EngineSettings, IncomingCalls};
use call_journal::MemoryJournal;
use call_msgraph::{CallbackUri, CreateCall};
use call_transport_mock::{ChaosLevel, ServiceSettings, SimulatedService, SimulationSettings, Story, sample_requests};

/// A service, and an engine that is connected to it.
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
        let started = Engine::start(settings, service.transport(), Arc::clone(&journal) as _).await;
        let (engine, incoming) = started.expect("nothing is kept yet");
        service.connect(engine.intake());
        Self { service, engine, incoming, journal }
    }

    /// Ends the engine as a crash does, and starts another one with what the journal kept.
    async fn crash(self) -> Self {
        let Self { service, engine, incoming, journal } = self;
        service.connect(Arc::new(taking::Deaf));
        drop((engine, incoming));
        let settings = EngineSettings { epoch: Some(service.epoch()), ..EngineSettings::new(callback()) };
        let started = Engine::start(settings, service.transport(), Arc::clone(&journal) as _).await;
        let (engine, incoming) = started.expect("the journal is in memory");
        service.connect(engine.intake());
        Self { service, engine, incoming, journal }
    }

    async fn create(&self, story: Story) -> CallHandle {
        self.service.tell_next(story);
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

/// Lets time pass, and everything happen that is due.
async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
}
