//! The base address of a service: https, or http on this machine.

use std::borrow::Cow;

use call_msgraph::internal::is_local_http;
use url::Url;

use crate::connections::Reach;

/// Address of a service: https, or http on this machine. Other http addresses must be allowed with [`plain`](Self::plain).
///
/// ```
/// use call_transport_http::ServiceUrl;
/// assert_eq!(ServiceUrl::new("https://graph.microsoft.com/v1.0/"), Ok(ServiceUrl::GRAPH));
/// assert!(ServiceUrl::new("http://127.0.0.1:8080/v1.0").is_ok());
/// assert!(ServiceUrl::new("http://graph.microsoft.com/v1.0").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceUrl(Cow<'static, str>);

/// A text that is not the address of a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected an https address, or an http address of this machine, without user, query and fragment; for example https://graph.microsoft.com/v1.0"
)]
pub struct InvalidServiceUrl;

impl ServiceUrl {
    /// Version 1.0 of Microsoft Graph in the worldwide cloud: `https://graph.microsoft.com/v1.0`.
    pub const GRAPH: Self = Self::constant("https://graph.microsoft.com/v1.0");

    /// Returns a constant address, which must be one that [`new`](Self::new) accepts and does not change.
    pub(crate) const fn constant(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }

    /// Reads an address.
    ///
    /// # Errors
    /// [`InvalidServiceUrl`] if it has another scheme, a user, a query or a fragment, or if a secret would be sent over a network
    /// without TLS.
    pub fn new(text: &str) -> Result<Self, InvalidServiceUrl> {
        Self::read(text, is_safe)
    }

    /// Reads an address that may also be an http address of another machine: for a network that is trusted, such as that of
    /// containers or a service mesh. **Tokens and secrets are sent over it without TLS.**
    ///
    /// # Errors
    /// [`InvalidServiceUrl`] if it has another scheme, a user, a query or a fragment.
    pub fn plain(text: &str) -> Result<Self, InvalidServiceUrl> {
        Self::read(text, |url| matches!(url.scheme(), "http" | "https") && url.has_host())
    }

    fn read(text: &str, is_allowed: impl FnOnce(&Url) -> bool) -> Result<Self, InvalidServiceUrl> {
        let url = Url::parse(text.trim_end_matches('/')).map_err(|_| InvalidServiceUrl)?;
        let is_bare = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
        if !is_allowed(&url) || !is_bare || url.password().is_some() {
            return Err(InvalidServiceUrl);
        }
        Ok(Self(Cow::Owned(url.as_str().trim_end_matches('/').to_owned())))
    }

    /// Returns whether an address that the document at this one names may be requested: it must be as safe.
    pub(crate) fn may_name(&self, text: &str) -> bool {
        Url::parse(text).is_ok_and(|url| match self.reach() {
            Reach::Network => url.scheme() == "https",
            Reach::ThisMachine => is_safe(&url),
            Reach::PlainNetwork => matches!(url.scheme(), "http" | "https"),
        })
    }

    /// Returns the address, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the address of a path below it.
    pub(crate) fn join(&self, path: &str) -> String {
        format!("{}{path}", self.as_str())
    }

    pub(crate) fn reach(&self) -> Reach {
        if self.0.starts_with("https:") {
            Reach::Network
        } else if is_local_http(&self.0) {
            Reach::ThisMachine
        } else {
            Reach::PlainNetwork
        }
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
        for plain in ["http://10.0.0.1/v1.0", "http://emulator:8080/v1.0"] {
            assert_eq!(ServiceUrl::plain(plain).map(|url| url.reach()), Ok(Reach::PlainNetwork), "{plain}");
        }
        for wrong in ["ftp://emulator", "http://user:password@emulator", "http://emulator/?a=b", "emulator:8080"] {
            assert_eq!(ServiceUrl::plain(wrong), Err(InvalidServiceUrl), "{wrong}");
        }
        for right in ["http://[::1]:80/v1.0/", "http://localhost", "https://graph.microsoft.us"] {
            assert!(ServiceUrl::new(right).is_ok(), "{right}");
        }
    }

    #[test]
    fn every_constant_is_a_valid_address() {
        let settings = crate::OpenIdSettings::default();
        let authority =
            crate::CredentialSettings::new("tenant", "client", crate::ClientSecret::new("secret".to_owned())).authority;
        for constant in settings.documents.iter().chain([&ServiceUrl::GRAPH, &authority]) {
            assert_eq!(ServiceUrl::new(constant.as_str()).as_ref(), Ok(constant));
        }
    }
}
