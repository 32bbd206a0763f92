//! Runs the service and the network with the clock of the runtime.

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

/// A fault of the next request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The request cannot be sent.
    NotSent,
    /// The service throttles the request.
    Throttled(Duration),
    /// The request is carried out, and the response is lost.
    ResponseLost,
}

/// A receiver of posts.
#[async_trait]
pub(crate) trait Bot: Send + Sync {
    /// Posts once, and returns the time to wait if the bot asks for a retry.
    async fn post(&self, packet: &Packet) -> Option<Duration>;
}

/// The running service and network.
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

    /// Returns the time at an instant of the runtime.
    pub(crate) fn epoch(&self) -> (Timestamp, Instant) {
        (self.starts_at, self.started)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Timestamp {
        self.starts_at.saturating_add(self.started.elapsed())
    }

    /// Passes an input to the service, and its outputs to the network.
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
                            // Fails if the caller no longer waits.
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
                // Finished posts are removed.
                Some(_) = posting.join_next() => {}
            }
        }
    }
}

/// Maximum number of retries of a post.
const ATTEMPTS: usize = 4;

async fn post(bot: Arc<dyn Bot>, packet: Packet) {
    for _ in 0..ATTEMPTS {
        let Some(retry_after) = bot.post(&packet).await else { return };
        tokio::time::sleep(retry_after).await;
    }
}

impl Shared {
    /// Starts an incoming call.
    pub(crate) fn ring(&self, callback: &str) {
        self.handle(&mut self.state(), ServiceInput::Incoming { callback: callback.to_owned() });
        self.wake.notify_one();
    }

    pub(crate) fn truths(&self) -> Vec<Truth> {
        self.state().service.truths().cloned().collect()
    }

    /// Returns the fault of the next request.
    pub(crate) fn next_fault(&self) -> Option<Fault> {
        self.state().faults.pop_front()
    }

    /// Passes a request to the service, unless the network loses it. Some responses are lost.
    pub(crate) fn request(&self, method: Method, path: String, body: Option<Value>) -> oneshot::Receiver<Response> {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.state();
        state.requests += 1;
        let id = state.requests;
        // Callers that gave up are removed.
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
