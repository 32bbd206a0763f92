//! Participants who ask to join a call that is recorded by policy, and the bot's decisions.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use call_engine::call_msgraph::{JoinResponse, RejectReason};
use call_engine::{JoinHook, Joining};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::{broadcast, oneshot};

use crate::serve::problem::Problem;

/// The participants who wait for a decision.
pub(super) struct Joins {
    waiting: Mutex<HashMap<String, oneshot::Sender<JoinResponse>>>,
    events: broadcast::Sender<Arc<JoinEvent>>,
    numbers: AtomicU64,
}

/// A participant asks to join.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JoinEvent {
    /// Id of the question.
    pub(super) id: String,
    call_id: Option<String>,
    /// Time within which the bot must decide, in seconds.
    answer_within: u64,
    /// The post, as it was received; null for clients without an API token.
    pub(super) notification: Value,
}

/// Time within which the bot must decide, in seconds.
pub(super) const ANSWER_WITHIN: u64 = 5;
/// Number of questions that a slow reader of events can be behind.
const BUFFER: usize = 64;

/// The decision of the bot.
#[derive(Deserialize)]
#[serde(tag = "response", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub(super) enum Decision {
    Accept,
    Reject { reason: Option<Reason> },
    InviteNewBot { invite_uri: String },
}

/// Reason of a rejection, as the API writes it.
#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "camelCase")]
pub(super) enum Reason {
    None,
    Busy,
    Forbidden,
}

impl Joins {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { waiting: Mutex::default(), events: broadcast::Sender::new(BUFFER), numbers: AtomicU64::new(0) })
    }

    /// Returns the hook that asks the bot.
    pub(super) fn hook(self: &Arc<Self>) -> JoinHook {
        let joins = Arc::clone(self);
        JoinHook::new(move |joining| Arc::clone(&joins).ask(joining))
    }

    /// Subscribes to the questions.
    pub(super) fn subscribe(&self) -> broadcast::Receiver<Arc<JoinEvent>> {
        self.events.subscribe()
    }

    /// Takes the decision of the bot.
    pub(super) fn decide(&self, id: &str, decision: Decision) -> Result<(), Problem> {
        let waiting = self.waiting().remove(id);
        let is_taken = waiting.is_some_and(|waiting| waiting.send(decision.response()).is_ok());
        let detail = "no participant waits for this decision: it was made already, or the time was over and the default was sent";
        if is_taken { Ok(()) } else { Err(Problem::new(StatusCode::NOT_FOUND, "join not found", detail)) }
    }

    async fn ask(self: Arc<Self>, joining: Joining) -> JoinResponse {
        let id = format!("join-{}", self.numbers.fetch_add(1, Ordering::Relaxed));
        let (sender, decided) = oneshot::channel();
        self.waiting().insert(id.clone(), sender);
        // If the time is over, the engine drops this future.
        let _question = Question { joins: &self, id: &id };
        let event = JoinEvent {
            id: id.clone(),
            call_id: joining.call.map(|call| call.to_string()),
            answer_within: ANSWER_WITHIN,
            notification: serde_json::from_slice(&joining.body).unwrap_or_default(),
        };
        // Fails if there is no reader of events.
        drop(self.events.send(Arc::new(event)));
        match decided.await {
            Ok(decision) => decision,
            Err(_) => std::future::pending().await,
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, HashMap<String, oneshot::Sender<JoinResponse>>> {
        // A poisoned lock is safe to use: no code panics while it changes the map.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A question that is open.
struct Question<'q> {
    joins: &'q Joins,
    id: &'q str,
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        self.joins.waiting().remove(self.id);
    }
}

impl Decision {
    /// Reads a decision.
    pub(super) fn read(body: Value) -> Result<Self, Problem> {
        serde_json::from_value(body)
            .map_err(|error| Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid decision", error.to_string()))
    }

    fn response(self) -> JoinResponse {
        match self {
            Self::Accept => JoinResponse::Accept,
            Self::Reject { reason } => JoinResponse::Reject(reason.unwrap_or(Reason::Busy).into()),
            Self::InviteNewBot { invite_uri } => JoinResponse::InviteNewBot(invite_uri),
        }
    }
}

impl From<Reason> for RejectReason {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::None => Self::None,
            Reason::Busy => Self::Busy,
            Reason::Forbidden => Self::Forbidden,
        }
    }
}
