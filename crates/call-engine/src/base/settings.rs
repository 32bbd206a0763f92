use std::time::Duration;

use call_core::{Config, NodeId, Timestamp};
use call_msgraph::{CallbackUri, JoinResponse};
use tokio::time::Instant;

/// What an engine is to be like.
#[derive(Debug, Clone)]
pub struct EngineSettings {
    /// Where the service reaches this engine: the address of the webhook. Each call that is created gets an address of its own
    /// below it, with a token that nobody can guess.
    pub callback: CallbackUri,
    /// How calls are reconciled, asked for, kept alive and forgotten.
    pub calls: Config,
    /// Which of several engines this one is.
    pub node: NodeId,
    /// How many tasks the calls are spread over.
    pub shards: usize,
    /// How many deliveries may be under way at once. For more the service is told to come again.
    pub max_deliveries_in_flight: usize,
    /// When the service is told to come again.
    pub retry_after: Duration,
    /// What a participant is answered who asks to join a call that is recorded by policy. A host that decides from case to case
    /// puts an intake of its own before the engine's.
    pub join_response: JoinResponse,
    /// How many requests are under way at once that nobody but the engine asked for: probes and keep-alives.
    pub max_requests_in_flight: usize,
    /// How many of these are sent in a second at most.
    pub requests_per_second: u32,
    /// How many incoming calls may wait for the host to take them. Further ones are left to themselves, and counted.
    pub incoming_queue: usize,
    /// How many events a subscriber may be behind before it misses some.
    pub event_buffer: usize,
    /// Time from the intent to create a call until which it is adopted if it turns up. The stamps decide, so that a restart changes
    /// nothing.
    pub adopt_within: Duration,
    /// How long a shutdown waits for what is under way.
    pub shutdown_within: Duration,
    /// What time it is at an instant of the runtime; `None` for the machine's time. For simulations, which share theirs.
    pub epoch: Option<(Timestamp, Instant)>,
}

impl EngineSettings {
    /// Makes settings for an engine that is reached at this address; everything else is as it is usually good.
    #[must_use]
    pub fn new(callback: CallbackUri) -> Self {
        Self {
            callback,
            calls: Config::default(),
            node: NodeId(0),
            shards: 4,
            max_deliveries_in_flight: 4_096,
            retry_after: Duration::from_secs(2),
            join_response: JoinResponse::default(),
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
