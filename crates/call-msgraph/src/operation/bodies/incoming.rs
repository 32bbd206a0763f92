//! What a bot does with an incoming call: answer, reject, redirect.

use std::time::Duration;

use serde_json::json;

use crate::create::media::{MediaConfig, Modality};
use crate::create::request::CallbackUri;
use crate::operation::bodies::builder::{Body, typed_body};
use crate::operation::bodies::party::Invitation;

typed_body! {
    /// An answer to an incoming call ("call: answer", v1.0 reference).
    ///
    /// ```
    /// use call_msgraph::{Answer, CallOperation, MediaConfig};
    /// let answer = Answer::new(&MediaConfig::service_hosted()).with_content_sharing_notifications();
    /// assert!(answer.on("c1".into()).check().is_empty());
    /// ```
    Answer
}

typed_body! {
    /// A rejection of an incoming call ("call: reject", v1.0 reference). A [`RejectReason`] is one too.
    Reject
}

typed_body! {
    /// A redirection of an incoming call ("call: redirect", v1.0 reference).
    ///
    /// ```
    /// use std::time::Duration;
    /// use call_msgraph::{Account, CallOperation, PhoneNumber, Redirect};
    /// let redirect = Redirect::to(Account::new("98da8a1a-1b87-452c-a713-65d3f10b1253")?)
    ///     .and(PhoneNumber::new("+12345678901")?)
    ///     .ringing_for(Duration::from_secs(200));
    /// let problems = redirect.on("c1".into()).check();
    /// assert_eq!((&*problems[0].path, &*problems[0].reason), ("/timeout", "expected a whole number from 15 to 90, in s"));
    /// # Ok::<(), call_msgraph::InvalidPart>(())
    /// ```
    Redirect
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

/// Policy for the routing of a redirected call ("call resource type", v1.0 reference).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RoutingPolicy {
    /// No missed call is shown.
    NoMissedCall,
    /// The call is not forwarded, except to a phone.
    DisableForwardingExceptPhone,
    /// The call is not forwarded.
    DisableForwarding,
    /// Skype for Business is preferred.
    PreferSkypeForBusiness,
}

impl Answer {
    /// Returns an answer that accepts audio.
    #[must_use]
    pub fn new(media: &MediaConfig) -> Self {
        Self(Body::default().with("mediaConfig", media.json().clone())).with_modalities(Modality::Audio, &[])
    }

    /// Sets the address to which the service posts the later notifications of the call. Default: the address of the engine.
    #[must_use]
    pub fn with_callback(self, callback: &CallbackUri) -> Self {
        Self(self.0.with("callbackUri", callback.as_str()))
    }

    /// Sets the accepted modalities.
    #[must_use]
    pub fn with_modalities(self, first: Modality, others: &[Modality]) -> Self {
        let words: Vec<_> = std::iter::once(&first).chain(others).map(|modality| modality.as_str()).collect();
        Self(self.0.with("acceptedModalities", words))
    }

    /// Subscribes to notifications of content sharing.
    #[must_use]
    pub fn with_content_sharing_notifications(self) -> Self {
        self.with_option("isContentSharingNotificationEnabled")
    }

    /// Hides the bot once the call becomes a group call.
    #[must_use]
    pub fn hiding_bot_after_escalation(self) -> Self {
        self.with_option("hideBotAfterEscalation")
    }

    /// Asks for rosters that contain changes only.
    #[must_use]
    pub fn with_delta_roster(self) -> Self {
        self.with_option("isDeltaRosterEnabled")
    }

    /// Sets the number of participants that a bot for policy-based recording can take. The service announces those who come later
    /// until the number is reached.
    #[must_use]
    pub fn with_participant_capacity(self, capacity: u32) -> Self {
        Self(self.0.with("participantCapacity", capacity))
    }

    fn with_option(self, option: &str) -> Self {
        let none = || json!({ "@odata.type": "#microsoft.graph.incomingCallOptions" });
        let mut options = self.0.get("callOptions").cloned().unwrap_or_else(none);
        options[option] = true.into();
        Self(self.0.with("callOptions", options))
    }
}

impl Reject {
    /// Returns a rejection.
    #[must_use]
    pub fn new(reason: RejectReason) -> Self {
        Self(Body::default().with("reason", reason.as_str()))
    }

    /// Sets the address to which the service posts the later notifications of the call.
    #[must_use]
    pub fn with_callback(self, callback: &CallbackUri) -> Self {
        Self(self.0.with("callbackUri", callback.as_str()))
    }
}

impl From<RejectReason> for Reject {
    fn from(reason: RejectReason) -> Self {
        Self::new(reason)
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
    /// Returns a redirection to a party.
    #[must_use]
    pub fn to(target: impl Into<Invitation>) -> Self {
        Self(Body::default()).and(target)
    }

    /// Adds a party, at most 25 in all. All ring together.
    #[must_use]
    pub fn and(self, target: impl Into<Invitation>) -> Self {
        Self(self.0.and("targets", target.into().into_json()))
    }

    /// Sets the time for which the targets ring, 15 to 90 whole seconds.
    #[must_use]
    pub fn ringing_for(self, timeout: Duration) -> Self {
        Self(self.0.with("timeout", timeout.as_secs()))
    }

    /// Adds a policy of the routing.
    #[must_use]
    pub fn with_policy(self, policy: RoutingPolicy) -> Self {
        Self(self.0.and("routingPolicies", policy.as_str().into()))
    }

    /// Hides the callee from the caller. Only the beta version of the API has it.
    #[must_use]
    pub fn masking_callee(self) -> Self {
        Self(self.0.with("maskCallee", true))
    }

    /// Hides the caller from the callee. Only the beta version of the API has it.
    #[must_use]
    pub fn masking_caller(self) -> Self {
        Self(self.0.with("maskCaller", true))
    }

    /// Sets the address to which the service posts the later notifications of the call.
    #[must_use]
    pub fn with_callback(self, callback: &CallbackUri) -> Self {
        Self(self.0.with("callbackUri", callback.as_str()))
    }
}

impl RoutingPolicy {
    /// Returns the API's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoMissedCall => "noMissedCall",
            Self::DisableForwardingExceptPhone => "disableForwardingExceptPhone",
            Self::DisableForwarding => "disableForwarding",
            Self::PreferSkypeForBusiness => "preferSkypeForBusiness",
        }
    }
}
