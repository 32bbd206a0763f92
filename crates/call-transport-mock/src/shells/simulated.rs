//! The simulated service in one process with its user.

use std::sync::Arc;
use std::time::Duration;

use call_core::{CallId, Timestamp};
use call_transport::{Intake, Transport};
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::network::chaos::{Chaos, ChaosLevel};
use crate::network::ledger::Ledger;
use crate::service::machine::{Service, ServiceSettings};
use crate::service::story::Story;
use crate::service::truth::Truth;
use crate::shells::in_process::{InProcess, IntoIntake};
use crate::shells::running::{Bot, Fault, Shared};

/// Settings of a simulation.
#[derive(Debug, Clone)]
pub struct SimulationSettings {
    /// Settings of the service.
    pub service: ServiceSettings,
    /// Faults of the network.
    pub chaos: ChaosLevel,
    /// Additional delay of everything.
    pub latency: Duration,
    /// Timeout of requests.
    pub patience: Duration,
    /// Time at which the simulation begins.
    pub starts_at: Timestamp,
}

/// A running simulated service. It stops when it is dropped.
///
/// ```
/// use call_msgraph::{CallbackUri, Request};
/// use call_transport::Transport;
/// use call_transport_mock::{SimulatedService, SimulationSettings, sample_requests};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let service = SimulatedService::start(SimulationSettings::default());
/// let callback = CallbackUri::new("https://bot.contoso.com/callback")?;
/// let (_, create) = sample_requests(&callback)?.swap_remove(0);
/// let reply = service.transport().send(&Request::Create(create)).await?;
/// assert_eq!(Some(&service.truths()[0].call), reply.call.as_ref());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct SimulatedService {
    shared: Arc<Shared>,
    /// Timeout of requests.
    patience: Duration,
    driver: JoinHandle<()>,
}

impl Default for SimulationSettings {
    fn default() -> Self {
        Self {
            service: ServiceSettings::default(),
            chaos: ChaosLevel::None,
            latency: Duration::ZERO,
            patience: Duration::from_secs(30),
            starts_at: Timestamp::from_millis(1_772_359_200_000),
        }
    }
}

impl SimulatedService {
    /// Starts a service.
    ///
    /// # Panics
    /// Panics outside of a tokio runtime with a timer.
    #[must_use]
    pub fn start(settings: SimulationSettings) -> Self {
        let SimulationSettings { service, chaos, latency, patience, starts_at } = settings;
        let network = Chaos::new(chaos, service.seed ^ 1, service.speed).with_latency(latency);
        let shared = Arc::new(Shared::new(Service::new(service), network, starts_at));
        Self { driver: tokio::spawn(Arc::clone(&shared).drive()), shared, patience }
    }

    /// Delivers posts into an intake from here on. Without an intake, posts are lost.
    pub fn connect(&self, intake: Arc<dyn Intake>) {
        self.post_to(Arc::new(IntoIntake(intake)));
    }

    pub(crate) fn post_to(&self, bot: Arc<dyn Bot>) {
        self.shared.state().bot = Some(bot);
    }

    #[cfg(feature = "http")]
    pub(crate) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// Returns a transport to the service.
    #[must_use]
    pub fn transport(&self) -> Arc<dyn Transport> {
        Arc::new(InProcess::new(Arc::clone(&self.shared), self.patience))
    }

    /// Returns the time at an instant of the runtime, for `EngineSettings::epoch`.
    #[must_use]
    pub fn epoch(&self) -> (Timestamp, Instant) {
        self.shared.epoch()
    }

    /// Starts an incoming call to the bot with a webhook address.
    pub fn ring(&self, callback: &str) {
        self.shared.ring(callback);
    }

    /// Sets the story of the next call.
    pub fn set_next_story(&self, story: Story) {
        self.shared.state().service.set_next_story(story);
    }

    /// Sets a fault of the next request.
    pub fn fail_next(&self, fault: Fault) {
        self.shared.state().faults.push_back(fault);
    }

    /// Returns the truth of all calls so far.
    #[must_use]
    pub fn truths(&self) -> Vec<Truth> {
        self.shared.truths()
    }

    /// Returns the story of a call.
    #[must_use]
    pub fn story(&self, call: &CallId) -> Option<Story> {
        self.shared.state().service.story(call)
    }

    /// Returns the operations of a call as resources of the API, in the order of their requests.
    #[must_use]
    pub fn operations(&self, call: &CallId) -> Vec<Value> {
        self.shared.state().service.operations(call)
    }

    /// Returns the contents of all messages so far.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        self.shared.state().ledger.clone()
    }
}

impl Drop for SimulatedService {
    fn drop(&mut self) {
        self.driver.abort();
    }
}
