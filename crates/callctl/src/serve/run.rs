//! The command `callctl serve`.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anstream::ColorChoice;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS};
use axum::response::Response;
use axum::{Router, middleware};
use call_engine::Retention;
use call_engine::call_msgraph::{JoinResponse, RejectReason};
use call_engine::call_transport::{BoxError, RetrySettings, Retrying};
use call_engine::{ClockState, Engine, EngineSettings, IncomingCalls};
use call_journal::SqliteJournal;
use call_transport_http::{
    Authentication, ClientCredentials, FixedToken, HttpTransport, ServerSettings, Timeouts, TokenProvider,
    TokenValidator, Webhook, WebhookSettings, serve,
};
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::exit;
use crate::journal::INTERRUPTED;
use crate::logs::{self, LogSettings};
use crate::serve::access::Access;
use crate::serve::arguments::{JoinChoice, LogFormat, LogLevel, ServeArguments};
use crate::serve::guard::Guard;
use crate::serve::hosts::Hosts;
use crate::serve::joins::{ANSWER_WITHIN, Joins};
use crate::serve::settings::{Credentials, ServeSettings, WebhookPolicy};
use crate::serve::sidecar::Sidecar;
use crate::serve::{access, api, health, page};
use crate::signals::stop_signal;
use crate::terminal::{chain, complain, finish};
use crate::view::mask::Privacy;

/// The command `serve`.
pub(crate) struct Serve {
    pub(crate) arguments: ServeArguments,
    pub(crate) color: ColorChoice,
}

/// Difference to the machine's clock that is reported.
const LARGEST_DRIFT: Duration = Duration::from_secs(60);

/// Interval of the retention.
const RETENTION_INTERVAL: Duration = Duration::from_secs(3_600);

impl Serve {
    /// Serves until it is stopped, and returns the exit status.
    pub(crate) fn run(self) -> u8 {
        let Self { arguments, color } = self;
        let arguments = match arguments.config.clone() {
            Some(file) => match arguments.or_of(&file) {
                Ok(arguments) => arguments,
                Err(error) => {
                    complain(&format!("error: {error}\n"));
                    return exit::USAGE;
                }
            },
            None => arguments,
        };
        let is_check = arguments.check_config;
        let log = LogSettings {
            level: arguments.log_level.unwrap_or(LogLevel::Info).filter(),
            is_json: arguments.log_format == Some(LogFormat::Json),
            color,
            includes_dependencies: arguments.log_dependencies,
        };
        let settings = match ServeSettings::of(arguments) {
            Ok(settings) => settings,
            Err(problems) => {
                complain(&format!("{problems}See `callctl serve --help`.\n"));
                return exit::USAGE;
            }
        };
        if is_check {
            return finish(writeln!(io::stdout(), "the settings are valid"), || 0);
        }
        logs::start(log);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let served = runtime.map_err(BoxError::from).and_then(|runtime| runtime.block_on(run(settings)));
        match served {
            Ok(result) => finish(result, || 0),
            Err(error) => {
                complain(&format!("error: {}\n", chain(&*error)));
                exit::IO
            }
        }
    }
}

