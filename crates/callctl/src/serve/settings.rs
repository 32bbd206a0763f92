//! Validated settings of the sidecar.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use call_engine::call_msgraph::{Account, Answer, CallbackUri, MediaConfig, Redirect, RejectReason};
use call_engine::{IncomingPolicy, Retention};
use call_transport_http::{ClientSecret, CredentialSettings, OpenIdSettings, ServiceUrl, TokenPolicy};

use crate::serve::access::Access;
use crate::serve::arguments::{Incoming, JoinChoice, ServeArguments};
use crate::serve::hosts::WEBHOOK;
use crate::serve::secret::Secret;

/// Validated settings of a sidecar.
pub(super) struct ServeSettings {
    pub(super) listen: SocketAddr,
    pub(super) callback: CallbackUri,
    pub(super) service: ServiceUrl,
    pub(super) journal: PathBuf,
    pub(super) retention: Retention,
    pub(super) credentials: Credentials,
    pub(super) webhook: WebhookPolicy,
    pub(super) access: Access,
    pub(super) allowed_hosts: Vec<String>,
    pub(super) incoming: IncomingPolicy,
    pub(super) joins: JoinChoice,
}

/// Credentials for requests to the service.
pub(super) enum Credentials {
    Fixed(String),
    Client(Box<CredentialSettings>),
}

impl Credentials {
    /// Returns the address that issues access tokens, or what is used instead.
    pub(super) fn authority(&self) -> String {
        match self {
            Self::Fixed(_) => "the settings".to_owned(),
            Self::Client(settings) => settings.authority.as_str().to_owned(),
        }
    }
}

/// Authentication of notifications.
pub(super) enum WebhookPolicy {
    Signed(Box<(TokenPolicy, OpenIdSettings)>),
    Any,
}

/// All problems of the settings.
#[derive(Debug)]
pub(super) struct Problems(Vec<String>);

