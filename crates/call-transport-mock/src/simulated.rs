//! The simulated service, beside whoever uses it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use call_core::{CallId, Timestamp};
use call_msgraph::Method;
use call_transport::{Intake, Response, Transport};
use serde_json::Value;
use tokio::sync::{Notify, oneshot};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::chaos::{Carried, Chaos, ChaosLevel, Packet};
use crate::in_process::{InProcess, IntoIntake};
use crate::ledger::Ledger;
use crate::service::{Output, Service, ServiceInput, ServiceSettings};
use crate::story::Story;
use crate::truth::Truth;

/// What a simulation is to be like.
#[derive(Debug, Clone)]
pub struct SimulationSettings {
    /// The service.
    pub service: ServiceSettings,
    /// The network.
    pub chaos: ChaosLevel,
    /// How much later everything arrives, whatever the network does to it.
    pub latency: Duration,
    /// How long a request is waited for.
    pub patience: Duration,
    /// What time it is when the simulation begins.
    pub starts_at: Timestamp,
}

/// What befalls the next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// It cannot be sent.
    NotSent,
    /// The service has too much to do.
    Throttled(Duration),
    /// It is done, and the response gets lost.
    ResponseLost,
}

/// A simulated service that runs beside the bot, and stops when it is dropped.
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
/// assert_eq!(service.truths()[0].call, reply.call);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct SimulatedService {
    shared: Arc<Shared>,
    driver: JoinHandle<()>,
}

/// Somebody who is posted to.
#[async_trait]
pub(crate) trait Bot: Send + Sync {
    /// Posts once, and returns when to try again if the bot wants that.
    async fn post(&self, packet: &Packet) -> Option<Duration>;
}

pub(crate) struct Shared {
    state: Mutex<State>,
    wake: Notify,
    starts_at: Timestamp,
    started: Instant,
    patience: Duration,
}

struct State {
    service: Service,
    network: Chaos,
    ledger: Ledger,
    bot: Option<Arc<dyn Bot>>,
    waiting: HashMap<u64, oneshot::Sender<Response>>,
    faults: VecDeque<Fault>,
    requests: u64,
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
    /// Outside of a tokio runtime with a timer.
    #[must_use]
    pub fn start(settings: SimulationSettings) -> Self {
        let SimulationSettings { service, chaos, latency, patience, starts_at } = settings;
        let state = State {
            network: Chaos::new(chaos, service.seed ^ 1, service.speed).with_latency(latency),
            service: Service::new(service),
            ledger: Ledger::default(),
            bot: None,
            waiting: HashMap::new(),
            faults: VecDeque::new(),
            requests: 0,
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            wake: Notify::new(),
            starts_at,
            started: Instant::now(),
            patience,
        });
        Self { driver: tokio::spawn(Arc::clone(&shared).drive()), shared }
    }

    /// Has the service post into an intake from here on; without one, what it posts gets lost.
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

    /// Returns the way to the service.
    #[must_use]
    pub fn transport(&self) -> Arc<dyn Transport> {
        Arc::new(InProcess::new(Arc::clone(&self.shared), self.shared.patience))
    }

    /// Returns what time it is at an instant of the runtime, for an engine that is compared with the truth.
    #[must_use]
    pub fn epoch(&self) -> (Timestamp, Instant) {
        (self.shared.starts_at, self.shared.started)
    }

    /// Has somebody call the bot, which is told at this address.
    pub fn ring(&self, callback: &str) {
        self.shared.ring(callback);
    }

    /// Decides what becomes of the next call that has no story yet.
    pub fn tell_next(&self, story: Story) {
        self.shared.state().service.tell_next(story);
    }

    /// Decides what befalls the next request that nothing befalls yet.
    pub fn fail_next(&self, fault: Fault) {
        self.shared.state().faults.push_back(fault);
    }

    /// Returns what really happened to each call so far.
    #[must_use]
    pub fn truths(&self) -> Vec<Truth> {
        self.shared.truths()
    }

    /// Returns the story of a call.
    #[must_use]
    pub fn story(&self, call: &CallId) -> Option<Story> {
        self.shared.state().service.story(call)
    }

    /// Returns what each message told so far.
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

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        self.starts_at.saturating_add(self.started.elapsed())
    }

    /// Hands the service an input, and the network what comes of it.
    fn handle(&self, state: &mut State, input: ServiceInput) {
        let now = self.now();
        state.service.handle(input, now);
        while let Some(output) = state.service.poll_output() {
            match output {
                Output::Response { id, response } => state.network.respond(id, response, now),
                Output::Notification(notification) => state.network.post(notification, now),
            }
        }
    }

    async fn drive(self: Arc<Self>) {
        let mut posting = tokio::task::JoinSet::new();
        loop {
            let next = {
                let mut state = self.state();
                self.handle(&mut state, ServiceInput::DeadlineReached);
                while let Some(carried) = state.network.poll_output(self.now()) {
                    match carried {
                        Carried::Response { id, response } => {
                            let waiting = state.waiting.remove(&id);
                            // Who asked may not wait any more.
                            drop(waiting.map(|waiting| waiting.send(response)));
                        }
                        Carried::Packet(packet) => {
                            state.ledger.note(&packet);
                            if let Some(bot) = &state.bot {
                                posting.spawn(post(Arc::clone(bot), packet));
                            }
                        }
                    }
                }
                [state.service.next_deadline(), state.network.next_deadline()].into_iter().flatten().min()
            };
            let sleep = async {
                match next {
                    Some(at) => tokio::time::sleep_until(self.started + at.saturating_since(self.starts_at)).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = sleep => {}
                () = self.wake.notified() => {}
                // What was posted is forgotten.
                Some(_) = posting.join_next() => {}
            }
        }
    }
}

/// A service that is told to come again does so a few times.
const ATTEMPTS: usize = 4;

async fn post(bot: Arc<dyn Bot>, packet: Packet) {
    for _ in 0..ATTEMPTS {
        let Some(retry_after) = bot.post(&packet).await else { return };
        tokio::time::sleep(retry_after).await;
    }
}

impl Shared {
    /// Has somebody call the bot.
    pub(crate) fn ring(&self, callback: &str) {
        self.handle(&mut self.state(), ServiceInput::Incoming { callback: callback.to_owned() });
        self.wake.notify_one();
    }

    pub(crate) fn truths(&self) -> Vec<Truth> {
        self.state().service.truths().cloned().collect()
    }

    /// Takes the fault that befalls the next request.
    pub(crate) fn next_fault(&self) -> Option<Fault> {
        self.state().faults.pop_front()
    }

    /// Hands a request to the service, unless the network loses it. Some responses never come.
    pub(crate) fn request(&self, method: Method, path: String, body: Option<Value>) -> oneshot::Receiver<Response> {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.state();
        state.requests += 1;
        let id = state.requests;
        // Whoever has given up on a response is not waited for.
        state.waiting.retain(|_, waiting| !waiting.is_closed());
        state.waiting.insert(id, sender);
        if state.network.carries_request() {
            self.handle(&mut state, ServiceInput::Request { id, method, path, body });
        }
        self.wake.notify_one();
        receiver
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SimulatedService").finish_non_exhaustive()
    }
}
