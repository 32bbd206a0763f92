//! The parts of the demonstration: a service, a faulty network and an engine, all faster than real time.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use call_engine::call_core::{Config, KeepAlive, Probes, Silence};
use call_engine::call_journal::MemoryJournal;
use call_engine::call_msgraph::CallbackUri;
use call_engine::call_transport::{BoxError, RetrySettings, Retrying};
use call_engine::{Engine, EngineSettings, IncomingCalls};
use call_transport_http::{
    Authentication, FixedToken, HttpTransport, OpenIdSettings, ServerSettings, ServiceUrl, Timeouts, TokenPolicy,
    TokenValidator, Webhook, WebhookSettings, serve,
};
use call_transport_mock::{Callbacks, ChaosLevel, HttpSettings, ServiceSettings, SimulatedService, SimulationSettings};
use tokio::net::TcpListener;

/// Speed, as a multiple of real time.
pub(super) const SPEED: u32 = 25;

/// Service, network and engine.
pub(super) struct Stage {
    pub(super) service: SimulatedService,
    pub(super) engine: Engine,
    pub(super) incoming: IncomingCalls,
    pub(super) journal: Arc<MemoryJournal>,
    pub(super) reorder_window: Duration,
    pub(super) callback: CallbackUri,
}

/// Application id of the bot.
const APPLICATION: &str = "demo";

impl Stage {
    /// Starts service and engine, on ports of this machine that the system chooses.
    pub(super) async fn set(seed: u64) -> Result<Self, BoxError> {
        let service = SimulatedService::start(SimulationSettings {
            service: ServiceSettings {
                seed,
                speed: SPEED,
                callbacks: Callbacks::ThisMachine,
                ..ServiceSettings::default()
            },
            chaos: ChaosLevel::Wild,
            ..SimulationSettings::default()
        });
        let (listener, url) = listen().await?;
        let timeouts = Timeouts { response: fast(30), ..Timeouts::default() };
        let app = service.over_http(&HttpSettings { timeouts, ..HttpSettings::new(&url, APPLICATION)? })?;
        tokio::spawn(serve(listener, app, ServerSettings::default(), std::future::pending()));

        let tokens = Arc::new(FixedToken::new("demo"));
        let transport = HttpTransport::new(ServiceUrl::new(&format!("{url}/v1.0"))?, tokens, timeouts)?;
        let defaults = RetrySettings::default();
        let retries = RetrySettings {
            first_wait: defaults.first_wait / SPEED,
            max_wait: defaults.max_wait / SPEED,
            max_elapsed: defaults.max_elapsed / SPEED,
            ..defaults
        };
        let (listener, own_url) = listen().await?;
        let callback = CallbackUri::on_this_machine(&format!("{own_url}/callback"))?;
        let journal = Arc::new(MemoryJournal::keeping(usize::MAX));
        let calls = calls();
        let reorder_window = calls.reorder_window;
        let settings = EngineSettings {
            calls,
            epoch: Some(service.epoch()),
            adopt_within: fast(90),
            max_requests_in_flight: 1_024,
            requests_per_second: 10_000,
            incoming_queue: usize::from(u16::MAX),
            event_buffer: usize::from(u16::MAX),
            ..EngineSettings::new(callback.clone())
        };
        let transport = Arc::new(Retrying::new(transport, retries));
        let (engine, incoming) = Engine::start(settings, transport, Arc::clone(&journal) as _).await?;
        let documents = vec![ServiceUrl::new(&format!("{url}/v1/.well-known/openidconfiguration"))?];
        let keys = OpenIdSettings { documents, ..OpenIdSettings::default() };
        let authentication = Authentication::Token(Arc::new(TokenValidator::new(TokenPolicy::new(APPLICATION), keys)?));
        let webhook = Webhook::new(engine.intake(), authentication, WebhookSettings::default());
        let app = Router::new().nest("/callback", webhook.router());
        tokio::spawn(serve(listener, app, ServerSettings::default(), std::future::pending()));
        Ok(Self { service, engine, incoming, journal, reorder_window, callback })
    }
}

async fn listen() -> Result<(TcpListener, String), BoxError> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    Ok((listener, url))
}

/// Returns the default settings, but faster. Silence is one minute instead of half an hour, so that lost ends are found soon.
fn calls() -> Config {
    let (probes, keep_alive) = (Probes::default(), KeepAlive::default());
    let mut calls = Config::default();
    calls.reorder_window /= SPEED;
    calls.probes =
        Some(Probes { silence: Silence::every_phase(Some(fast(60))), patience: probes.patience / SPEED, ..probes });
    calls.keep_alive = Some(KeepAlive {
        every: keep_alive.every / SPEED,
        retry: keep_alive.retry / SPEED,
        ends_after: keep_alive.ends_after / SPEED,
        warn_before: keep_alive.warn_before / SPEED,
    });
    calls.limits.ended_calls = usize::MAX;
    calls.limits.foreign_calls = usize::MAX;
    calls
}

/// Returns the duration of some real seconds.
pub(super) fn fast(seconds: u32) -> Duration {
    Duration::from_secs(u64::from(seconds)) / SPEED
}
