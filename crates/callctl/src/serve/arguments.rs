//! Settings from flags, environment variables or a file, in this order of precedence.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde::Deserialize;
use tracing_subscriber::filter::LevelFilter;

use crate::addresses::listen_address;
use crate::serve::secret::Secret;
use crate::times::duration;

/// All settings. The flag `--app-id` is `CALLCTL_APP_ID` in the environment and `app-id` in a file.
#[derive(Args, Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ServeArguments {
    /// Address to listen on, `:8081` for a port of this machine only; with port 0 the system chooses a port [default: 127.0.0.1:8081]
    #[arg(long, value_name = "ADDR", env = "CALLCTL_LISTEN", value_parser = listen_address)]
    #[serde(default, deserialize_with = "read_address")]
    pub(super) listen: Option<SocketAddr>,
    /// Address at which the service reaches the sidecar: https, or http with --allow-plain-http or on this machine
    #[arg(long, value_name = "URL", env = "CALLCTL_PUBLIC_URL")]
    pub(super) public_url: Option<String>,
    /// Base address of the API, with its version [default: `https://graph.microsoft.com/v1.0`]
    #[arg(long, value_name = "URL", env = "CALLCTL_SERVICE_URL")]
    pub(super) service_url: Option<String>,
    /// Allow http addresses of other machines for the service, the authority, the OpenID document and --public-url, for networks of
    /// containers and service meshes: secrets and tokens are then sent without TLS
    #[arg(long, env = "CALLCTL_ALLOW_PLAIN_HTTP")]
    #[serde(default)]
    pub(super) allow_plain_http: bool,
    /// Directory of the journal, which stores everything that is received
    #[arg(long, value_name = "DIR", env = "CALLCTL_JOURNAL")]
    pub(super) journal: Option<PathBuf>,
    /// Time for which the records of an ended call are kept [default: 24h]
    #[arg(long, value_name = "DURATION", env = "CALLCTL_RETAIN_ENDED", value_parser = duration)]
    #[serde(default, deserialize_with = "read_duration")]
    pub(super) retain_ended: Option<Duration>,
    /// Maximum age of any record [default: 30d]
    #[arg(long, value_name = "DURATION", env = "CALLCTL_RETAIN", value_parser = duration)]
    #[serde(default, deserialize_with = "read_duration")]
    pub(super) retain: Option<Duration>,
    /// Trust the clock of this machine: without it, a pause of more than three days does not count for the age of records, because it may
    /// be the fault of a clock
    #[arg(long, env = "CALLCTL_TRUST_CLOCK")]
    #[serde(default)]
    pub(super) trust_clock: bool,
    /// Fixed access token for the service, for tests
    #[arg(
        long,
        value_name = "TOKEN",
        env = "CALLCTL_ACCESS_TOKEN",
        hide_env_values = true,
        allow_hyphen_values = true
    )]
    pub(super) access_token: Option<Secret>,
    /// Tenant of the application
    #[arg(long, value_name = "ID", env = "CALLCTL_TENANT_ID")]
    pub(super) tenant_id: Option<String>,
    /// Application id of the bot, for access tokens
    #[arg(long, value_name = "ID", env = "CALLCTL_CLIENT_ID")]
    pub(super) client_id: Option<String>,
    /// Secret of the application; prefer the environment or the file, because other users can see flags
    #[arg(
        long,
        value_name = "SECRET",
        env = "CALLCTL_CLIENT_SECRET",
        hide_env_values = true,
        allow_hyphen_values = true
    )]
    pub(super) client_secret: Option<Secret>,
    /// Authority that issues access tokens [default: `https://login.microsoftonline.com`]
    #[arg(long, value_name = "URL", env = "CALLCTL_AUTHORITY_URL")]
    pub(super) authority_url: Option<String>,
    /// Application id in the tokens of notifications: their audience [default: --client-id]
    #[arg(long, value_name = "ID", env = "CALLCTL_APP_ID")]
    pub(super) app_id: Option<String>,
    /// OpenID document with the signing keys of notifications [default: those of the API documentation]
    #[arg(long, value_name = "URL", env = "CALLCTL_WEBHOOK_OPENID_URL")]
    pub(super) webhook_openid_url: Option<String>,
    /// Trusted issuers of the tokens of notifications, separated by commas [default: those of the API documentation]
    #[arg(long, value_name = "ISSUER", env = "CALLCTL_WEBHOOK_ISSUERS", value_delimiter = ',')]
    pub(super) webhook_issuers: Option<Vec<String>>,
    /// Tenants whose notifications are accepted, separated by commas [default: any]
    #[arg(long, value_name = "ID", env = "CALLCTL_TENANTS", value_delimiter = ',')]
    pub(super) tenants: Option<Vec<String>>,
    /// Accept notifications without a token; only with a loopback address
    #[arg(long, env = "CALLCTL_INSECURE_WEBHOOK")]
    #[serde(default)]
    pub(super) insecure_webhook: bool,
    /// Token that requests to /v1 must contain [default: generated, and stored in the file `api-token` of the journal]
    #[arg(long, value_name = "SECRET", env = "CALLCTL_API_TOKEN", hide_env_values = true, allow_hyphen_values = true)]
    pub(super) api_token: Option<Secret>,
    /// Accept requests to /v1 without a token: everyone who reaches the address can create calls and follow them
    #[arg(long, env = "CALLCTL_OPEN_API")]
    #[serde(default)]
    pub(super) open_api: bool,
    /// Further names under which everything is served, separated by commas. Requests must name the listener in `Host`, one of
    /// these, or for the webhook the host of --public-url
    #[arg(long, value_name = "NAME", env = "CALLCTL_ALLOW_HOST", value_delimiter = ',')]
    pub(super) allow_host: Option<Vec<String>>,
    /// What to do with incoming calls: let the bot decide, or a policy [default: ask]
    #[arg(long, value_enum, value_name = "POLICY", env = "CALLCTL_INCOMING")]
    pub(super) incoming: Option<Incoming>,
    /// User that incoming calls are redirected to, with `--incoming redirect`
    #[arg(long, value_name = "USER_ID", env = "CALLCTL_REDIRECT_TO")]
    pub(super) redirect_to: Option<String>,
    /// What to do with participants who ask to join a call that is recorded by policy [default: accept]
    #[arg(long, value_enum, value_name = "POLICY", env = "CALLCTL_JOINS")]
    pub(super) joins: Option<JoinChoice>,
    /// Format of the log on the standard error [default: text]
    #[arg(long, value_enum, value_name = "FORMAT", env = "CALLCTL_LOG_FORMAT")]
    pub(super) log_format: Option<LogFormat>,
    /// Minimum level of logged messages [default: info]
    #[arg(long, value_enum, value_name = "LEVEL", env = "CALLCTL_LOG_LEVEL")]
    pub(super) log_level: Option<LogLevel>,
    /// Log the messages of other libraries too, at the same level. Without it, only their warnings are logged
    #[arg(long, env = "CALLCTL_LOG_DEPENDENCIES")]
    #[serde(default)]
    pub(super) log_dependencies: bool,
    /// File with further settings; `docs/examples/serve.toml` is an example
    #[arg(long, value_name = "FILE", env = "CALLCTL_CONFIG")]
    #[serde(skip)]
    pub(super) config: Option<PathBuf>,
    /// Check the settings, obtain an access token and the signing keys, try the address and the journal, and exit
    #[arg(long)]
    #[serde(skip)]
    pub(super) check_config: bool,
    /// With --check-config, check only what needs no network, no address and no journal
    #[arg(long, requires = "check_config")]
    #[serde(skip)]
    pub(super) offline: bool,
}

