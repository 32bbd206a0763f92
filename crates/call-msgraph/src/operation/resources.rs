//! The resources in responses, and the body that creates a call, as descriptions. Responses are not checked by them.

use crate::operation::schema::ValueType::{Boolean, CallbackUri, Id, IdentitySet, Integer, Object, OneOf, Word};
use crate::operation::schema::{Member, ObjectType, ValueType};
use crate::operation::shapes::{
    ACCEPTED_MODALITIES, CALL_OPTIONS, INVITATION, MEDIA_CONFIG, PARTICIPANT_INFO, RESULT_INFO, ROUTING_MODES,
    ROUTING_POLICIES,
};
use crate::operation::spec::ReplyKind;

const RESOURCE_ID: Member = Member::optional("id", Id, "Id.");
const NUMBER: ValueType = Integer { least: i64::MIN, most: i64::MAX, unit: "" };
const MODALITIES: &[&str] = &["audio", "video", "videoBasedScreenSharing", "data"];

/// The body that creates a call ("Create call", v1.0 reference). [`judge`](crate::judge) checks one.
pub const CREATE_CALL: ObjectType = ObjectType {
    name: "call",
    members: &[
        Member::optional("callbackUri", CallbackUri, "Address for the notifications of the call."),
        Member::required("requestedModalities", ValueType::list_of(&Word(MODALITIES)), "Modalities of the call."),
        Member::required("mediaConfig", MEDIA_CONFIG, "Where the media are hosted."),
        Member::optional("source", Object(&PARTICIPANT_INFO), "Who calls."),
        Member::optional("targets", ValueType::list_of(&Object(&INVITATION)), "Who is called."),
        Member::optional("chatInfo", Object(&CHAT_INFO), "Chat of the meeting that is joined."),
        Member::optional("meetingInfo", MEETING_INFO, "Meeting that is joined."),
        Member::optional("tenantId", ValueType::TEXT, "Tenant of the call."),
        Member::optional("subject", ValueType::TEXT, "Subject of the call."),
        Member::optional("direction", Word(&["outgoing"]), "Direction of the call."),
        Member::optional("callOptions", Object(&OUTGOING_CALL_OPTIONS), "Options of the call."),
        Member::optional(
            "ringingTimeoutInSeconds",
            ValueType::seconds(0, i32::MAX as i64),
            "Time for which the call rings.",
        ),
        Member::optional("routingPolicies", ValueType::list_of(&Word(ROUTING_POLICIES)), "Policies of the routing."),
        Member::optional("callRoutes", ValueType::list_of(&Object(&CALL_ROUTE)), "Routes that led to the call."),
        Member::optional("clientContext", ValueType::stated(256), "Text that comes back in the notifications."),
    ],
};

const CHAT_INFO: ObjectType = ObjectType {
    name: "chatInfo",
    members: &[
        Member::optional("threadId", ValueType::TEXT, "Id of the thread."),
        Member::optional("messageId", ValueType::TEXT, "Id of the message; \"0\" if there is none."),
        Member::optional("replyChainMessageId", ValueType::TEXT, "Id of the message that is answered."),
    ],
};

const MEETING_INFO: ValueType = OneOf(&[&ORGANIZER_MEETING, &TOKEN_MEETING, &ID_MEETING]);
const ALONE: Member =
    Member::optional("allowConversationWithoutHost", Boolean, "Whether the meeting can begin without its organizer.");
