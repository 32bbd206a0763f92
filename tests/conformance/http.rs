//! The HTTP transport: client, webhook and simulated service over sockets.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::extract::Request as HttpRequest;
use axum::http::StatusCode;
use axum::routing::any;
use call_msgraph::{CallbackUri, Request};
use call_transport::conformance::{Fault, Harness, check};
use call_transport::{Intake, Reply, SendError, Transport};
use call_transport_http::{
    Authentication, FixedToken, HttpTransport, OpenIdSettings, ServerSettings, ServiceUrl, Timeouts, TokenPolicy,
    TokenValidator, Webhook, WebhookSettings, serve,
};
use call_transport_mock::{Callbacks, HttpSettings, ServiceSettings, SimulatedService, SimulationSettings, Story};
use tokio::net::TcpListener;
use tower_service::Service as _;

const SPEED: u32 = 25;

const APPLICATION: &str = "emulated-bot";

/// A transport that injects a fault into the next request.
struct Befallen {
    service: HttpTransport,
    closed_port: HttpTransport,
    throttling: HttpTransport,
    losing: HttpTransport,
    next: Mutex<Option<Fault>>,
}

#[async_trait]
impl Transport for Befallen {
    async fn send(&self, request: &Request) -> Result<Reply, SendError> {
        let fault = self.next.lock().unwrap_or_else(PoisonError::into_inner).take();
        let transport = match fault {
            None => &self.service,
            Some(Fault::NotSent) => &self.closed_port,
            Some(Fault::Throttled(_)) => &self.throttling,
            Some(Fault::ResponseLost) => &self.losing,
            Some(other) => panic!("{other:?} cannot be injected here"),
        };
        transport.send(request).await
    }
}

struct OverHttp {
    transport: Arc<Befallen>,
    service: SimulatedService,
    document: ServiceUrl,
    callback: CallbackUri,
    webhook: Mutex<Option<std::net::TcpListener>>,
}

impl OverHttp {
    fn start(settings: &HttpSettings) -> Self {
        let service = ServiceSettings { speed: SPEED, callbacks: Callbacks::ThisMachine, ..ServiceSettings::default() };
        let service = SimulatedService::start(SimulationSettings { service, ..SimulationSettings::default() });
        service.set_next_story(Story::Endless);
        let listener = listener();
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let http = HttpSettings { url: url.clone(), ..settings.clone() };
        let app = service.over_http(&http).expect("an application");
        let throttled = any(|| async { (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "7")]) });
        let losing = lost(app.clone());
        let app = app.route("/throttled/{*path}", throttled).nest("/lost", losing);
        tokio::spawn(serve(into_tokio(listener), app, ServerSettings::default(), std::future::pending()));

        let to = |base: &str| {
            let timeouts = Timeouts { response: Duration::from_secs(2), ..Timeouts::default() };
            let service = ServiceUrl::new(&format!("{base}/v1.0")).expect("an address");
            HttpTransport::new(service, Arc::new(FixedToken::new("any")), timeouts).expect("a transport")
        };
        let transport = Befallen {
            service: to(&url),
            // No process listens on port 1 of this machine.
            closed_port: to("http://127.0.0.1:1"),
            throttling: to(&format!("{url}/throttled")),
            losing: to(&format!("{url}/lost")),
            next: Mutex::new(None),
        };
        let webhook = self::listener();
        let address = webhook.local_addr().expect("an address");
        Self {
            transport: Arc::new(transport),
            service,
            document: ServiceUrl::new(&format!("{url}/v1/.well-known/openidconfiguration")).expect("an address"),
            callback: CallbackUri::on_this_machine(&format!("http://{address}/callback")).expect("an address"),
            webhook: Mutex::new(Some(webhook)),
        }
    }
}

/// Forwards a request to the service and drops the response.
fn lost(app: Router) -> Router {
    Router::new().fallback(move |request: HttpRequest| {
        let mut app = app.clone();
        async move {
            drop(app.call(request).await);
            std::future::pending::<StatusCode>().await
        }
    })
}

fn listener() -> std::net::TcpListener {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("a socket for tokio");
    listener
}

fn into_tokio(listener: std::net::TcpListener) -> TcpListener {
    TcpListener::from_std(listener).expect("a runtime with sockets")
}

impl Harness for OverHttp {
    fn transport(&self) -> Arc<dyn Transport> {
        Arc::clone(&self.transport) as _
    }

    fn connect(&self, intake: Arc<dyn Intake>) {
        let Some(listener) = self.webhook.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
        let keys = OpenIdSettings { documents: vec![self.document.clone()], ..OpenIdSettings::default() };
        let validator = TokenValidator::new(TokenPolicy::new(APPLICATION), keys).expect("a validator");
        let authentication = Authentication::Token(Arc::new(validator));
        let webhook = Webhook::new(intake, authentication, WebhookSettings::default());
        let app = Router::new().nest("/callback", webhook.router());
        tokio::spawn(serve(into_tokio(listener), app, ServerSettings::default(), std::future::pending()));
    }

    fn callback(&self) -> CallbackUri {
        self.callback.clone()
    }

    fn calls(&self) -> usize {
        self.service.truths().len()
    }

    fn inject(&self, fault: Fault) {
        *self.transport.next.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
    }

    fn speed(&self) -> u32 {
        SPEED
    }
}

#[tokio::test]
async fn the_http_transport_passes_the_conformance_suite() {
    // Generating keys takes a while, so all parts of the suite share one pair.
    let settings = HttpSettings::new("", APPLICATION).expect("a key");
    check(|| Box::new(OverHttp::start(&settings))).await;
}
