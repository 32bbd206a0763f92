//! Secrets in the settings.

use std::convert::Infallible;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// A secret as it was given. No error about it contains its value.
#[derive(Clone)]
pub(crate) struct Secret(String);

/// Words that examples and templates have in place of a secret, in lower case and without punctuation.
const PLACEHOLDERS: [&str; 16] = [
    "alongrandomtext",
    "apitoken",
    "callctlapitoken",
    "changeit",
    "changeme",
    "clientsecret",
    "example",
    "password",
    "placeholder",
    "replaceme",
    "secret",
    "setcallctlclientsecretinstead",
    "test",
    "todo",
    "token",
    "xxx",
];

impl Secret {
    /// Returns a secret that can be sent in a header, unless it is the placeholder of an example.
    pub(super) fn checked(self) -> Result<String, String> {
        let Self(secret) = self;
        if secret.trim().is_empty() {
            return Err("is set, but empty; give it a value, or remove the setting".to_owned());
        }
        if secret.trim() != secret || !secret.chars().all(|c| c == ' ' || c.is_ascii_graphic()) {
            return Err("must consist of visible ASCII characters, without spaces around them".to_owned());
        }
        if is_placeholder(&secret) {
            return Err("is the placeholder of an example; give it a value that only you know".to_owned());
        }
        Ok(secret)
    }
}

/// Returns whether a text stands for a secret in an example.
fn is_placeholder(text: &str) -> bool {
    let bare: String = text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let is_bracketed = |(open, close)| text.starts_with(open) && text.ends_with(close);
    bare.is_empty()
        || PLACEHOLDERS.contains(&bare.as_str())
        || bare.starts_with("your")
        || [('<', '>'), ('{', '}'), ('[', ']')].into_iter().any(is_bracketed)
        || text.starts_with("${")
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The error of a string's own deserializer contains a value of another type.
        match toml::Value::deserialize(deserializer) {
            Ok(toml::Value::String(secret)) => Ok(Self(secret)),
            _ => Err(D::Error::custom("a secret must be a text in quotation marks")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_real_secret_is_accepted() {
        for wrong in [
            "",
            " ",
            "\t",
            " s3cr3t",
            "s3cr3t\n",
            "s3\u{7}cr3t",
            "sécret",
            "changeme",
            "Change-Me!",
            "<secret>",
            "${API_TOKEN}",
            "a-long-random-text",
            "your-token-here",
            "***",
            "{{ token }}",
        ] {
            let refused = Secret(wrong.to_owned()).checked().expect_err(wrong);
            assert!(wrong.trim().is_empty() || !refused.contains(wrong), "{refused}");
        }
        for right in ["open sesame", "5f2b8c", "~8Q~secret.value_", "12345"] {
            assert_eq!(Secret(right.to_owned()).checked().as_deref(), Ok(right));
        }
    }

    #[test]
    fn a_secret_of_another_type_stays_secret() {
        #[derive(Deserialize)]
        struct File {
            #[expect(dead_code, reason = "only read")]
            secret: Secret,
        }
        for value in ["4711", "47.11", "true", "1979-05-27", "['4711']", "{ a = '4711' }", "-4711", "0x1267"] {
            let error = toml::from_str::<File>(&format!("secret = {value}")).err().expect(value);
            assert_eq!(error.message(), "a secret must be a text in quotation marks", "{value}");
        }
    }
}
