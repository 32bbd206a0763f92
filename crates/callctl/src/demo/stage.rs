//! What the demonstration is played on: a service, a network in chaos, and an engine, all faster than in the world.

use std::sync::Arc;
use std::time::Duration;

use call_engine::call_core::{Config, KeepAlive, Probes};
use call_engine::call_journal::MemoryJournal;
use call_engine::call_msgraph::{CallbackUri, InvalidPart};
use call_engine::{Engine, EngineSettings, IncomingCalls};
use call_transport_mock::{ChaosLevel, ServiceSettings, SimulatedService, SimulationSettings};

/// How many times faster than in the world everything happens.
pub(super) const SPEED: u32 = 25;

/// Everything that plays, but for the bot.
pub(super) struct Stage {
    pub(super) service: SimulatedService,
    pub(super) engine: Engine,
    pub(super) incoming: IncomingCalls,
    pub(super) journal: Arc<MemoryJournal>,
    pub(super) reorder_window: Duration,
    pub(super) callback: CallbackUri,
}

impl Stage {
    pub(super) fn set(seed: u64) -> Result<Self, InvalidPart> {
        let callback = CallbackUri::new("https://bot.contoso.com/callback")?;
        let service = SimulatedService::start(SimulationSettings {
            service: ServiceSettings { seed, speed: SPEED, ..ServiceSettings::default() },
            chaos: ChaosLevel::Wild,
            patience: fast(30),
            ..SimulationSettings::default()
        });
        let journal = Arc::new(MemoryJournal::keeping(usize::MAX));
        let calls = calls();
        let reorder_window = calls.reorder_window;
        let settings = EngineSettings {
            calls,
            epoch: Some(service.epoch()),
            adopt_within: fast(90),
            requests: 1_024,
            requests_per_second: 10_000,
            incoming: usize::from(u16::MAX),
            events: usize::from(u16::MAX),
            ..EngineSettings::new(callback.clone())
        };
        let (engine, incoming) = Engine::start(settings, service.transport(), Arc::clone(&journal) as _);
        service.connect(engine.intake());
        Ok(Self { service, engine, incoming, journal, reorder_window, callback })
    }
}

/// As the settings usually are, but faster; and an end that nobody told of is found after a minute, for nobody waits half an hour.
fn calls() -> Config {
    let (probes, keep_alive) = (Probes::default(), KeepAlive::default());
    let mut calls = Config::default();
    calls.reorder_window /= SPEED;
    calls.probes = Some(Probes { silence: Some(fast(60)), patience: probes.patience / SPEED, ..probes });
    calls.keep_alive = Some(KeepAlive {
        every: keep_alive.every / SPEED,
        retry: keep_alive.retry / SPEED,
        ends_after: keep_alive.ends_after / SPEED,
        warn_before: keep_alive.warn_before / SPEED,
    });
    calls.limits.ended_calls = usize::MAX;
    calls.limits.unknown_calls = usize::MAX;
    calls
}

/// Returns so many seconds of the world.
pub(super) fn fast(seconds: u32) -> Duration {
    Duration::from_secs(u64::from(seconds)) / SPEED
}
