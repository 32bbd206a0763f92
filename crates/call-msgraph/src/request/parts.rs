//! Parameters of commands.

use std::time::Duration;

use serde_json::{Value, json};

use crate::create::media::{MediaConfig, Modality};
use crate::create::party::{Account, target};
use crate::create::request::CallbackUri;
use crate::create::rules::InvalidPart;

/// Parameters of an answer ("call: answer", v1.0 reference).
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub(crate) callback: Option<CallbackUri>,
    media: MediaConfig,
    modalities: Vec<Modality>,
}

/// Reason for a rejection ("call: reject", v1.0 reference).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum RejectReason {
    /// No reason.
    #[default]
    None,
    /// The bot is busy.
    Busy,
    /// The caller is not allowed to call.
    Forbidden,
}

/// Parameters of a redirect ("call: redirect", v1.0 reference).
#[derive(Debug, Clone, PartialEq)]
pub struct Redirect {
    targets: Vec<Account>,
    timeout: Option<Duration>,
}

/// Parameters of a transfer ("call: transfer", v1.0 reference).
#[derive(Debug, Clone, PartialEq)]
pub struct Transfer {
    target: Account,
}

impl Answer {
    /// Returns an answer that accepts audio.
    #[must_use]
    pub fn new(media: MediaConfig) -> Self {
        Self { callback: None, media, modalities: vec![Modality::Audio] }
    }

    /// Sets the address to which the service posts the later notifications of the call.
    #[must_use]
    pub fn with_callback(mut self, callback: CallbackUri) -> Self {
        self.callback = Some(callback);
        self
    }

    /// Sets the accepted modalities.
    #[must_use]
    pub fn with_modalities(mut self, first: Modality, others: &[Modality]) -> Self {
        self.modalities = std::iter::once(first).chain(others.iter().copied()).collect();
        self
    }

    pub(super) fn to_json(&self) -> Value {
        let modalities: Vec<_> = self.modalities.iter().map(|modality| modality.as_str()).collect();
        let mut body = json!({ "mediaConfig": self.media.json(), "acceptedModalities": modalities });
        if let Some(callback) = &self.callback {
            body["callbackUri"] = callback.as_str().into();
        }
        body
    }
}

impl RejectReason {
    /// Returns the API's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Busy => "busy",
            Self::Forbidden => "forbidden",
        }
    }
}

impl Redirect {
    /// Returns a redirect to a user, or to several users at once.
    #[must_use]
    pub fn to(first: Account, others: &[Account]) -> Self {
        Self { targets: std::iter::once(first).chain(others.iter().cloned()).collect(), timeout: None }
    }

    /// Sets the time for which the call rings, 15 to 90 whole seconds.
    ///
    /// # Errors
    /// [`InvalidPart::Ringing`]
    pub fn ringing_for(mut self, timeout: Duration) -> Result<Self, InvalidPart> {
        if !(15..=90).contains(&timeout.as_secs()) {
            return Err(InvalidPart::Ringing(timeout.as_secs()));
        }
        self.timeout = Some(timeout);
        Ok(self)
    }

    pub(super) fn to_json(&self) -> Value {
        let targets: Vec<_> = self.targets.iter().map(|account| target("user", account.identity())).collect();
        let mut body = json!({ "targets": targets });
        if let Some(timeout) = self.timeout {
            body["timeout"] = timeout.as_secs().into();
        }
        body
    }
}

impl Transfer {
    /// Returns a transfer to a user.
    #[must_use]
    pub const fn to(target: Account) -> Self {
        Self { target }
    }

    pub(super) fn to_json(&self) -> Value {
        json!({ "transferTarget": target("user", self.target.identity()) })
    }
}
