//! What a part of a request must look like, whether it is built or judged.

use url::{Host, Url};

/// At most so many users are called as a group ("Create call", v1.0 reference).
pub(super) const MOST_USERS: usize = 5;

/// Why a part of a request cannot be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPart {
    /// An id, a token or the like is empty.
    #[error("{0} is empty")]
    Empty(&'static str),
    /// The service calls back over https only.
    #[error("not an absolute https address")]
    NotHttps,
    /// A simulated service calls back over http on its own machine only.
    #[error("not an http address of this machine")]
    NotLocal,
    /// A phone number begins with a plus and has 2 to 15 digits (E.164).
    #[error("not an E.164 number such as +14255550100")]
    NotE164,
    /// A group has two to five users.
    #[error("{0} users: a group has 2 to {MOST_USERS}")]
    GroupSize(usize),
    /// A call that is sent on rings for 15 to 90 seconds.
    #[error("ringing for {0} s: it must be 15 to 90 s")]
    Ringing(u64),
    /// A link leads to no meeting.
    #[error("no link to a meeting: {0}")]
    NotAJoinLink(&'static str),
}

/// Takes a text that must say something.
pub(super) fn not_empty(text: &str, what: &'static str) -> Result<String, InvalidPart> {
    if text.trim().is_empty() { Err(InvalidPart::Empty(what)) } else { Ok(text.to_owned()) }
}

pub(super) fn is_https(uri: &str) -> bool {
    Url::parse(uri).is_ok_and(|url| url.scheme() == "https" && url.has_host())
}

/// Returns whether this is an http address of this machine, by which nothing leaves it: `http://localhost`, `http://127.0.0.1:8080/callback`.
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

/// E.164: a plus, and at most 15 digits, of which the first is none of a trunk.
pub(super) fn is_e164(number: &str) -> bool {
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
