//! Kinds of create requests, and the permissions that they need.

use call_core::MediaKind;

/// Kind of a create request. Each kind is possible with service-hosted and with app-hosted media.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RequestKind {
    /// Calls one user.
    PeerToPeer,
    /// Calls several users. The call has no chat and no recording.
    Group,
    /// Joins a scheduled meeting by its organizer and chat, or by a token.
    ScheduledMeeting,
    /// Joins a meeting by its id, and its passcode if it has one.
    JoinMeetingId,
    /// Calls a phone.
    Pstn,
}

/// Application permissions that a request needs: one of `any_of`, unless it is empty, and all of `all_of`.
///
/// The names are those of the reference's table. Its notes spell some in the plural
/// (`Calls.JoinGroupCalls.All`), which is the same permission. `Calls.JoinGroupCalls.Chat` is a resource-specific consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Permissions {
    /// Permissions of which one is enough, the least privileged first.
    pub any_of: &'static [&'static str],
    /// Permissions that are all needed.
    pub all_of: &'static [&'static str],
}

impl RequestKind {
    /// Returns the word of the command line's contract.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PeerToPeer => "peerToPeer",
            Self::Group => "group",
            Self::ScheduledMeeting => "scheduledMeeting",
            Self::JoinMeetingId => "joinMeetingId",
            Self::Pstn => "pstn",
        }
    }

    const fn any_of(self) -> &'static [&'static str] {
        match self {
            Self::PeerToPeer | Self::Pstn => &["Calls.Initiate.All"],
            Self::Group => &["Calls.InitiateGroupCall.All"],
            Self::ScheduledMeeting | Self::JoinMeetingId => {
                &["Calls.JoinGroupCalls.Chat", "Calls.JoinGroupCallAsGuest.All", "Calls.JoinGroupCall.All"]
            }
        }
    }
}

impl Permissions {
    pub(super) fn of(kind: Option<RequestKind>, media: Option<MediaKind>) -> Self {
        let all_of: &[_] = if media == Some(MediaKind::AppHosted) { &["Calls.AccessMedia.All"] } else { &[] };
        Self { any_of: kind.map_or(&[], RequestKind::any_of), all_of }
    }
}
