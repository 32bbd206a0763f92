//! Server-sent events. Each contains the whole call, so a reader that misses some events still has the latest state.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use call_core::CallId;
use call_engine::{CallEvent, CallView, EngineEvents};
use serde::{Deserialize, Serialize};
use tokio::sync::{broadcast, mpsc};
use tokio::time::Instant;
use tokio_stream::wrappers::ReceiverStream;

use crate::serve::joins::JoinEvent;
use crate::serve::operations::followed;
use crate::serve::problem::Problem;
use crate::serve::query::{Asked, Masking};
use crate::serve::shown::{show, show_in_page};
use crate::serve::sidecar::Sidecar;
use crate::view::mask::Privacy;

type Events = Sse<axum::response::sse::KeepAliveStream<ReceiverStream<Result<Event, Infallible>>>>;

/// Capacity of the buffer of a reader.
const BUFFER: usize = 16;
/// Time after which a reader is told which calls are forgotten.
const SWEEP: Duration = Duration::from_secs(60);
/// Number of calls that are looked up at a time.
const PAGE: usize = 256;

/// Streams the events of one call. The first event is the present call, unless `Last-Event-ID` says that the reader has it.
pub(super) async fn call_events(
    State(sidecar): State<Sidecar>,
    Path(id): Path<String>,
    Asked(masking): Asked<Masking>,
    headers: HeaderMap,
) -> Result<Events, Problem> {
    let call = followed(&sidecar, &id).await?;
    let id = call.id().clone();
    let mut last = headers.get("last-event-id").and_then(|last| last.to_str().ok()).map(str::to_owned);
    let mut events = call.events();
    let privacy = masking.of(&sidecar);
    Ok(stream(sidecar, async move |sender| {
        loop {
            let (version, event) = call_event(&show(&id, &call.view(), privacy));
            if last.as_ref() != Some(&version) {
                if sender.send(Ok(event)).await.is_err() {
                    return;
                }
                last = Some(version);
            }
            if events.next().await.is_none() {
                return;
            }
        }
    }))
}

/// Streams the events of all calls, beginning with one event for each call.
pub(super) async fn all_events(
    State(sidecar): State<Sidecar>,
    Asked(Following { masked, page }): Asked<Following>,
) -> Result<Events, Problem> {
    let events = sidecar.engine.events();
    let (engine, privacy, joins) = (sidecar.engine.clone(), Masking { masked }.of(&sidecar), sidecar.joins.subscribe());
    Ok(stream(sidecar, async move |sender| {
        let mut reader = Reader { engine, privacy, is_page: page, sender, sent: BTreeMap::new() };
        drop(reader.run(events, joins).await);
    }))
}

/// Parameters of the stream of all calls.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Following {
    #[serde(default)]
    masked: bool,
    /// Whether the reader is the page, which needs more.
    #[serde(default)]
    page: bool,
}

/// The reader has disconnected.
struct Gone;

/// Sends events to one reader, but never the same event of a call twice in a row.
struct Reader {
    engine: call_engine::Engine,
    privacy: Privacy,
    is_page: bool,
    sender: mpsc::Sender<Result<Event, Infallible>>,
    sent: BTreeMap<CallId, String>,
}

impl Reader {
    async fn run(
        &mut self,
        mut events: EngineEvents,
        mut joins: broadcast::Receiver<Arc<JoinEvent>>,
    ) -> Result<(), Gone> {
        self.send_all().await?;
        let mut sweeps = tokio::time::interval_at(Instant::now() + SWEEP, SWEEP);
        loop {
            let event = tokio::select! {
                biased; // A participant waits for a few seconds only.
                Ok(join) = joins.recv() => {
                    self.ask(&join).await?;
                    continue;
                }
                _ = sweeps.tick() => {
                    self.list(false).await?;
                    continue;
                }
                event = events.next() => event,
            };
            match event {
                None => return Ok(()),
                Some(CallEvent::Event((call, _))) => match self.engine.view(&call).await {
                    Some(view) => self.send(&call, &view).await?,
                    None => self.forget(&call).await?,
                },
                Some(CallEvent::Lagged(_) | _) => self.send_all().await?,
            }
        }
    }

    /// Sends the question whether a participant may join.
    async fn ask(&self, join: &JoinEvent) -> Result<(), Gone> {
        let mut question = serde_json::to_value(join).unwrap_or_default();
        if self.privacy == Privacy::Masked {
            question["notification"] = serde_json::Value::Null;
        }
        let event = Event::default().event("join").data(question.to_string());
        self.sender.send(Ok(event)).await.map_err(|_| Gone)
    }

    async fn send_all(&mut self) -> Result<(), Gone> {
        self.list(true).await?;
        self.tell_page("listed", &serde_json::json!({ "calls": self.sent.len() })).await
    }

    /// Lists all calls, sends them or not, and forgets those that the engine has forgotten, which is no event.
    async fn list(&mut self, sends: bool) -> Result<(), Gone> {
        let (mut after, mut listed) = (None, BTreeSet::new());
        loop {
            let calls = self.engine.calls(after.as_ref(), PAGE).await;
            if sends {
                for (call, view) in &calls {
                    self.send(call, view).await?;
                }
            }
            after = calls.last().map(|(call, _)| call.clone());
            if after.is_none() {
                break;
            }
            listed.extend(calls.into_iter().map(|(call, _)| call));
        }
        let gone: Vec<_> = self.sent.keys().filter(|call| !listed.contains(*call)).cloned().collect();
        for call in gone {
            self.forget(&call).await?;
        }
        Ok(())
    }