impl ServeSettings {
    /// Validates settings.
    pub(super) fn of(arguments: ServeArguments) -> Result<Self, Problems> {
        let mut problems = Problems(Vec::new());
        let listen = arguments.listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8_081)));
        let is_local = listen.ip().is_loopback();
        let is_plain = arguments.allow_plain_http;
        let url = move |text: &str| url(text, is_plain);
        let callback = problems.need(arguments.public_url.as_deref(), "--public-url", |url| {
            let url = format!("{}{WEBHOOK}", url.trim_end_matches('/'));
            let callback = CallbackUri::new(&url).or_else(|_| CallbackUri::on_this_machine(&url));
            let callback = callback.or_else(|error| if is_plain { CallbackUri::plain(&url) } else { Err(error) });
            callback.map_err(|_| {
                "must be an https address, or an http address of this machine; --allow-plain-http allows others"
                    .to_owned()
            })
        });
        let service = arguments.service_url.as_deref().unwrap_or("https://graph.microsoft.com/v1.0");
        let service = problems.need(Some(service), "--service-url", url);
        let journal = problems.need(arguments.journal, "--journal", Ok);
        let defaults = Retention::default();
        let retention = Retention {
            after_end: arguments.retain_ended.unwrap_or(defaults.after_end),
            max_age: arguments.retain.unwrap_or(defaults.max_age),
            trusts_clock: arguments.trust_clock,
        };
        let application = arguments.app_id.or_else(|| arguments.client_id.clone());
        let credentials = match arguments.access_token {
            Some(token) => problems.need(Some(token), "--access-token", Secret::checked).map(Credentials::Fixed),
            None => {
                let tenant = problems.need(arguments.tenant_id, "--tenant-id (or --access-token)", Ok);
                let client = problems.need(arguments.client_id, "--client-id (or --access-token)", Ok);
                let secret =
                    problems.need(arguments.client_secret, "--client-secret (or --access-token)", Secret::checked);
                let authority = arguments.authority_url.as_deref();
                let authority = authority.and_then(|text| problems.need(Some(text), "--authority-url", url));
                tenant.zip(client).zip(secret).map(|((tenant, client), secret)| {
                    let mut settings = CredentialSettings::new(&tenant, &client, ClientSecret::new(secret));
                    settings.authority = authority.unwrap_or(settings.authority);
                    Credentials::Client(Box::new(settings))
                })
            }
        };
        let webhook = if arguments.insecure_webhook {
            if !is_local {
                problems.add("--insecure-webhook", "only allowed with a loopback address in --listen");
            }
            Some(WebhookPolicy::Any)
        } else {
            let application = problems.need(application, "--app-id (or --insecure-webhook)", Ok);
            application.map(|application| {
                let (mut policy, mut keys) = (TokenPolicy::new(&application), OpenIdSettings::default());
                policy.issuers = arguments.webhook_issuers.clone().unwrap_or(policy.issuers);
                policy.tenants = arguments.tenants.clone().map(|tenants| tenants.into_iter().collect());
                let document = arguments.webhook_openid_url.as_deref();
                let document = document.and_then(|text| problems.need(Some(text), "--webhook-openid-url", url));
                keys.documents = document.map_or(keys.documents, |document| vec![document]);
                WebhookPolicy::Signed(Box::new((policy, keys)))
            })
        };
        let access = match arguments.api_token {
            Some(_) if arguments.open_api => {
                problems.add("--open-api", "contradicts --api-token; remove one of them");
                None
            }
            Some(token) => problems.need(Some(token), "--api-token", Secret::checked).map(Access::Given),
            None if arguments.open_api => Some(Access::Open),
            None => Some(Access::Stored),
        };
        let lists = [
            ("--allow-host", &arguments.allow_host),
            ("--tenants", &arguments.tenants),
            ("--webhook-issuers", &arguments.webhook_issuers),
        ];
        for (setting, list) in lists {
            if list.iter().flatten().any(|element| element.trim().is_empty()) {
                problems.add(setting, "has an empty element; give it a value, or remove the setting");
            }
        }
        let redirect_to = arguments.redirect_to.as_deref();
        let incoming = match arguments.incoming.unwrap_or(Incoming::Ask) {
            Incoming::Ask => Some(IncomingPolicy::Offer),
            Incoming::Answer => Some(IncomingPolicy::Answer(Answer::new(&MediaConfig::service_hosted()))),
            Incoming::Reject => Some(IncomingPolicy::Reject(RejectReason::Busy)),
            Incoming::Ignore => Some(IncomingPolicy::LeaveAlone),
            Incoming::Redirect => problems.need(redirect_to, "--redirect-to (with --incoming redirect)", |user| {
                let account = Account::new(user).map_err(|error| error.to_string())?;
                Ok(IncomingPolicy::Redirect(Redirect::to(account)))
            }),
        };
        let joins = arguments.joins.unwrap_or(JoinChoice::Accept);
        match (callback, service, journal, credentials, webhook, access, incoming) {
            (
                Some(callback),
                Some(service),
                Some(journal),
                Some(credentials),
                Some(webhook),
                Some(access),
                Some(incoming),
            ) if problems.0.is_empty() => Ok(Self {
                listen,
                callback,
                service,
                journal,
                retention,
                credentials,
                webhook,
                access,
                allowed_hosts: arguments.allow_host.unwrap_or_default(),
                incoming,
                joins,
            }),
            _ => Err(problems),
        }
    }
}

fn url(text: &str, is_plain: bool) -> Result<ServiceUrl, String> {
    let url = if is_plain { ServiceUrl::plain(text) } else { ServiceUrl::new(text) };
    url.map_err(|error| format!("{error}; --allow-plain-http allows http addresses of other machines"))
}

impl Problems {
    fn add(&mut self, setting: &str, what: impl fmt::Display) {
        self.0.push(format!("{setting}: {what}"));
    }

    /// Reads a required setting.
    fn need<S, T>(&mut self, value: Option<S>, setting: &str, read: impl FnOnce(S) -> Result<T, String>) -> Option<T> {
        match value.map(read) {
            Some(Ok(value)) => return Some(value),
            Some(Err(why)) => self.add(setting, why),
            None => self.add(setting, "required, but not set"),
        }
        None
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|problem| writeln!(f, "error: {problem}"))
    }
}
