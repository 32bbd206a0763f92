//! What a row of the table of operations says.

use call_core::Command;

use crate::create::kind::Permissions;
use crate::operation::schema::ObjectType;
use crate::request::spec::Method;

/// A row of the table of operations.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct OperationSpec {
    /// Name in the API: `playPrompt`. Logs and metrics use it too.
    pub name: &'static str,
    /// What the operation does, as sentences.
    pub about: &'static str,
    /// Group of the operation.
    pub group: Group,
    /// Method of the request.
    pub method: Method,
    /// Path after `/communications/calls/`, with the ids in braces: `{call}/participants/{participant}/mute`.
    pub path: &'static str,
    /// Shape of the body; `None` if the request has none.
    pub body: Option<&'static ObjectType>,
    /// Example of the body.
    pub example: Option<&'static str>,
    /// Permissions that the operation needs. Both lists are empty if the reference names none.
    pub permissions: Permissions,
    /// Whether the service checks the permissions only when the call is created.
    pub is_checked_at_creation: bool,
    /// What must be true of the call.
    pub needs: Needs,
    /// What the body of the response is.
    pub reply: ReplyKind,
    /// What follows, apart from the response.
    pub follows: &'static [Follows],
    /// Whether the operation may be repeated if its outcome is unknown: it sets a value, or reads one.
    pub is_repeatable: bool,
    /// Page of the reference that describes the operation and its limits.
    pub source: &'static str,
}

/// Group of operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Group {
    /// Of the call itself.
    Calls,
    /// Of the media of the bot.
    Media,
    /// Of participants.
    Participants,
    /// Of operations in progress.
    Operations,
    /// Of content sharing sessions.
    ContentSharing,
    /// Of audio routing groups.
    AudioRouting,
}

/// What must be true of a call, so that the service accepts an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Needs {
    /// The call is incoming, and was neither answered nor rejected.
    pub incoming: bool,
    /// The call is established.
    pub established: bool,
    /// The service hosts the media.
    pub service_hosted: bool,
    /// The bot hosts the media.
    pub app_hosted: bool,
    /// The call is a group call.
    pub group: bool,
}

/// What the body of a response is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReplyKind {
    /// Empty.
    Nothing,
    /// The call.
    Call,
    /// An operation, which is in progress or has ended.
    Operation,
    /// A participant.
    Participant,
    /// A paged list of participants.
    Participants,
    /// A content sharing session.
    ContentSharingSession,
    /// A paged list of content sharing sessions.
    ContentSharingSessions,
    /// An audio routing group.
    AudioRoutingGroup,
    /// A paged list of audio routing groups.
    AudioRoutingGroups,
}

/// What follows an accepted operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Follows {
    /// The state of the call changes, and a notification says it.
    CallChange,
    /// A notification says that the operation has ended.
    Completion,
    /// A notification contains the changed roster.
    Roster,
    /// A notification contains each tone.
    Tones,
}

impl OperationSpec {
    /// Returns the command that an accepted request is.
    #[must_use]
    pub fn command(&self) -> Command {
        Command::from_word(self.name)
    }

    /// Returns whether the request is about the call itself, and not about a part of it. Only then does a 404 say that the call is
    /// gone.
    #[must_use]
    pub fn is_about_the_call(&self) -> bool {
        matches!(self.path, "{call}" | "{call}/keepAlive")
    }

    /// Returns whether the body can have a member: `clientContext`, `callbackUri`.
    #[must_use]
    pub fn has_member(&self, name: &str) -> bool {
        self.body.is_some_and(|body| body.members.iter().any(|member| member.name == name))
    }

    /// Returns the names of the ids in the path, in order: `call`, `participant`.
    pub fn ids(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
    }
}

impl Needs {
    pub(super) const NONE: Self =
        Self { incoming: false, established: false, service_hosted: false, app_hosted: false, group: false };
    pub(super) const INCOMING: Self = Self { incoming: true, ..Self::NONE };
    pub(super) const ESTABLISHED: Self = Self { established: true, ..Self::NONE };
    pub(super) const SERVICE_HOSTED: Self = Self { service_hosted: true, ..Self::ESTABLISHED };
    pub(super) const GROUP: Self = Self { group: true, ..Self::ESTABLISHED };
    pub(super) const GROUP_APP_HOSTED: Self = Self { app_hosted: true, ..Self::GROUP };
}

impl Group {
    /// All groups, in the order of the reference.
    pub const ALL: [Self; 6] =
        [Self::Calls, Self::Media, Self::Participants, Self::Operations, Self::ContentSharing, Self::AudioRouting];

    /// Returns the title of the group.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Calls => "Calls",
            Self::Media => "Media",
            Self::Participants => "Participants",
            Self::Operations => "Operations",
            Self::ContentSharing => "Content sharing sessions",
            Self::AudioRouting => "Audio routing groups",
        }
    }
}

impl ReplyKind {
    /// Returns a phrase for pages.
    #[must_use]
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Call => "the call",
            Self::Operation => "an operation",
            Self::Participant => "a participant",
            Self::Participants => "a paged list of participants",
            Self::ContentSharingSession => "a content sharing session",
            Self::ContentSharingSessions => "a paged list of content sharing sessions",
            Self::AudioRoutingGroup => "an audio routing group",
            Self::AudioRoutingGroups => "a paged list of audio routing groups",
        }
    }
}

impl ReplyKind {
    /// Returns whether the body is a paged list.
    #[must_use]
    pub const fn is_list(self) -> bool {
        matches!(self, Self::Participants | Self::ContentSharingSessions | Self::AudioRoutingGroups)
    }
}

impl Follows {
    /// Returns a phrase for pages.
    #[must_use]
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::CallChange => "a change of the call's state",
            Self::Completion => "a notification of the operation's end",
            Self::Roster => "a notification of the roster",
            Self::Tones => "a notification of each tone",
        }
    }
}
