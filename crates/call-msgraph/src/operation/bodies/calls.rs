//! Operations of an established call.

use serde_json::json;

use crate::operation::bodies::builder::{Body, typed_body, without_parameters};
use crate::operation::bodies::party::{Invitation, Party};

typed_body! {
    /// A transfer of the call ("call: transfer", v1.0 reference).
    ///
    /// ```
    /// use call_msgraph::{Account, CallOperation, Transfer};
    /// let transfer = Transfer::to(Account::new("550fae72-d251-43ec-868c-373732c2704f")?);
    /// assert!(transfer.on("c1".into()).check().is_empty());
    /// # Ok::<(), call_msgraph::InvalidPart>(())
    /// ```
    Transfer, with a client context
}

typed_body! {
    /// A change of the bot's role in screen sharing ("call: changeScreenSharingRole", v1.0 reference).
    ChangeScreenSharingRole
}

typed_body! {
    /// A change of the status of the recording ("call: updateRecordingStatus", v1.0 reference).
    UpdateRecordingStatus, with a client context
}

typed_body! {
    /// Adds the large gallery view to the call ("call: addLargeGalleryView", v1.0 reference).
    AddLargeGalleryView, with a client context
}

/// Role in screen sharing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScreenSharingRole {
    /// Views what others share.
    Viewer,
    /// Shares its own screen.
    Sharer,
}

/// Status of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RecordingStatus {
    /// The bot does not record.
    NotRecording,
    /// The bot records.
    Recording,
    /// The recording failed.
    Failed,
}

impl Transfer {
    /// Returns a transfer to a party. It is consultative if the invitation replaces a call.
    #[must_use]
    pub fn to(target: impl Into<Invitation>) -> Self {
        Self(Body::default().with("transferTarget", target.into().into_json()))
    }

    /// Sets who is transferred, which a group call needs. `participant` is the id of the participant.
    #[must_use]
    pub fn of(self, transferee: impl Into<Party>, participant: &str) -> Self {
        let transferee = json!({
            "@odata.type": "#microsoft.graph.participantInfo",
            "identity": transferee.into().into_json(),
            "participantId": participant,
        });
        Self(self.0.with("transferee", transferee))
    }
}

impl ChangeScreenSharingRole {
    /// Returns a change to a role.
    #[must_use]
    pub fn to(role: ScreenSharingRole) -> Self {
        Self(Body::default().with("role", role.as_str()))
    }
}

impl UpdateRecordingStatus {
    /// Returns a change to a status.
    #[must_use]
    pub fn to(status: RecordingStatus) -> Self {
        Self(Body::default().with("status", status.as_str()))
    }
}

without_parameters!(AddLargeGalleryView);

impl ScreenSharingRole {
    /// Returns the API's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Sharer => "sharer",
        }
    }
}

impl RecordingStatus {
    /// Returns the API's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotRecording => "notRecording",
            Self::Recording => "recording",
            Self::Failed => "failed",
        }
    }
}
