//! Parties that an operation invites, calls or transfers.

use call_core::CallId;
use serde_json::{Value, json};

use crate::create::party::{Account, PhoneNumber, identity_set};

/// Someone who can be invited, called or transferred. An [`Account`] is a user, and a [`PhoneNumber`] a phone.
///
/// `Debug` hides it.
#[derive(Clone, PartialEq)]
pub struct Party(Value);

/// An invited party with its options ("invitationParticipantInfo resource type", v1.0 reference).
///
/// ```
/// use call_msgraph::{Account, CallOperation, Invitation, Transfer};
/// let heidi = Account::new("550fae72-d251-43ec-868c-373732c2704f")?;
/// let consultative = Transfer::to(Invitation::from(heidi).replacing(&"c2".into()));
/// assert_eq!(consultative.on("c1".into()).body().unwrap()["transferTarget"]["replacesCallId"], "c2");
/// # Ok::<(), call_msgraph::InvalidPart>(())
/// ```
#[derive(Clone, PartialEq)]
pub struct Invitation(Value);

/// Type of an endpoint ("participantInfo resource type", v1.0 reference).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EndpointType {
    /// The default endpoint.
    Default,
    /// Voicemail.
    Voicemail,
    /// Skype for Business.
    SkypeForBusiness,
    /// A phone of Skype for Business.
    SkypeForBusinessVoipPhone,
}

impl Party {
    /// Returns an application.
    #[must_use]
    pub fn application(application: &Account) -> Self {
        Self(identity_set("application", application.identity()))
    }

    /// Returns an application instance.
    #[must_use]
    pub fn application_instance(instance: &Account) -> Self {
        Self(identity_set("applicationInstance", instance.identity()))
    }

    /// Returns a party whose identity is encrypted, as a notification shows it.
    #[must_use]
    pub fn encrypted(identity: &Account) -> Self {
        Self(identity_set("encrypted", identity.identity()))
    }

    pub(super) fn into_json(self) -> Value {
        self.0
    }
}

impl From<Account> for Party {
    fn from(user: Account) -> Self {
        Self(identity_set("user", user.identity()))
    }
}

impl From<PhoneNumber> for Party {
    fn from(phone: PhoneNumber) -> Self {
        Self(identity_set("phone", phone.identity()))
    }
}

impl Invitation {
    /// Sets the call that is dropped once the party is added: a consultative transfer, or a move into a group call.
    #[must_use]
    pub fn replacing(self, call: &CallId) -> Self {
        self.with("replacesCallId", &*call.spelling())
    }

    /// Sets the type of the endpoint.
    #[must_use]
    pub fn at(self, endpoint: EndpointType) -> Self {
        self.with("endpointType", endpoint.as_str())
    }

    /// Sets the id of the participant.
    #[must_use]
    pub fn with_participant_id(self, id: &str) -> Self {
        self.with("participantId", id)
    }

    /// Hides the participant from the roster.
    #[must_use]
    pub fn hidden(self) -> Self {
        self.with("hidden", true)
    }

    /// Removes the participant from the default routing of audio.
    #[must_use]
    pub fn removed_from_default_audio_routing_group(self) -> Self {
        self.with("removeFromDefaultAudioRoutingGroup", true)
    }

    /// Sets language and region, such as `en-us` and `amer`.
    #[must_use]
    pub fn with_locale(self, language: &str, region: &str) -> Self {
        self.with("languageId", language).with("region", region)
    }

    fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0[key] = value.into();
        self
    }

    pub(super) fn into_json(self) -> Value {
        self.0
    }
}

impl<P: Into<Party>> From<P> for Invitation {
    fn from(party: P) -> Self {
        Self(json!({ "@odata.type": "#microsoft.graph.invitationParticipantInfo", "identity": party.into().0 }))
    }
}

impl EndpointType {
    /// Returns the API's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Voicemail => "voicemail",
            Self::SkypeForBusiness => "skypeForBusiness",
            Self::SkypeForBusinessVoipPhone => "skypeForBusinessVoipPhone",
        }
    }
}

impl std::fmt::Debug for Party {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Party(***)")
    }
}

impl std::fmt::Debug for Invitation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Invitation(***)")
    }
}