const ORGANIZER_MEETING: ObjectType = ObjectType {
    name: "organizerMeetingInfo",
    members: &[Member::required("organizer", IdentitySet, "Organizer of the meeting."), ALONE],
};
const TOKEN_MEETING: ObjectType = ObjectType {
    name: "tokenMeetingInfo",
    members: &[Member::required("token", ValueType::BLOB, "Token of the meeting."), ALONE],
};
const ID_MEETING: ObjectType = ObjectType {
    name: "joinMeetingIdMeetingInfo",
    members: &[
        Member::required("joinMeetingId", ValueType::TEXT, "Id of the meeting."),
        Member::optional("passcode", ValueType::TEXT, "Passcode of the meeting; null if it has none."),
        ALONE,
    ],
};
const OUTGOING_CALL_OPTIONS: ObjectType = ObjectType { name: "outgoingCallOptions", members: CALL_OPTIONS };
const CALL_ROUTE: ObjectType = ObjectType {
    name: "callRoute",
    members: &[
        Member::optional("routingType", Word(&["forwarded", "lookup", "selfFork"]), "Type of the route."),
        Member::optional("original", IdentitySet, "Who was called first."),
        Member::optional("final", IdentitySet, "Who was called last."),
    ],
};

const OPERATION: ObjectType = ObjectType {
    name: "commsOperation",
    members: &[
        RESOURCE_ID,
        Member::optional("status", Word(&["notStarted", "running", "completed", "failed"]), "Status."),
        Member::optional("clientContext", ValueType::TEXT, "Client context of the request."),
        Member::optional("resultInfo", Object(&RESULT_INFO), "Result."),
        Member::optional("completionReason", ValueType::TEXT, "Reason why the sending of tones, or a prompt, ended."),
        Member::optional("recordingLocation", ValueType::Uri, "Address of the recording."),
        Member::optional("recordingAccessToken", ValueType::BLOB, "Access token for the recording."),
        Member::optional("participants", ValueType::list_of(&Object(&INVITATION)), "Who was invited."),
    ],
};

const PARTICIPANT: ObjectType = ObjectType {
    name: "participant",
    members: &[
        RESOURCE_ID,
        Member::optional("info", Object(&PARTICIPANT_INFO), "Who the participant is."),
        Member::optional("isInLobby", Boolean, "Whether the participant waits in the lobby."),
        Member::optional("isMuted", Boolean, "Whether the participant is muted."),
        Member::optional("isOnHold", Boolean, "Whether the participant is on hold."),
        Member::optional("mediaStreams", ValueType::list_of(&Object(&MEDIA_STREAM)), "Streams of the participant."),
        Member::optional("metadata", ValueType::TEXT, "Data of the application."),
        Member::optional("rosterSequenceNumber", NUMBER, "Update of the roster in which the participant last changed."),
    ],
};
const MEDIA_STREAM: ObjectType = ObjectType {
    name: "mediaStream",
    members: &[
        Member::optional("mediaType", Word(ACCEPTED_MODALITIES), "Medium."),
        Member::optional("sourceId", ValueType::TEXT, "Id of the source."),
        Member::optional("direction", Word(&["inactive", "sendOnly", "receiveOnly", "sendReceive"]), "Direction."),
        Member::optional("serverMuted", Boolean, "Whether the service muted the stream."),
        Member::optional("label", ValueType::TEXT, "Label."),
    ],
};

const SESSION: ObjectType = ObjectType { name: "contentSharingSession", members: &[RESOURCE_ID] };

const GROUP: ObjectType = ObjectType {
    name: "audioRoutingGroup",
    members: &[
        RESOURCE_ID,
        Member::optional("routingMode", Word(ROUTING_MODES), "Mode."),
        Member::optional("sources", ValueType::list_of(&Id), "Participants that are heard."),
        Member::optional("receivers", ValueType::list_of(&Id), "Participants that hear them."),
    ],
};

impl ReplyKind {
    /// Returns the type of the resource in the body, or of the elements of the list; `None` for an empty body and for the call.
    #[must_use]
    pub const fn resource(self) -> Option<&'static ObjectType> {
        match self {
            Self::Nothing | Self::Call => None,
            Self::Operation => Some(&OPERATION),
            Self::Participant | Self::Participants => Some(&PARTICIPANT),
            Self::ContentSharingSession | Self::ContentSharingSessions => Some(&SESSION),
            Self::AudioRoutingGroup | Self::AudioRoutingGroups => Some(&GROUP),
        }
    }
}