/// Serves until it is stopped. The inner result says whether the address could be printed.
async fn run(settings: ServeSettings) -> Result<io::Result<()>, BoxError> {
    let listener = TcpListener::bind(settings.listen).await?;
    let address = listener.local_addr()?;
    let stop = stop_signal()?;
    let (journal, recovery) = SqliteJournal::open(&settings.journal)?;
    // The journal itself logs that it was rebuilt.
    if recovery.was_interrupted {
        tracing::warn!("{INTERRUPTED}");
    }
    let journal = Arc::new(journal);
    let metrics = PrometheusBuilder::new().install_recorder()?;

    let transport = HttpTransport::new(settings.service, tokens(settings.credentials)?, Timeouts::default())?;
    let transport = Arc::new(Retrying::new(transport, RetrySettings::default()));
    let mut engine_settings = EngineSettings::new(settings.callback.clone());
    engine_settings.incoming = settings.incoming;
    let joins = Joins::new();
    engine_settings.join_within = Duration::from_secs(ANSWER_WITHIN);
    match settings.joins {
        JoinChoice::Ask => engine_settings.join_hook = Some(joins.hook()),
        JoinChoice::Accept => engine_settings.join_response = JoinResponse::Accept,
        JoinChoice::Reject => engine_settings.join_response = JoinResponse::Reject(RejectReason::Busy),
    }
    let (engine, incoming) = Engine::start(engine_settings, transport, Arc::clone(&journal) as _).await?;
    engine.restored().damage.iter().for_each(|damage| tracing::error!(%damage, "a part of the journal is damaged"));
    tokio::spawn(log_incoming(incoming));
    if !settings.retention.trusts_clock && engine.restored().clock != ClockState::Plausible {
        tracing::warn!(
            "the retention discards nothing because of this clock; if it is right, start with --trust-clock"
        );
    }
    let retaining = tokio::spawn(apply_retention(journal, settings.retention, engine.clone()));
    let watching = tokio::spawn(watch_clock(engine.clone()));

    let authentication = match settings.webhook {
        WebhookPolicy::Signed(settings) => {
            let (policy, keys) = *settings;
            let validator = Arc::new(TokenValidator::new(policy, keys)?);
            let keeping = Arc::clone(&validator);
            tokio::spawn(async move { keeping.keep_keys().await });
            Authentication::Token(validator)
        }
        WebhookPolicy::Any => Authentication::None,
    };
    let webhook = Webhook::new(engine.intake(), authentication, WebhookSettings::default());
    let hosts = Hosts::new(address, settings.callback.as_str(), &settings.allowed_hosts);
    let stopping = CancellationToken::new();
    let (guard, hint) = guard(settings.access, &settings.journal, address)?;
    let sidecar = Sidecar {
        engine: engine.clone(),
        callback: settings.callback,
        privacy: if guard.0.is_some() { Privacy::Shown } else { Privacy::Masked },
        joins,
        stopping: stopping.clone(),
        metrics,
    };
    let app = Router::new()
        .nest("/callback", webhook.router())
        .nest("/v1", api::routes(sidecar.clone(), guard))
        .merge(health::routes(sidecar))
        .merge(page::routes())
        .layer(middleware::from_fn_with_state(hosts, Hosts::check))
        .layer(middleware::map_response(harden));

    let mut out = io::stdout().lock();
    // Written at once: a reader may close the pipe after the first line.
    let ready = format!("listening on http://{address}\n{hint}");
    if let Err(error) = out.write_all(ready.as_bytes()).and_then(|()| out.flush()) {
        return Ok(Err(error));
    }
    drop(out);
    let stop = async move {
        stop.await;
        stopping.cancel();
    };
    serve(listener, app, ServerSettings::default(), stop).await;
    retaining.abort();
    watching.abort();
    engine.shutdown().await;
    Ok(Ok(()))
}

/// Returns the guard of the API, and what to tell the operator about it.
fn guard(access: Access, journal: &Path, address: SocketAddr) -> Result<(Guard, String), BoxError> {
    match access {
        Access::Given(token) => Ok((Guard(Some(token.into())), String::new())),
        Access::Stored => {
            let (token, file) = access::stored(journal)
                .map_err(|error| format!("cannot store the API token in {}: {error}", journal.display()))?;
            Ok((Guard(Some(token.into())), format!("the API token is in {}\n", file.display())))
        }
        Access::Open => {
            if !address.ip().is_loopback() {
                tracing::warn!(
                    "the API is open: everyone who reaches the address can create calls and follow them; remove --open-api"
                );
            }
            Ok((Guard(None), String::new()))
        }
    }
}

/// Lets a browser do nothing with a response that it need not do.
async fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    let nothing = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(nothing);
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn tokens(credentials: Credentials) -> Result<Arc<dyn TokenProvider>, BoxError> {
    Ok(match credentials {
        Credentials::Fixed(token) => Arc::new(FixedToken::new(&token)),
        Credentials::Client(settings) => Arc::new(ClientCredentials::new(*settings)?),
    })
}

/// Logs incoming calls. A bot that follows the events answers them.
async fn log_incoming(mut incoming: IncomingCalls) {
    while let Some(offered) = incoming.next().await {
        tracing::info!(call = %offered.handle().id(), "incoming call");
    }
}

/// Logs when the clock of the machine is set while the sidecar runs.
async fn watch_clock(engine: Engine) {
    let mut reported = Duration::ZERO;
    loop {
        let (ahead, behind) = engine.clock_drift();
        let drift = ahead.max(behind);
        metrics::gauge!("call_engine_clock_drift_seconds").set(ahead.as_secs_f64() - behind.as_secs_f64());
        if drift.abs_diff(reported) > LARGEST_DRIFT {
            reported = drift;
            tracing::warn!(
                ahead_seconds = ahead.as_secs(),
                behind_seconds = behind.as_secs(),
                "the clock of this machine was set, or the machine slept; new records keep the time since the start, and a restart follows the clock"
            );
        }
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
}

/// Applies the retention at intervals.
async fn apply_retention(journal: Arc<SqliteJournal>, retention: Retention, engine: Engine) {
    loop {
        match retention.apply(&*journal, engine.now()).await {
            Ok(retained) => {
                tracing::info!(kept = retained.kept, discarded = retained.discarded, "retention applied to the journal")
            }
            Err(error) => {
                tracing::warn!(
                    error = chain(&error),
                    "could not apply the retention to the journal; it is retried in an hour"
                )
            }
        }
        tokio::time::sleep(RETENTION_INTERVAL).await;
    }
}
