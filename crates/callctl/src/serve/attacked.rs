//! What the fuzzer and the tests with its corpus attack: settings, and the resumption of events.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use axum::Router;
use axum::body::{Body, HttpBody as _};
use axum::http::{HeaderValue, Request};
use call_engine::call_msgraph::{CallbackUri, Received};
use call_engine::{Engine, EngineSettings};
use call_journal::MemoryJournal;
use call_transport_http::FixedToken;
use call_transport_mock::{SimulatedService, SimulationSettings};
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio_util::sync::CancellationToken;
use tower_service::Service as _;

use crate::serve::api::routes;
use crate::serve::arguments::ServeArguments;
use crate::serve::guard::Guard;
use crate::serve::joins::Joins;
use crate::serve::parts::Parts;
use crate::serve::settings::ServeSettings;
use crate::serve::sidecar::Sidecar;
use crate::view::mask::Privacy;

/// A text that stands for secrets in the input of [`settings`].
const SECRET: &str = "hushhush";

/// Any file of settings is read, or rejected with a problem that contains no secret.
pub fn settings(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let is_of_secret = |line: &str| {
        let name = line.split('=').next().unwrap_or_default().trim();
        ["access-token", "client-secret", "api-token"].contains(&name)
    };
    let is_secret = text.lines().all(|line| is_of_secret(line) || !line.contains(SECRET));
    let said = match ServeArguments::read(&text) {
        Ok(arguments) => ServeSettings::of(arguments).err().map(|problems| problems.to_string()),
        Err(why) => Some(why),
    };
    if let Some(said) = said {
        assert!(!is_secret || !said.contains(SECRET), "a secret is shown: {said}");
    }
}

/// A reader that reconnects with any `Last-Event-ID` receives the present call, unless it is the id of the present call. It never receives
/// the same event twice in a row.
pub fn events(bytes: &[u8]) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(resume(bytes));
}

/// Interprets each byte as a notification, a reconnection, or the length of an id that follows.
async fn resume(bytes: &[u8]) {
    const STATES: [&str; 6] = ["establishing", "ringing", "established", "hold", "terminating", "terminated"];
    let callback = CallbackUri::new("https://bot.contoso.com/callback").expect("an https address");
    let journal = Arc::new(MemoryJournal::keeping(1_000));
    let service = SimulatedService::start(SimulationSettings::default());
    let started = Engine::start(EngineSettings::new(callback.clone()), service.transport(), journal).await;
    let (engine, _incoming) = started.expect("the journal is empty");
    let intake = engine.intake();
    let sidecar = Sidecar {
        parts: Arc::new(Parts::start(engine.clone(), None, Arc::new(FixedToken::new("t0ken")))),
        engine,
        callback,
        privacy: Privacy::Shown,
        joins: Joins::new(),
        stopping: CancellationToken::new(),
        metrics: PrometheusBuilder::new().build_recorder().handle(),
    };
    let mut app = routes(sidecar, Guard(None));
    let notify = async |state: &str| {
        let post = format!(
            r##"{{"value":[{{"resourceUrl":"/communications/calls/c1","resourceData":{{"@odata.type":"#microsoft.graph.call","state":"{state}"}}}}]}}"##
        );
        intake.deliver(Received::post(post.into_bytes())).await;
    };
    notify("establishing").await;
    let (mut last, mut present) = (None, String::new());
    let mut bytes = bytes.iter().take(200).copied();
    while let Some(byte) = bytes.next() {
        let resumed = match byte {
            0..=99 => {
                notify(STATES[usize::from(byte) % STATES.len()]).await;
                continue;
            }
            100..=179 => last.clone(),
            _ => HeaderValue::from_bytes(&bytes.by_ref().take(usize::from(byte - 180)).collect::<Vec<_>>()).ok(),
        };
        let before = look(&mut app).await;
        let received = read(&mut app, resumed.as_ref()).await;
        let is_present = resumed.is_some() && resumed == last && before == present;
        assert_eq!(received.len(), usize::from(!is_present), "{resumed:?}: {received:?}");
        if let Some((id, call)) = received.into_iter().next() {
            assert_eq!(call, before, "the first event is the present call");
            (last, present) = (HeaderValue::from_str(&id).ok(), call);
        }
    }
}

async fn look(app: &mut Router) -> String {
    let request = Request::get("/calls/c1").body(Body::empty()).expect("a request");
    let Ok(response) = app.call(request).await;
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("a body");
    String::from_utf8(body.into()).expect("JSON")
}

/// Connects, and returns the ids and calls of the events that are received at once.
async fn read(app: &mut Router, last: Option<&HeaderValue>) -> Vec<(String, String)> {
    let mut request = Request::get("/calls/c1/events");
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let Ok(response) = app.call(request.body(Body::empty()).expect("a request")).await;
    let (mut body, mut text) = (response.into_body(), String::new());
    // Everything runs on this thread, so the stream is ready or waits for a change.
    for _ in 0..64 {
        tokio::task::yield_now().await;
        let frame = poll_fn(|cx| Poll::Ready(Pin::new(&mut body).poll_frame(cx))).await;
        if let Poll::Ready(Some(Ok(frame))) = frame {
            text += str::from_utf8(frame.data_ref().expect("data")).expect("text");
        }
    }
    let field =
        |event: &str, name: &str| event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().to_owned();
    text.split_terminator("\n\n").map(|event| (field(event, "id: "), field(event, "data: "))).collect()
}