/// What to do with incoming calls.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Incoming {
    /// The bot reads the events, and posts its decision
    Ask,
    /// Answer each call, with media hosted by the service
    Answer,
    /// Reject each call as busy
    Reject,
    /// Redirect each call to `--redirect-to`
    Redirect,
    /// Let each call ring
    Ignore,
}

/// What to do with participants who ask to join.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum JoinChoice {
    /// The bot reads the events, and posts its decision within 5 seconds; otherwise the participant may join
    Ask,
    /// Each participant may join
    Accept,
    /// No participant may join
    Reject,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LogLevel {
    Error,
    Warn,
    Info,
    Debug,
}

impl ServeArguments {
    /// Adds the settings of a file that are not set here.
    ///
    /// # Errors
    /// The problem of the file, with its line. It contains no value of the file, because the file contains secrets.
    pub(super) fn or_of(self, file: &Path) -> Result<Self, String> {
        let shown = file.display();
        let text = std::fs::read_to_string(file).map_err(|error| format!("cannot read {shown}: {error}"))?;
        Ok(self.or(Self::read(&text).map_err(|why| format!("{shown}, {why}"))?))
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// The first problem, with its line. It contains no secret.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            format!("line {line}: {}", error.message())
        })
    }

    fn or(self, other: Self) -> Self {
        Self {
            listen: self.listen.or(other.listen),
            public_url: self.public_url.or(other.public_url),
            service_url: self.service_url.or(other.service_url),
            allow_plain_http: self.allow_plain_http || other.allow_plain_http,
            journal: self.journal.or(other.journal),
            retain_ended: self.retain_ended.or(other.retain_ended),
            retain: self.retain.or(other.retain),
            trust_clock: self.trust_clock || other.trust_clock,
            access_token: self.access_token.or(other.access_token),
            tenant_id: self.tenant_id.or(other.tenant_id),
            client_id: self.client_id.or(other.client_id),
            client_secret: self.client_secret.or(other.client_secret),
            authority_url: self.authority_url.or(other.authority_url),
            app_id: self.app_id.or(other.app_id),
            webhook_openid_url: self.webhook_openid_url.or(other.webhook_openid_url),
            webhook_issuers: self.webhook_issuers.or(other.webhook_issuers),
            tenants: self.tenants.or(other.tenants),
            insecure_webhook: self.insecure_webhook || other.insecure_webhook,
            api_token: self.api_token.or(other.api_token),
            open_api: self.open_api || other.open_api,
            allow_host: self.allow_host.or(other.allow_host),
            incoming: self.incoming.or(other.incoming),
            redirect_to: self.redirect_to.or(other.redirect_to),
            joins: self.joins.or(other.joins),
            log_format: self.log_format.or(other.log_format),
            log_level: self.log_level.or(other.log_level),
            log_dependencies: self.log_dependencies || other.log_dependencies,
            config: self.config,
            check_config: self.check_config,
            offline: self.offline,
        }
    }
}

fn read_address<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<SocketAddr>, D::Error> {
    let text = String::deserialize(deserializer)?;
    listen_address(&text).map(Some).map_err(serde::de::Error::custom)
}

fn read_duration<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    duration(&text).map(Some).map_err(serde::de::Error::custom)
}

impl LogLevel {
    /// Returns the filter of the log.
    pub(super) const fn filter(self) -> LevelFilter {
        match self {
            Self::Error => LevelFilter::ERROR,
            Self::Warn => LevelFilter::WARN,
            Self::Info => LevelFilter::INFO,
            Self::Debug => LevelFilter::DEBUG,
        }
    }
}
