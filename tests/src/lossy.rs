//! A network that loses a fifth of everything, on top of what the simulated one does, and posts without ids.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use call_msgraph::{Received, Request};
use call_transport::{Intake, IntakeAnswer, Reply, SendError, Transport};
use fastrand::Rng;
use serde_json::Value;

/// Share of requests, of responses and of posts that are lost, in percent.
const LOST: u32 = 10;
/// Share of posts of operations whose ids are removed, in percent.
const WITHOUT_ID: u32 = 20;

/// Draws what is lost, and counts what a host does.
#[derive(Debug)]
pub struct Losses {
    rng: Mutex<Rng>,
    /// Number of GETs that were sent, which the engine made to find something out.
    pub gets: AtomicU64,
    /// Ids of the operations that a host learns to have ended if it reads only the posts.
    pub naive: Mutex<BTreeSet<String>>,
}

impl Losses {
    /// Returns losses that a seed decides.
    #[must_use]
    pub fn new(seed: u64) -> Arc<Self> {
        Arc::new(Self { rng: Mutex::new(Rng::with_seed(seed)), gets: AtomicU64::new(0), naive: Mutex::default() })
    }

    fn happens(&self, percent: u32) -> bool {
        self.rng.lock().unwrap_or_else(PoisonError::into_inner).u32(..100) < percent
    }

    /// Returns the operations that a naive host knows to have ended.
    pub fn naive(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.naive.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A transport that loses requests and responses.
pub struct LossyTransport(pub Arc<dyn Transport>, pub Arc<Losses>);

#[async_trait]
impl Transport for LossyTransport {
    async fn send(&self, request: &Request) -> Result<Reply, SendError> {
        let is_create = matches!(request, Request::Create(_));
        if request.spec().method == call_msgraph::Method::Get {
            self.1.gets.fetch_add(1, Ordering::Relaxed);
        }
        if !is_create && self.1.happens(LOST) {
            return Err(SendError::Uncertain("the request is lost".into()));
        }
        let reply = self.0.send(request).await;
        if !is_create && self.1.happens(LOST) {
            return Err(SendError::Uncertain("the response is lost".into()));
        }
        reply
    }
}

/// An intake that loses posts, and removes the ids of operations.
pub struct LossyIntake(pub Arc<dyn Intake>, pub Arc<Losses>);

#[async_trait]
impl Intake for LossyIntake {
    async fn deliver(&self, mut post: Received) -> IntakeAnswer {
        if self.1.happens(LOST) {
            return IntakeAnswer::Accepted;
        }
        if let Ok(mut body) = serde_json::from_slice::<Value>(&post.body) {
            let removes = self.1.happens(WITHOUT_ID);
            for value in body["value"].as_array_mut().into_iter().flatten() {
                self.look(value, removes);
            }
            if !post.body.is_empty() {
                post.body = body.to_string().into_bytes().into();
            }
        }
        self.0.deliver(post).await
    }
}

impl LossyIntake {
    fn look(&self, value: &mut Value, removes: bool) {
        let path = ["resource", "resourceUrl"].iter().find_map(|key| value[*key].as_str()).unwrap_or_default();
        let call = path.split('/').skip_while(|part| *part != "calls").nth(1).unwrap_or_default().to_owned();
        let data = &mut value["resourceData"];
        if !data["@odata.type"].as_str().is_some_and(|name| name.ends_with("Operation")) {
            return;
        }
        if removes {
            data["id"] = Value::Null;
            for key in ["resource", "resourceUrl"] {
                let path = value[key].as_str().and_then(|path| path.rsplit_once('/')).map(|(path, _)| path.to_owned());
                if let Some(path) = path {
                    value[key] = path.into();
                }
            }
        } else if let Some(id) = data["id"].as_str() {
            self.1.naive().insert(format!("{call}/{id}"));
        }
    }
}
