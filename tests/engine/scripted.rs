//! A transport that answers as a test says, and an engine with a call that uses it.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use call_engine::{CallHandle, Engine, EngineSettings, IncomingCalls};
use call_journal::MemoryJournal;
use call_msgraph::Request;
use call_transport::{Reply, Response, SendError, Transport};
use call_transport_mock::{SimulatedService, SimulationSettings, Story};
use serde_json::Value;

use super::{callback, pass, request};

/// A request as it was sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sent {
    pub(crate) name: &'static str,
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
}

/// Answers operations as a test says, and passes everything else to the simulated service.
pub(crate) struct Scripted {
    pub(crate) service: Arc<dyn Transport>,
    pub(crate) script: Mutex<Script>,
}

#[derive(Default)]
pub(crate) struct Script {
    pub(crate) answers: VecDeque<Answered>,
    pub(crate) sent: Vec<Sent>,
}

pub(crate) enum Answered {
    With(u16, String),
    /// The request was sent, and no response came.
    Never,
}

#[async_trait]
impl Transport for Scripted {
    async fn send(&self, request: &Request) -> Result<Reply, SendError> {
        let body = request.body().map(Cow::into_owned);
        let sent = Sent { name: request.spec().name, path: request.path(), body };
        let answer = {
            let mut script = self.script();
            script.sent.push(sent);
            script.answers.pop_front()
        };
        match answer {
            Some(Answered::With(status, body)) => {
                Reply::read(request, Response::new(status).with_body(body.into_bytes()))
            }
            Some(Answered::Never) => Err(SendError::Uncertain("no response in time".into())),
            None => self.service.send(request).await,
        }
    }
}

impl Scripted {
    pub(crate) fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) struct Rig {
    pub(crate) engine: Engine,
    pub(crate) call: CallHandle,
    pub(crate) transport: Arc<Scripted>,
    pub(crate) service: SimulatedService,
    pub(crate) incoming: IncomingCalls,
}

impl Rig {
    /// Starts an engine with an established call: one of the sample requests.
    pub(crate) async fn with_call(sample: usize) -> Self {
        let service = SimulatedService::start(SimulationSettings::default());
        let transport = Arc::new(Scripted { service: Arc::new(service.transport()), script: Mutex::default() });
        let settings = EngineSettings { epoch: Some(service.epoch()), ..EngineSettings::new(callback()) };
        let journal = Arc::new(MemoryJournal::keeping(usize::MAX));
        let started = Engine::start(settings, Arc::clone(&transport) as _, journal).await;
        let (engine, incoming) = started.expect("the journal is in memory");
        service.connect(engine.intake());
        service.set_next_story(Story::Endless);
        let call = engine.create_call(request(sample)).await.expect("nothing is refused");
        pass(Duration::from_secs(60)).await;
        transport.script().sent.clear();
        Self { engine, call, transport, service, incoming }
    }

    pub(crate) fn answer(&self, status: u16, body: impl ToString) {
        self.transport.script().answers.push_back(Answered::With(status, body.to_string()));
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.transport.script().sent.clone()
    }
}
