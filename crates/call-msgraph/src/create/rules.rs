//! Rules for the parts of a request, for building and for judging.

use url::{Host, Url};

/// Maximum number of users of a group call ("Create call", v1.0 reference).
pub(super) const MOST_USERS: usize = 5;

/// Reason why a part of a request is invalid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPart {
    /// A part is empty.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// The service posts only to https addresses.
    #[error("expected an absolute https address")]
    NotHttps,
    /// A simulated service posts only to http addresses of its own machine.
    #[error("expected an http address of this machine, such as http://127.0.0.1:3978/callback")]
    NotLocal,
    /// A phone number begins with a plus and has 2 to 15 digits (E.164).
    #[error("expected an E.164 number such as +14255550100")]
    NotE164,
    /// A group has two to five users.
    #[error("a group call has 2 to {MOST_USERS} users, found {0}")]
    GroupSize(usize),
    /// A text is not a join link.
    #[error("not a join link: {0}")]
    NotAJoinLink(&'static str),
}

/// Returns a text that must not be empty.
pub(super) fn not_empty(text: &str, what: &'static str) -> Result<String, InvalidPart> {
    if text.trim().is_empty() { Err(InvalidPart::Empty(what)) } else { Ok(text.to_owned()) }
}

pub(crate) fn is_https(uri: &str) -> bool {
    Url::parse(uri).is_ok_and(|url| url.scheme() == "https" && url.has_host())
}

/// Returns whether a text is an http address of this machine: `http://localhost`, `http://127.0.0.1:8080/callback`.
#[must_use]
pub fn is_local_http(uri: &str) -> bool {
    Url::parse(uri).is_ok_and(|url| {
        let is_local = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        url.scheme() == "http" && is_local
    })
}

/// Returns whether a text is an http address.
#[must_use]
pub fn is_http(uri: &str) -> bool {
    Url::parse(uri).is_ok_and(|url| url.scheme() == "http" && url.has_host())
}

/// Returns whether a text is an E.164 number: a plus and 2 to 15 digits, the first of which is not 0.
pub(crate) fn is_e164(number: &str) -> bool {
    let digits = number.strip_prefix('+').unwrap_or_default();
    (2..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_number_is_e164() {
        for (number, is_one) in [
            ("+14255550100", true),
            ("+12", true),
            ("+123456789012345", true),
            ("+1234567890123456", false),
            ("14255550100", false),
            ("+04255550100", false),
            ("+1 425 555", false),
            ("+", false),
            ("", false),
        ] {
            assert_eq!(is_e164(number), is_one, "{number}");
        }
    }

    #[test]
    fn a_callback_address_is_absolute_and_https() {
        for (uri, is_one) in [
            ("https://bot.contoso.com/callback", true),
            ("HTTPS://bot.contoso.com", true),
            ("http://bot.contoso.com/callback", false),
            ("/callback", false),
            ("bot.contoso.com", false),
            ("https:", false),
            ("", false),
        ] {
            assert_eq!(is_https(uri), is_one, "{uri}");
        }
    }

    #[test]
    fn only_an_address_of_this_machine_is_local() {
        for (uri, is_one) in [
            ("http://127.0.0.1:8080/callback", true),
            ("http://[::1]/", true),
            ("http://localhost", true),
            ("https://localhost", false),
            ("http://10.0.0.1", false),
            ("http://localhost.contoso.com", false),
            ("http://127.0.0.1.nip.io", false),
            ("http://127.0.0.1@contoso.com", false),
            ("", false),
        ] {
            assert_eq!(is_local_http(uri), is_one, "{uri}");
        }
    }
}
