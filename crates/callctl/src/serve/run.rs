//! The command `callctl serve`.

use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anstream::ColorChoice;
use axum::{Router, middleware};
use call_engine::call_msgraph::{JoinResponse, RejectReason};
use call_engine::call_transport::{BoxError, RetrySettings, Retrying};
use call_engine::{ClockState, Engine, EngineSettings, IncomingCalls};
use call_journal::{Damage, SqliteJournal};
use call_transport_http::{Authentication, HttpTransport, ServerSettings, Timeouts, Webhook, WebhookSettings, serve};
use tokio_util::sync::CancellationToken;

use crate::exit;
use crate::journal::INTERRUPTED;
use crate::logs::{self, LogSettings};
use crate::serve::access::Access;
use crate::serve::arguments::{JoinChoice, LogFormat, LogLevel, ServeArguments};
use crate::serve::check::check;
use crate::serve::drain::refuse_new;
use crate::serve::early::Early;
use crate::serve::guard::Guard;
use crate::serve::headers::harden;
use crate::serve::hosts::{Hosts, WEBHOOK};
use crate::serve::joins::{ANSWER_WITHIN, Joins};
use crate::serve::parts::Parts;
use crate::serve::providers::{tokens, validator};
use crate::serve::settings::ServeSettings;
use crate::serve::sidecar::Sidecar;
use crate::serve::upkeep::{apply_retention, watch_clock};
use crate::serve::{access, api, files, health, metrics};
use crate::signals::{StopSignal, listen};
use crate::terminal::{chain, complain, finish, printable};
use crate::view::mask::Privacy;

/// Maximum time for which an ended call is listed, unless the grace period of the engine is longer.
const LISTED: Duration = Duration::from_secs(24 * 3_600);

/// The command `serve`.
pub(crate) struct Serve {
    pub(crate) arguments: ServeArguments,
    pub(crate) color: ColorChoice,
}

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
        let (is_check, is_offline) = (arguments.check_config, arguments.offline);
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
        if is_check && is_offline {
            return finish(writeln!(io::stdout(), "the settings are valid"), || 0);
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(BoxError::from);
        let outcome = runtime.and_then(|runtime| {
            if is_check {
                return Ok(runtime.block_on(check(settings)));
            }
            logs::start(log);
            runtime.block_on(run(settings)).map(|printed| printed.map(|()| true))
        });
        match outcome {
            Ok(Ok(is_good)) => {
                if is_good {
                    0
                } else {
                    exit::IO
                }
            }
            Ok(Err(error)) => finish(Err(error), || 0),
            Err(error) => {
                complain(&format!("error: {}\n", chain(&*error)));
                exit::IO
            }
        }
    }
}

/// Serves until it is stopped. The inner result says whether the address could be printed.
async fn run(settings: ServeSettings) -> Result<io::Result<()>, BoxError> {
    let listener = listen(settings.listen).await?;
    let address = listener.local_addr()?;
    let stop = StopSignal::new()?;
    let (journal, recovery) = SqliteJournal::open(&settings.journal)?;
    // The journal itself logs that it was rebuilt.
    if recovery.was_interrupted {
        tracing::warn!("{INTERRUPTED}");
    }
    let metrics = metrics::install()?;

    let tokens = tokens(settings.credentials)?;
    let transport = HttpTransport::new(settings.service, Arc::clone(&tokens), Timeouts::default())?;
    let transport = Arc::new(Retrying::new(transport, RetrySettings::default()));
    let mut engine_settings = EngineSettings::new(settings.callback.clone());
    engine_settings.incoming = settings.incoming;
    // The page lists the calls of a day. The number of ended calls is limited anyway.
    engine_settings.calls.grace = engine_settings.calls.grace.max(settings.retention.after_end.min(LISTED));
    let joins = Joins::new();
    engine_settings.join_within = Duration::from_secs(ANSWER_WITHIN);
    match settings.joins {
        JoinChoice::Ask => engine_settings.join_hook = Some(joins.hook()),
        JoinChoice::Accept => engine_settings.join_response = JoinResponse::Accept,
        JoinChoice::Reject => engine_settings.join_response = JoinResponse::Reject(RejectReason::Busy),
    }
    let early = Early::new(engine_settings.progress.clone());
    let hosts = Hosts::new(address, settings.callback.as_str(), &settings.allowed_hosts);
    let app = early.clone().routes();
    let app = app.layer(middleware::from_fn_with_state(hosts, Hosts::check)).layer(middleware::map_response(harden));
    let closing = CancellationToken::new();
    let serving = tokio::spawn(serve(listener, app, ServerSettings::default(), closing.clone().cancelled_owned()));
    let (engine, incoming) = Engine::start(engine_settings, transport, Arc::new(journal)).await?;
    log_damage(&engine.restored().damage);
    tokio::spawn(log_incoming(incoming));
    if !settings.retention.trusts_clock && engine.restored().clock != ClockState::Plausible {
        tracing::warn!(
            "the retention discards nothing because of this clock; if it is right, start with --trust-clock"
        );
    }
    let retaining = tokio::spawn(apply_retention(settings.retention, engine.clone()));
    let watching = tokio::spawn(watch_clock(engine.clone()));

    let validator = validator(settings.webhook)?;
    let parts = Arc::new(Parts::start(engine.clone(), validator.clone(), tokens));
    let authentication = validator.map_or(Authentication::None, Authentication::Token);
    let webhook = Webhook::new(engine.intake(), authentication, WebhookSettings::default());
    let stopping = CancellationToken::new();
    let (guard, hint) = guard(settings.access, &settings.journal, address)?;
    let sidecar = Sidecar {
        engine: engine.clone(),
        callback: settings.callback,
        privacy: if guard.0.is_some() { Privacy::Shown } else { Privacy::Masked },
        joins,
        stopping: stopping.clone(),
        metrics,
        parts,
    };
    let app = Router::new()
        .nest(WEBHOOK, webhook.router())
        .nest("/v1", api::routes(sidecar.clone(), guard))
        .merge(health::routes(sidecar))
        .merge(files::routes())
        .layer(middleware::from_fn_with_state(stopping.clone(), refuse_new));
    early.open(app);

    let mut out = io::stdout().lock();
    // Written at once: a reader may close the pipe after the first line.
    let ready = format!("listening on http://{address}\n{hint}");
    if let Err(error) = out.write_all(ready.as_bytes()).and_then(|()| out.flush()) {
        return Ok(Err(error));
    }
    drop(out);
    stop.received().await;
    stopping.cancel();
    // The address stays open meanwhile, so that the service is told when to send a post again.
    engine.shutdown().await;
    closing.cancel();
    drop(serving.await);
    retaining.abort();
    watching.abort();
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

/// Logs the damaged parts of the journal: the first ones, and the number of the others.
fn log_damage(damage: &[Damage]) {
    const MOST: usize = 10;
    for damage in damage.iter().take(MOST) {
        tracing::error!(damage = printable(&damage.to_string()), "a part of the journal is damaged");
    }
    if let Some(more) = damage.len().checked_sub(MOST).filter(|more| *more > 0) {
        tracing::error!(more, "further parts of the journal are damaged; `callctl journal verify` lists them");
    }
}

/// Logs incoming calls. A bot that follows the events answers them.
async fn log_incoming(mut incoming: IncomingCalls) {
    while let Some(offered) = incoming.next().await {
        tracing::info!(call = printable(&offered.handle().id().spelling()), "incoming call");
    }
}
