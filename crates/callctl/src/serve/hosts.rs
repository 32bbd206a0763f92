//! The names under which the sidecar is reached.
//!
//! A page of another site can let its own name point to this machine (DNS rebinding). The browser then takes the sidecar for a part of
//! that site, but still sends the name of the site in `Host`.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::serve::problem::Problem;

/// The accepted names.
#[derive(Clone)]
pub(super) struct Hosts(Arc<Names>);

struct Names {
    listener: IpAddr,
    /// Name of the public address, under which only the webhook is served.
    public: Option<String>,
    /// Further names, under which everything is served.
    allowed: BTreeSet<String>,
}

/// What is served under a name.
#[derive(Debug, PartialEq, Eq)]
enum Served {
    Everything,
    Webhook,
    Nothing,
}

impl Hosts {
    /// Returns the names of a sidecar: that of its listener, that of its public address, and further ones.
    pub(super) fn new(listener: SocketAddr, public: &str, allowed: &[String]) -> Self {
        let public = public.parse().ok().and_then(|public: Uri| public.host().map(bare));
        // Ports are not compared.
        let host =
            |allowed: &String| allowed.parse().ok().and_then(|host| name(&host)).unwrap_or_else(|| bare(allowed));
        let allowed = allowed.iter().map(host).collect();
        Self(Arc::new(Names { listener: listener.ip(), public, allowed }))
    }

    /// Passes on a request that was sent to an accepted name.
    pub(super) async fn check(State(hosts): State<Self>, request: Request, next: Next) -> Result<Response, Problem> {
        let mut named = request.headers().get_all(header::HOST).iter();
        // An address in the request line takes precedence over the header (RFC 9112, section 3.2.2).
        let host = match (request.uri().authority(), named.next(), named.next()) {
            (Some(authority), ..) => name(authority),
            (None, Some(host), None) => {
                host.to_str().ok().and_then(|host| host.parse().ok()).and_then(|host| name(&host))
            }
            (None, ..) => None,
        };
        let served = host.map_or(Served::Nothing, |host| hosts.0.served(&host));
        let is_webhook = is_webhook(request.uri().path());
        match served {
            Served::Everything => Ok(next.run(request).await),
            Served::Webhook if is_webhook => Ok(next.run(request).await),
            Served::Webhook => {
                let detail = "under the public name only the webhook is served; use the address of the listener, or start the sidecar with --allow-host";
                Err(Problem::new(StatusCode::NOT_FOUND, "path not found", detail))
            }
            Served::Nothing => {
                let detail = "the header `Host` names another host; use the address of the listener, or start the sidecar with --allow-host NAME";
                Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, "unknown host", detail))
            }
        }
    }
}

impl Names {
    fn served(&self, host: &str) -> Served {
        if self.is_listener(host) || self.allowed.contains(host) {
            Served::Everything
        } else if self.public.as_deref() == Some(host) {
            Served::Webhook
        } else {
            Served::Nothing
        }
    }

    /// Returns whether a name is the listener's own. A number is no name that could point elsewhere, so a listener at all addresses
    /// accepts every number.
    fn is_listener(&self, host: &str) -> bool {
        let address: Option<IpAddr> = host.parse().ok();
        let is_this_machine = host == "localhost" || address.is_some_and(|address| address.is_loopback());
        if self.listener.is_unspecified() {
            return is_this_machine || address.is_some();
        }
        address == Some(self.listener) || (self.listener.is_loopback() && is_this_machine)
    }
}

/// Path of the webhook.
pub(super) const WEBHOOK: &str = "/callback";

/// Returns whether a path is that of the webhook, or below it.
pub(super) fn is_webhook(path: &str) -> bool {
    path.strip_prefix(WEBHOOK).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns the name in an authority without a user.
fn name(authority: &Authority) -> Option<String> {
    (!authority.as_str().contains('@')).then(|| bare(authority.host()))
}

/// Returns a name in lower case, without brackets and a dot at its end.
fn bare(host: &str) -> String {
    host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_serves_what_it_should() {
        let served = |listener: &str, allowed: &[&str], host: &str| {
            let allowed: Vec<_> = allowed.iter().map(|&name| name.to_owned()).collect();
            let hosts = Hosts::new(listener.parse().expect("address"), "https://Bot.contoso.com:444/x", &allowed);
            hosts.0.served(&bare(host))
        };
        for (listener, allowed, host, expected) in [
            ("127.0.0.1:1", &[][..], "localhost", Served::Everything),
            ("127.0.0.1:1", &[], "[::1]", Served::Everything),
            ("127.0.0.1:1", &[], "10.0.0.1", Served::Nothing),
            ("127.0.0.1:1", &[], "localhost.evil.com", Served::Nothing),
            ("127.0.0.1:1", &[], "127.0.0.1.nip.io", Served::Nothing),
            ("127.0.0.1:1", &[], "bot.contoso.com.", Served::Webhook),
            ("127.0.0.1:1", &["bot.contoso.com"], "BOT.contoso.com", Served::Everything),
            ("127.0.0.1:1", &["sidecar"], "sidecar", Served::Everything),
            ("127.0.0.1:1", &["Sidecar:8080"], "sidecar", Served::Everything),
            ("0.0.0.0:1", &[], "10.1.2.3", Served::Everything),
            ("0.0.0.0:1", &[], "sidecar", Served::Nothing),
            ("10.1.2.3:1", &[], "10.1.2.3", Served::Everything),
            ("10.1.2.3:1", &[], "localhost", Served::Nothing),
        ] {
            assert_eq!(served(listener, allowed, host), expected, "{listener} {allowed:?} {host}");
        }
    }
}
