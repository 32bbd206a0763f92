//! The service and the network that run beside the bot, driven by the clock of the runtime.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use call_core::Timestamp;
use call_msgraph::Method;
use call_transport::Response;
use serde_json::Value;
use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use crate::network::chaos::{Carried, Chaos, Packet};
use crate::network::ledger::Ledger;
use crate::service::machine::{Output, Service, ServiceInput};
use crate::service::truth::Truth;

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

/// Somebody who is posted to.
#[async_trait]
pub(crate) trait Bot: Send + Sync {
    /// Posts once, and returns when to try again if the bot wants that.
    async fn post(&self, packet: &Packet) -> Option<Duration>;
}

/// The service and the network, as they run beside the bot.
pub(crate) struct Shared {
    state: Mutex<State>,
    wake: Notify,
    starts_at: Timestamp,
    started: Instant,
}

pub(crate) struct State {
    pub(crate) service: Service,
    network: Chaos,
    pub(crate) ledger: Ledger,
    pub(crate) bot: Option<Arc<dyn Bot>>,
    waiting: HashMap<u64, oneshot::Sender<Response>>,
    pub(crate) faults: VecDeque<Fault>,
    requests: u64,
}

impl Shared {
    pub(crate) fn new(service: Service, network: Chaos, starts_at: Timestamp) -> Self {
        let state = State {
            service,
            network,
            ledger: Ledger::default(),
            bot: None,
            waiting: HashMap::new(),
            faults: VecDeque::new(),
            requests: 0,
        };
        Self { state: Mutex::new(state), wake: Notify::new(), starts_at, started: Instant::now() }
    }

    /// Returns what time it is at an instant of the runtime.
    pub(crate) fn epoch(&self) -> (Timestamp, Instant) {
        (self.starts_at, self.started)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
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

    pub(crate) async fn drive(self: Arc<Self>) {
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
