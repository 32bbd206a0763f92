//! The base address of a service: https, or http on this machine.

use call_msgraph::internal::is_local_http;
use url::Url;

use crate::connections::Reach;

/// Address of a service: https, or http on this machine.
///
/// ```
/// use call_transport_http::ServiceUrl;
/// let graph = ServiceUrl::new("https://graph.microsoft.com/v1.0")?;
/// assert_eq!(graph.as_str(), "https://graph.microsoft.com/v1.0");
/// assert!(ServiceUrl::new("http://127.0.0.1:8080/v1.0").is_ok());
/// assert!(ServiceUrl::new("http://graph.microsoft.com/v1.0").is_err());
/// # Ok::<(), call_transport_http::InvalidServiceUrl>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceUrl(Url);

/// A text that is not the address of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected an https address, or an http address of this machine, without user, query and fragment; for example https://graph.microsoft.com/v1.0"
)]
pub struct InvalidServiceUrl;

impl ServiceUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// [`InvalidServiceUrl`] if it has another scheme, a user, a query or a fragment, or if a secret would be sent over a network
    /// without TLS.
    pub fn new(text: &str) -> Result<Self, InvalidServiceUrl> {
        let url = Url::parse(text.trim_end_matches('/')).map_err(|_| InvalidServiceUrl)?;
        let is_plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        if is_safe(&url) && is_plain && url.password().is_none() { Ok(Self(url)) } else { Err(InvalidServiceUrl) }
    }

    /// Returns whether a foreign address may be requested.
    pub(crate) fn is_allowed(text: &str) -> bool {
        Url::parse(text).is_ok_and(|url| is_safe(&url))
    }

    /// Returns the address, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// Returns the address of a path below it.
    pub(crate) fn join(&self, path: &str) -> String {
        format!("{}{path}", self.as_str())
    }

    pub(crate) fn reach(&self) -> Reach {
        if self.0.scheme() == "https" { Reach::Network } else { Reach::ThisMachine }
    }
}

fn is_safe(url: &Url) -> bool {
    url.scheme() == "https" || is_local_http(url.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_require_https_beyond_loopback() {
        for wrong in [
            "http://10.0.0.1/v1.0",
            "http://localhost.contoso.com",
            "http://127.0.0.1.nip.io",
            "ftp://127.0.0.1",
            "https://user:password@graph.microsoft.com",
            "https://graph.microsoft.com/?a=b",
            "graph.microsoft.com",
            "",
        ] {
            assert_eq!(ServiceUrl::new(wrong), Err(InvalidServiceUrl), "{wrong}");
        }
        for right in ["http://[::1]:80/v1.0/", "http://localhost", "https://graph.microsoft.us"] {
            assert!(ServiceUrl::new(right).is_ok(), "{right}");
        }
    }
}