    async fn forget(&mut self, call: &CallId) -> Result<(), Gone> {
        match self.sent.remove(call) {
            Some(_) => self.tell_page("forgotten", &serde_json::json!({ "id": &*call.spelling() })).await,
            None => Ok(()),
        }
    }

    /// Tells the page which calls there are. Other readers need not know that.
    async fn tell_page(&self, name: &str, what: &serde_json::Value) -> Result<(), Gone> {
        if !self.is_page {
            return Ok(());
        }
        let event = Event::default().event(name).data(what.to_string());
        self.sender.send(Ok(event)).await.map_err(|_| Gone)
    }

    async fn send(&mut self, call: &CallId, view: &CallView) -> Result<(), Gone> {
        let (version, event) = match self.is_page {
            true => call_event(&show_in_page(call, view, &self.engine.stays(call).await, self.privacy)),
            false => call_event(&show(call, view, self.privacy)),
        };
        if self.sent.get(call) == Some(&version) {
            return Ok(());
        }
        self.sent.insert(call.clone(), version);
        self.sender.send(Ok(event)).await.map_err(|_| Gone)
    }
}

/// Returns the JSON of a call, and its event id: a hash, which is the same on every machine and after a restart.
fn call_event(call: &impl Serialize) -> (String, Event) {
    let text = serde_json::to_string(call).unwrap_or_default();
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let version = format!("{:016x}", hasher.finish());
    let event = Event::default().event("call").id(&version).data(text);
    (version, event)
}

/// Returns a stream that ends when the sidecar stops.
fn stream<F>(
    sidecar: Sidecar,
    run: impl FnOnce(mpsc::Sender<Result<Event, Infallible>>) -> F + Send + 'static,
) -> Events
where
    F: Future<Output = ()> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(BUFFER);
    tokio::spawn(async move {
        let closed = sender.clone();
        let streams = metrics::gauge!("callctl_event_streams");
        streams.increment(1);
        tokio::select! {
            () = sidecar.stopping.cancelled() => {}
            () = closed.closed() => {}
            () = run(sender) => {}
        }
        streams.decrement(1);
    });
    Sse::new(ReceiverStream::new(receiver)).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

#[cfg(test)]
mod tests {
    use axum::body::HttpBody as _;
    use axum::response::IntoResponse as _;
    use call_engine::call_msgraph::{CallbackUri, Received};
    use call_engine::{Engine, EngineSettings};
    use call_journal::MemoryJournal;
    use call_transport_mock::{SimulatedService, SimulationSettings};

    use super::*;

    /// Returns the names of the next events, with their calls.
    async fn next(body: &mut axum::body::Body, count: usize) -> Vec<String> {
        let mut names = Vec::new();
        while names.len() < count {
            let frame = std::future::poll_fn(|cx| std::pin::Pin::new(&mut *body).poll_frame(cx)).await;
            let frame = frame.expect("the stream goes on").expect("no error");
            let text = String::from_utf8_lossy(frame.data_ref().expect("data")).into_owned();
            let field = |name| text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            let data: serde_json::Value = serde_json::from_str(field("data: ")).expect("JSON");
            names.push(format!("{} {}", field("event: "), data.get("id").and_then(|id| id.as_str()).unwrap_or("-")));
        }
        names
    }

    #[tokio::test(start_paused = true)]
    async fn the_page_is_told_what_is_forgotten() {
        let callback = CallbackUri::new("https://bot.contoso.com/callback").expect("an https address");
        let mut settings = EngineSettings::new(callback);
        settings.calls.limits.ended_calls = 1;
        let service = SimulatedService::start(SimulationSettings::default());
        let started = Engine::start(settings, service.transport(), Arc::new(MemoryJournal::keeping(100))).await;
        let (engine, _incoming) = started.expect("the journal is empty");
        let end = async |call: &str| {
            let post = format!(
                r#"{{"resourceUrl":"/communications/calls/{call}","changeType":"deleted","resourceData":{{"state":"terminated"}}}}"#
            );
            engine.intake().deliver(Received::post(format!(r#"{{"value":[{post}]}}"#).into_bytes())).await;
        };
        end("c1").await;
        let (sender, receiver) = mpsc::channel(BUFFER);
        let (events, (_joins, joins)) = (engine.events(), broadcast::channel(1));
        let following = engine.clone();
        tokio::spawn(async move {
            let sent = BTreeMap::new();
            let mut reader = Reader { engine: following, privacy: Privacy::Masked, is_page: true, sender, sent };
            drop(reader.run(events, joins).await);
        });
        let mut body = Sse::new(ReceiverStream::new(receiver)).into_response().into_body();
        assert_eq!(next(&mut body, 2).await, ["call c1", "listed -"]);
        end("c2").await;
        assert_eq!(next(&mut body, 2).await, ["call c2", "forgotten c1"]);
    }
}
