//! `callctl emulate`: emulates the calling service.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::time::Duration;

use anstream::ColorChoice;
use call_engine::call_transport::BoxError;
use call_transport_http::{ServerSettings, serve};
use call_transport_mock::{Callbacks, ChaosLevel, HttpSettings, ServiceSettings, SimulatedService, SimulationSettings};
use tracing_subscriber::filter::LevelFilter;

use crate::logs::LogSettings;
use crate::signals::{StopSignal, listen};
use crate::terminal::{complain, finish};
use crate::{exit, logs};

/// The command `emulate`.
pub(crate) struct Emulate {
    pub(crate) listen: SocketAddr,
    /// Addresses to which notifications are posted.
    pub(crate) callbacks: Callbacks,
    /// Whether the seed draws the stories of calls.
    pub(crate) draws: bool,
    /// Seed of all random choices; `None` chooses one.
    pub(crate) seed: Option<u64>,
    pub(crate) chaos: ChaosLevel,
    pub(crate) latency: Duration,
    pub(crate) speed: u32,
    pub(crate) application: String,
    pub(crate) color: ColorChoice,
}

impl Emulate {
    /// Serves until it is stopped, and returns the exit status.
    pub(crate) fn run(self) -> u8 {
        let level = LevelFilter::INFO;
        logs::start(LogSettings { level, is_json: false, color: self.color, includes_dependencies: false });
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        match runtime.map_err(BoxError::from).and_then(|runtime| runtime.block_on(self.serve())) {
            Ok(result) => finish(result, || 0),
            Err(error) => {
                complain(&format!("error: {error}\n"));
                exit::IO
            }
        }
    }

    /// Serves until it is stopped. The result says whether the address could be printed.
    async fn serve(self) -> Result<io::Result<()>, BoxError> {
        let seed = self.seed.unwrap_or_else(|| u64::from(fastrand::u16(..)));
        let listener = listen(self.listen).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let settings = ServiceSettings {
            seed,
            speed: self.speed,
            draws: self.draws,
            callbacks: self.callbacks,
            ..ServiceSettings::default()
        };
        let service = SimulatedService::start(SimulationSettings {
            service: settings,
            chaos: self.chaos,
            latency: self.latency,
            ..SimulationSettings::default()
        });
        let http = HttpSettings { callbacks: self.callbacks, ..HttpSettings::new(&url, &self.application)? };
        let app = service.over_http(&http)?;
        let stop = StopSignal::new()?;
        let mut out = io::stdout().lock();
        if let Err(error) = writeln!(out, "listening on {url}").and_then(|()| out.flush()) {
            return Ok(Err(error));
        }
        drop(out);
        tracing::info!(seed, chaos = self.chaos.as_str(), "ready");
        // A request that the network lost gets no response, so the shutdown does not wait for it.
        let settings = ServerSettings { shutdown_within: Duration::from_secs(1), ..ServerSettings::default() };
        serve(listener, app, settings, stop.received()).await;
        Ok(Ok(()))
    }
}
