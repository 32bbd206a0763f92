//! Kinds of create requests, and the permissions that they need.

use std::fmt;

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

/// `A or B, and C`; empty if no permission is needed.
impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.any_of.join(" or "))?;
        for (index, name) in self.all_of.iter().enumerate() {
            let and = if index == 0 && self.any_of.is_empty() { "" } else { ", and " };
            write!(f, "{and}{name}")?;
        }
        Ok(())
    }
}

impl Permissions {
    /// Returns the permissions that are missing, the least privileged of `any_of` first.
    #[must_use]
    pub fn missing(&self, is_granted: impl Fn(&str) -> bool) -> Vec<&'static str> {
        let has_one = self.any_of.iter().any(|name| is_granted(name));
        let one = self.any_of.first().filter(|_| !has_one);
        one.into_iter().chain(self.all_of.iter().filter(|name| !is_granted(name))).copied().collect()
    }

    pub(super) fn of(kind: Option<RequestKind>, media: Option<MediaKind>) -> Self {
        let all_of: &[_] = if media == Some(MediaKind::AppHosted) { &["Calls.AccessMedia.All"] } else { &[] };
        Self { any_of: kind.map_or(&[], RequestKind::any_of), all_of }
    }
}
