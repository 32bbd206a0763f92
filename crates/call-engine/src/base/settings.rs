//! The settings of an engine.

use std::time::Duration;

use call_core::{Config, NodeId, Timestamp};
use call_msgraph::{CallbackUri, JoinResponse};
use tokio::time::Instant;

use crate::base::decisions::{IncomingPolicy, JoinHook};
use crate::base::progress::RestoreProgress;

/// Settings of an engine.
#[derive(Debug, Clone)]
pub struct EngineSettings {
    /// Address of the webhook, at which the service reaches this engine. Each call that is created gets its own address below
    /// it, with a secret token.
    pub callback: CallbackUri,
    /// Settings of the core: when calls are probed, kept alive and forgotten.
    pub calls: Config,
    /// Number of this engine among all replicas of the bot. Each must have a different number. Default: 0.
    pub node: NodeId,
    /// Number of shards: tasks that own a subset of the calls each. Default: 4.
    pub shards: usize,
    /// Maximum number of deliveries in flight. When the limit is reached, the webhook answers 503 with `Retry-After`.
    /// Default: 4,096.
    pub max_deliveries_in_flight: usize,
    /// Value of `Retry-After`. Default: 2 s.
    pub retry_after: Duration,
    /// What to do with incoming calls. Default: offer them to the host.
    pub incoming: IncomingPolicy,
    /// Reply to a participant who asks to join a call that is recorded by policy, if no hook decides in time.
    pub join_response: JoinResponse,
    /// Shows how far the engine is with reading its journal when it starts.
    pub progress: RestoreProgress,
    /// Decides about each participant who asks to join. Default: `None`.
    pub join_hook: Option<JoinHook>,
    /// Time that the hook has. The service waits for the response of the post. Default: 5 s.
    pub join_within: Duration,
    /// Maximum number of probes, participant lists and keep-alives in flight. Default: 64.
    pub max_requests_in_flight: usize,
    /// Maximum number of these requests per second. Default: 100.
    pub requests_per_second: u32,
    /// Capacity of the queue of incoming calls. When the queue is full, further incoming calls are not offered to the host,
    /// and counted. Default: 1,024.
    pub incoming_queue: usize,
    /// Capacity of each subscriber's event buffer. A subscriber that falls further behind receives
    /// [`CallEvent::Lagged`](crate::CallEvent::Lagged) with the number of missed events. Default: 1,024.
    pub event_buffer: usize,
    /// Time from the intent to create a call within which the engine adopts the call when its first notification is received.
    /// The stamps decide, so a restart changes nothing. Default: 1 h.
    pub adopt_within: Duration,
    /// Maximum time that a shutdown waits for requests and deliveries in flight. Default: 10 s.
    pub shutdown_within: Duration,
    /// The time at an instant of the runtime; `None` uses the machine's clock. Only simulations set it. Default: `None`.
    pub epoch: Option<(Timestamp, Instant)>,
}

impl EngineSettings {
    /// Returns the default settings for a webhook address.
    #[must_use]
    pub fn new(callback: CallbackUri) -> Self {
        Self {
            callback,
            calls: Config::default(),
            node: NodeId(0),
            shards: 4,
            max_deliveries_in_flight: 4_096,
            retry_after: Duration::from_secs(2),
            incoming: IncomingPolicy::default(),
            join_response: JoinResponse::default(),
            progress: RestoreProgress::default(),
            join_hook: None,
            join_within: Duration::from_secs(5),
            max_requests_in_flight: 64,
            requests_per_second: 100,
            incoming_queue: 1_024,
            event_buffer: 1_024,
            adopt_within: Duration::from_secs(3_600),
            shutdown_within: Duration::from_secs(10),
            epoch: None,
        }
    }
}
