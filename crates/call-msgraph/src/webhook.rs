//! Replies to posts that need more than an acknowledgement.

use serde_json::{Value, json};

use crate::operation::bodies::incoming::RejectReason;

/// Reply to a participant who asks to join a call that is recorded by policy ("participantJoiningResponse", v1.0 reference). It is
/// the response to a post with [`Decoded::wants_join_response`](crate::Decoded::wants_join_response).
///
/// ```
/// use call_msgraph::{JoinResponse, RejectReason};
/// assert_eq!(JoinResponse::Reject(RejectReason::Busy).to_json()["reason"], "busy");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum JoinResponse {
    /// The participant may join.
    #[default]
    Accept,
    /// The participant must not join.
    Reject(RejectReason),
    /// The service should call another bot for the participant, at this address.
    InviteNewBot(String),
}

impl JoinResponse {
    /// Returns the body of the reply.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Accept => json!({ "@odata.type": "#microsoft.graph.acceptJoinResponse" }),
            Self::Reject(reason) => {
                json!({ "@odata.type": "#microsoft.graph.rejectJoinResponse", "reason": reason.as_str() })
            }
            Self::InviteNewBot(uri) => {
                json!({ "@odata.type": "#microsoft.graph.inviteNewBotResponse", "inviteUri": uri })
            }
        }
    }
}

/// Returns whether a post reports an incoming call in the format of the older Skype platform. After the response 204, the service
/// posts it again in the current format ("Incoming call notifications"; the format is the "Conversation" of the Skype calling API).
///
/// ```
/// assert!(call_msgraph::is_older_format(br#"{"id": "1", "participants": [], "isMultiparty": false, "callState": "incoming"}"#));
/// assert!(!call_msgraph::is_older_format(br#"{"value": [{"callState": "incoming"}]}"#));
/// ```
#[must_use]
pub fn is_older_format(body: &[u8]) -> bool {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let is_current = body.get("value").is_some() || body.get("@odata.type").is_some();
    !is_current
        && body.get("callState").is_some_and(Value::is_string)
        && body.get("participants").is_some_and(Value::is_array)
}
