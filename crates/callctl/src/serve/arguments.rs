//! What can be set: by flags, by the environment or in a file, in this order of precedence.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, ValueEnum};
use serde::Deserialize;
use tracing_subscriber::filter::LevelFilter;

use crate::times::duration;

/// Everything that can be set, under one name everywhere: the flag `--app-id` is `CALLCTL_APP_ID` in the environment and `app-id` in
/// a file.
#[derive(Args, Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ServeArguments {
    /// Where to listen; port 0 is chosen by the system [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR", env = "CALLCTL_LISTEN")]
    pub(super) listen: Option<SocketAddr>,
    /// Where the service reaches this: https, or http on this machine
    #[arg(long, value_name = "URL", env = "CALLCTL_PUBLIC_URL")]
    pub(super) public_url: Option<String>,
    /// The base of the API, with its version [default: `https://graph.microsoft.com/v1.0`]
    #[arg(long, value_name = "URL", env = "CALLCTL_SERVICE_URL")]
    pub(super) service_url: Option<String>,
    /// Where everything that is received is kept
    #[arg(long, value_name = "DIR", env = "CALLCTL_JOURNAL")]
    pub(super) journal: Option<PathBuf>,
    /// How long the deliveries of a call are kept after it has ended [default: 24h]
    #[arg(long, value_name = "DURATION", env = "CALLCTL_RETAIN_ENDED", value_parser = duration)]
    #[serde(default, deserialize_with = "read_duration")]
    pub(super) retain_ended: Option<Duration>,
    /// How long anything is kept [default: 30d]
    #[arg(long, value_name = "DURATION", env = "CALLCTL_RETAIN", value_parser = duration)]
    #[serde(default, deserialize_with = "read_duration")]
    pub(super) retain: Option<Duration>,
    /// A fixed token for the service, for tests
    #[arg(long, value_name = "TOKEN", env = "CALLCTL_ACCESS_TOKEN", hide_env_values = true)]
    pub(super) access_token: Option<String>,
    /// The tenant whose tokens are asked for
    #[arg(long, value_name = "ID", env = "CALLCTL_TENANT_ID")]
    pub(super) tenant_id: Option<String>,
    /// The application that asks for tokens
    #[arg(long, value_name = "ID", env = "CALLCTL_CLIENT_ID")]
    pub(super) client_id: Option<String>,
    /// Its secret; better in the environment or the file, for other users see the flags
    #[arg(long, value_name = "SECRET", env = "CALLCTL_CLIENT_SECRET", hide_env_values = true)]
    pub(super) client_secret: Option<String>,
    /// Who gives the tokens [default: `https://login.microsoftonline.com`]
    #[arg(long, value_name = "URL", env = "CALLCTL_AUTHORITY_URL")]
    pub(super) authority_url: Option<String>,
    /// Whom the notifications are for: the audience of their tokens [default: that of --client-id]
    #[arg(long, value_name = "ID", env = "CALLCTL_APP_ID")]
    pub(super) app_id: Option<String>,
    /// The OpenID document of who signs the notifications [default: those of the API's documentation]
    #[arg(long, value_name = "URL", env = "CALLCTL_WEBHOOK_OPENID_URL")]
    pub(super) webhook_openid_url: Option<String>,
    /// Whose notifications are believed, separated by commas [default: those of the API's documentation]
    #[arg(long, value_name = "ISSUER", env = "CALLCTL_WEBHOOK_ISSUERS", value_delimiter = ',')]
    pub(super) webhook_issuers: Option<Vec<String>>,
    /// Believe whoever posts; only for a loopback address
    #[arg(long, env = "CALLCTL_INSECURE_WEBHOOK")]
    #[serde(default)]
    pub(super) insecure_webhook: bool,
    /// The secret that whoever uses /v1 has to show; needed unless the address is loopback
    #[arg(long, value_name = "SECRET", env = "CALLCTL_API_TOKEN", hide_env_values = true)]
    pub(super) api_token: Option<String>,
    /// How the log on the standard error looks [default: text]
    #[arg(long, value_enum, value_name = "FORMAT", env = "CALLCTL_LOG_FORMAT")]
    pub(super) log_format: Option<LogFormat>,
    /// How much is logged [default: info]
    #[arg(long, value_enum, value_name = "LEVEL", env = "CALLCTL_LOG_LEVEL")]
    pub(super) log_level: Option<LogLevel>,
    /// Read what is not set otherwise from a file: `docs/examples/serve.toml` says how
    #[arg(long, value_name = "FILE", env = "CALLCTL_CONFIG")]
    #[serde(skip)]
    pub(super) config: Option<PathBuf>,
    /// Say whether everything is set as it must be, and do nothing else
    #[arg(long)]
    #[serde(skip)]
    pub(super) check_config: bool,
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
    /// Takes what is not set here from a file.
    ///
    /// # Errors
    /// What is wrong with the file, and where; no value of it is shown, for it holds secrets.
    pub(super) fn or_of(self, file: &Path) -> Result<Self, String> {
        let shown = file.display();
        let text = std::fs::read_to_string(file).map_err(|error| format!("cannot read {shown}: {error}"))?;
        let other: Self = toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(0, |span| text[..span.start].matches('\n').count() + 1);
            format!("{shown}, line {line}: {}", error.message())
        })?;
        Ok(Self {
            listen: self.listen.or(other.listen),
            public_url: self.public_url.or(other.public_url),
            service_url: self.service_url.or(other.service_url),
            journal: self.journal.or(other.journal),
            retain_ended: self.retain_ended.or(other.retain_ended),
            retain: self.retain.or(other.retain),
            access_token: self.access_token.or(other.access_token),
            tenant_id: self.tenant_id.or(other.tenant_id),
            client_id: self.client_id.or(other.client_id),
            client_secret: self.client_secret.or(other.client_secret),
            authority_url: self.authority_url.or(other.authority_url),
            app_id: self.app_id.or(other.app_id),
            webhook_openid_url: self.webhook_openid_url.or(other.webhook_openid_url),
            webhook_issuers: self.webhook_issuers.or(other.webhook_issuers),
            insecure_webhook: self.insecure_webhook || other.insecure_webhook,
            api_token: self.api_token.or(other.api_token),
            log_format: self.log_format.or(other.log_format),
            log_level: self.log_level.or(other.log_level),
            config: self.config,
            check_config: self.check_config,
        })
    }
}

fn read_duration<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(deserializer)?;
    duration(&text).map(Some).map_err(serde::de::Error::custom)
}

impl LogLevel {
    /// Returns what is logged.
    pub(super) const fn filter(self) -> LevelFilter {
        match self {
            Self::Error => LevelFilter::ERROR,
            Self::Warn => LevelFilter::WARN,
            Self::Info => LevelFilter::INFO,
            Self::Debug => LevelFilter::DEBUG,
        }
    }
}
