//! Meetings that a call can join.

use serde_json::{Value, json};

use crate::create::party::{Account, identity_set};
use crate::create::rules::{InvalidPart, not_empty};

/// A meeting that a call can join. `Debug` hides its ids and its passcode.
#[derive(Clone, PartialEq)]
pub struct Meeting {
    /// The members `chatInfo`, `meetingInfo` and `tenantId` of the request that are known.
    parts: Value,
}

impl Meeting {
    /// Returns a scheduled meeting, by its chat and its organizer in the tenant.
    ///
    /// # Errors
    /// [`InvalidPart::Empty`]
    pub fn scheduled(
        thread_id: &str,
        message_id: &str,
        organizer: &Account,
        tenant_id: &str,
    ) -> Result<Self, InvalidPart> {
        let tenant_id = not_empty(tenant_id, "the tenant id")?;
        let mut user = organizer.identity();
        user["tenantId"] = tenant_id.as_str().into();
        let info =
            json!({ "@odata.type": "#microsoft.graph.organizerMeetingInfo", "organizer": identity_set("user", user) });
        Self::with_chat(thread_id, message_id, info, tenant_id)
    }

    /// Returns a scheduled meeting, by its chat and a token.
    ///
    /// # Errors
    /// [`InvalidPart::Empty`]
    pub fn by_token(thread_id: &str, message_id: &str, token: &str, tenant_id: &str) -> Result<Self, InvalidPart> {
        let token = not_empty(token, "the token")?;
        let info = json!({ "@odata.type": "#microsoft.graph.tokenMeetingInfo", "token": token });
        Self::with_chat(thread_id, message_id, info, not_empty(tenant_id, "the tenant id")?)
    }

    fn with_chat(thread_id: &str, message_id: &str, info: Value, tenant_id: String) -> Result<Self, InvalidPart> {
        let thread_id = not_empty(thread_id, "the thread id")?;
        let message_id = not_empty(message_id, "the message id")?;
        let chat =
            json!({ "@odata.type": "#microsoft.graph.chatInfo", "threadId": thread_id, "messageId": message_id });
        Ok(Self { parts: json!({ "chatInfo": chat, "meetingInfo": info, "tenantId": tenant_id }) })
    }

    /// Returns a meeting by its id, and its passcode if it has one. The request contains the tenant.
    ///
    /// # Errors
    /// [`InvalidPart::Empty`]
    pub fn by_id(join_meeting_id: &str, passcode: Option<&str>) -> Result<Self, InvalidPart> {
        let id = not_empty(join_meeting_id, "the meeting's id")?;
        let passcode = passcode.map(|passcode| not_empty(passcode, "the passcode")).transpose()?;
        let info = json!({
            "@odata.type": "#microsoft.graph.joinMeetingIdMeetingInfo", "joinMeetingId": id, "passcode": passcode,
        });
        Ok(Self { parts: json!({ "meetingInfo": info }) })
    }

    /// Sets whether participants can talk before the organizer joins. Has an effect only with an organizer.
    #[must_use]
    pub fn allowing_conversation_without_host(mut self, is_allowed: bool) -> Self {
        if self.parts["meetingInfo"].get("organizer").is_some() {
            self.parts["meetingInfo"]["allowConversationWithoutHost"] = is_allowed.into();
        }
        self
    }

    /// Returns the members of a create request that identify the meeting: `chatInfo`, `meetingInfo` and `tenantId`.
    #[must_use]
    pub const fn to_json(&self) -> &Value {
        &self.parts
    }
}

impl std::fmt::Debug for Meeting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Meeting(***)")
    }
}
