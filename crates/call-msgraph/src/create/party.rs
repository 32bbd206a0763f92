//! Callers and callees.

use serde_json::{Value, json};

use crate::create::rules::{InvalidPart, is_e164, not_empty};

/// A user, an application or an application instance, by its object id.
///
/// `Debug` hides the name.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    id: String,
    display_name: Option<String>,
    tenant_id: Option<String>,
    identity_provider: Option<String>,
}

/// A phone number (E.164). `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct PhoneNumber(String);

impl Account {
    /// Returns an account.
    ///
    /// # Errors
    /// [`InvalidPart::Empty`]
    pub fn new(id: &str) -> Result<Self, InvalidPart> {
        Ok(Self {
            id: not_empty(id, "the id of an account")?,
            display_name: None,
            tenant_id: None,
            identity_provider: None,
        })
    }

    /// Sets the display name.
    #[must_use]
    pub fn with_display_name(mut self, name: &str) -> Self {
        self.display_name = Some(name.to_owned());
        self
    }

    /// Sets the tenant.
    #[must_use]
    pub fn with_tenant_id(mut self, tenant: &str) -> Self {
        self.tenant_id = Some(tenant.to_owned());
        self
    }

    /// Sets the provider of the identity, such as `AAD`.
    #[must_use]
    pub fn with_identity_provider(mut self, provider: &str) -> Self {
        self.identity_provider = Some(provider.to_owned());
        self
    }

    pub(crate) fn identity(&self) -> Value {
        let mut identity = json!({ "@odata.type": "#microsoft.graph.identity", "id": self.id });
        let others = [("tenantId", &self.tenant_id), ("identityProvider", &self.identity_provider)];
        for (key, value) in others {
            if let Some(value) = value {
                identity[key] = value.as_str().into();
            }
        }
        if let Some(name) = &self.display_name {
            identity["displayName"] = name.as_str().into();
        }
        identity
    }
}

impl PhoneNumber {
    /// Reads a number such as `+14255550100`.
    ///
    /// # Errors
    /// [`InvalidPart::NotE164`]
    pub fn new(number: &str) -> Result<Self, InvalidPart> {
        if is_e164(number) { Ok(Self(number.to_owned())) } else { Err(InvalidPart::NotE164) }
    }

    pub(crate) fn identity(&self) -> Value {
        json!({ "@odata.type": "#microsoft.graph.identity", "id": self.0 })
    }
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Account").field(&self.id).finish()
    }
}

impl std::fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PhoneNumber(***)")
    }
}

/// Returns an identity set with one identity, under its kind.
pub(crate) fn identity_set(kind: &str, identity: Value) -> Value {
    json!({ "@odata.type": "#microsoft.graph.identitySet", kind: identity })
}

pub(super) fn target(kind: &str, identity: Value) -> Value {
    json!({ "@odata.type": "#microsoft.graph.invitationParticipantInfo", "identity": identity_set(kind, identity) })
}

pub(super) fn source(kind: &str, account: &Account) -> Value {
    json!({ "@odata.type": "#microsoft.graph.participantInfo", "identity": identity_set(kind, account.identity()) })
}
