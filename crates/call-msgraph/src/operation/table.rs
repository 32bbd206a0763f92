//! The table of all operations of the calling API. Everything about an operation that is data stands in its row here.

use crate::create::kind::Permissions;
use crate::operation::schema::ValueType::{Boolean, Id, Integer, Object, Word};
use crate::operation::schema::{Member, ObjectType, ValueType};
use crate::operation::shapes::{self, CALLBACK_URI, CLIENT_CONTEXT};
use crate::operation::spec::{Follows, Group, Needs, OperationSpec, ReplyKind};
use crate::request::spec::Method;

/// Makes the enumeration of the operations, each with its row.
macro_rules! operations {
    ($($(#[$docs:meta])* $operation:ident => $row:ident,)*) => {
        /// An operation of the calling API (v1.0 reference).
        ///
        /// ```
        /// use call_msgraph::{ApiOperation, Method};
        /// let spec = ApiOperation::from_name("playPrompt").expect("a known operation").spec();
        /// assert_eq!((spec.method, spec.path), (Method::Post, "{call}/playPrompt"));
        /// assert_eq!(ApiOperation::from_name("playPromt"), None);
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum ApiOperation {
            $($(#[$docs])* $operation,)*
        }

        impl ApiOperation {
            /// All operations, in the order of the reference.
            pub const ALL: &'static [Self] = &[$(Self::$operation,)*];

            /// Returns the row of the operation.
            #[must_use]
            pub const fn spec(self) -> &'static OperationSpec {
                match self {
                    $(Self::$operation => &$row,)*
                }
            }
        }
    };
}

operations! {
    /// Get the call.
    GetCall => GET_CALL,
    /// Hang up. In a group call, only the bot leaves.
    HangUp => HANG_UP,
    /// Keep the call alive. The service ends a call without a keep-alive for 45 minutes; the engine sends one every 15 minutes.
    KeepAlive => KEEP_ALIVE,
    /// Answer an incoming call, within 15 seconds (5 seconds for policy-based recording).
    Answer => ANSWER,
    /// Reject an incoming call, within 15 seconds.
    Reject => REJECT,
    /// Redirect an incoming call, within 15 seconds. Several targets ring together, and the first to answer is connected. A phone needs an application instance with a number.
    Redirect => REDIRECT,
    /// Transfer the call. The transferred party and the target are Teams users of one tenant; only an application instance transfers to a phone.
    Transfer => TRANSFER,
    /// Begin or stop sharing the screen.
    ChangeScreenSharingRole => CHANGE_SCREEN_SHARING_ROLE,
    /// Tell the participants whether the bot records, in policy-based recording. Record only after this succeeded, and stop before you report the end.
    UpdateRecordingStatus => UPDATE_RECORDING_STATUS,
    /// Add the large gallery view to the call.
    AddLargeGalleryView => ADD_LARGE_GALLERY_VIEW,
    /// Log the quality of a teleconference device. Only for partners of Cloud Video Interop.
    LogTeleconferenceDeviceQuality => LOG_TELECONFERENCE_DEVICE_QUALITY,
    /// Play prompts. They queue behind the prompts that are being played.
    PlayPrompt => PLAY_PROMPT,
    /// Record what the other side says, for at most two minutes. Fetch the recording soon: the service discards it shortly after the call.
    RecordResponse => RECORD_RESPONSE,
    /// Cancel all running and queued prompts and recordings. Each ends as failed with 400/8508.
    CancelMediaProcessing => CANCEL_MEDIA_PROCESSING,
    /// Subscribe to the tones of the other side.
    SubscribeToTone => SUBSCRIBE_TO_TONE,
    /// Send tones (DTMF).
    SendDtmfTones => SEND_DTMF_TONES,
    /// Mute the bot, for all participants.
    Mute => MUTE,
    /// Unmute the bot.
    Unmute => UNMUTE,
    /// List the participants.
    ListParticipants => LIST_PARTICIPANTS,
    /// Get a participant of a group call.
    GetParticipant => GET_PARTICIPANT,
    /// Invite participants. To invite several, the call needs a chat.
    Invite => INVITE,
    /// Mute a participant of a group call.
    MuteParticipant => MUTE_PARTICIPANT,
    /// Remove a participant from a group call, or cancel an invitation. The application meeting configuration of the tenant must list the app. No notification follows, so the engine lists the participants.
    DeleteParticipant => DELETE_PARTICIPANT,
    /// Put a participant on hold and play music. Only one participant can be on hold at a time.
    StartHoldMusic => START_HOLD_MUSIC,
    /// Stop the music, and take the participant off hold.
    StopHoldMusic => STOP_HOLD_MUSIC,
    /// Get an operation.
    GetOperation => GET_OPERATION,
    /// List the content sharing sessions.
    ListContentSharingSessions => LIST_CONTENT_SHARING_SESSIONS,
    /// Get a content sharing session.
    GetContentSharingSession => GET_CONTENT_SHARING_SESSION,
    /// List the audio routing groups.
    ListAudioRoutingGroups => LIST_AUDIO_ROUTING_GROUPS,
    /// Get an audio routing group.
    GetAudioRoutingGroup => GET_AUDIO_ROUTING_GROUP,
    /// Create an audio routing group. With many groups, only the four loudest speakers are heard.
    CreateAudioRoutingGroup => CREATE_AUDIO_ROUTING_GROUP,
    /// Change the receivers of an audio routing group.
    UpdateAudioRoutingGroup => UPDATE_AUDIO_ROUTING_GROUP,
    /// Delete an audio routing group.
    DeleteAudioRoutingGroup => DELETE_AUDIO_ROUTING_GROUP,
}

/// What most rows have in common. Each row below says in what it differs.
const POST: OperationSpec = OperationSpec {
    name: "",
    about: "",
    group: Group::Calls,
    method: Method::Post,
    path: "",
    body: None,
    example: None,
    permissions: Permissions { any_of: &[], all_of: &[] },
    is_checked_at_creation: false,
    needs: Needs::NONE,
    reply: ReplyKind::Nothing,
    follows: &[],
    is_repeatable: false,
    source: "",
};

const GET_CALL: OperationSpec = OperationSpec {
    name: "getCall",
    about: "Get the call.",
    group: Group::Calls,
    method: Method::Get,
    path: "{call}",
    is_checked_at_creation: true,
    reply: ReplyKind::Call,
    is_repeatable: true,
    source: "call: get, v1.0 reference",
    ..POST
};

const HANG_UP: OperationSpec = OperationSpec {
    name: "hangUp",
    about: "Hang up. In a group call, only the bot leaves.",
    group: Group::Calls,
    method: Method::Delete,
    path: "{call}",
    permissions: Permissions { any_of: &["Calls.Initiate.All", "Calls.AccessMedia.All"], all_of: &[] },
    is_checked_at_creation: true,
    follows: &[Follows::CallChange],
    is_repeatable: true,
    source: "call: delete, v1.0 reference",
    ..POST
};

const KEEP_ALIVE: OperationSpec = OperationSpec {
    name: "keepAlive",
    about: "Keep the call alive. The service ends a call without a keep-alive for 45 minutes; the engine sends one every 15 minutes.",
    group: Group::Calls,
    path: "{call}/keepAlive",
    permissions: Permissions { any_of: &["Calls.Initiate.All", "Calls.AccessMedia.All"], all_of: &[] },
    is_checked_at_creation: true,
    is_repeatable: true,
    source: "call: keepAlive, v1.0 reference",
    ..POST
};

const ANSWER_BODY: ObjectType = ObjectType {
    name: "answerBody",
    members: &[
        CALLBACK_URI,
        Member::required(
            "acceptedModalities",
            ValueType::list_of(&Word(shapes::ACCEPTED_MODALITIES)),
            "Modalities that the bot accepts.",
        ),
        Member::required("mediaConfig", shapes::MEDIA_CONFIG, "Where the media are hosted."),
        Member::optional("callOptions", Object(&shapes::INCOMING_CALL_OPTIONS), "Options of the call."),
        Member::optional(
            "participantCapacity",
            Integer { least: 1, most: i32::MAX as i64, unit: "" },
            "Number of participants that a bot for policy-based recording can take.",
        ),
    ],
};
const ANSWER: OperationSpec = OperationSpec {
    name: "answer",
    about: "Answer an incoming call, within 15 seconds (5 seconds for policy-based recording).",
    group: Group::Calls,
    path: "{call}/answer",
    body: Some(&ANSWER_BODY),
    example: Some(
        r##"{"acceptedModalities": ["audio"], "mediaConfig": {"@odata.type": "#microsoft.graph.serviceHostedMediaConfig"}}"##,
    ),
    is_checked_at_creation: true,
    needs: Needs::INCOMING,
    follows: &[Follows::CallChange],
    source: "call: answer, v1.0 reference",
    ..POST
};

const REJECT_BODY: ObjectType = ObjectType {
    name: "rejectBody",
    members: &[Member::optional("reason", Word(shapes::REJECT_REASONS), "Reason of the rejection."), CALLBACK_URI],
};
const REJECT: OperationSpec = OperationSpec {
    name: "reject",
    about: "Reject an incoming call, within 15 seconds.",
    group: Group::Calls,
    path: "{call}/reject",
    body: Some(&REJECT_BODY),
    example: Some(r##"{"reason": "busy"}"##),
    is_checked_at_creation: true,
    needs: Needs::INCOMING,
    follows: &[Follows::CallChange],
    source: "call: reject, v1.0 reference",
    ..POST
};

const REDIRECT_BODY: ObjectType = ObjectType {
    name: "redirectBody",
    members: &[
        Member::required("targets", ValueType::list(&Object(&shapes::INVITATION), 25), "Who is called instead."),
        Member::optional(
            "timeout",
            ValueType::seconds(15, 90),
            "Time for which the targets ring. Default: 55 s for one target, 60 s for several.",
        ),
        Member::optional(
            "routingPolicies",
            ValueType::list(&Word(shapes::ROUTING_POLICIES), shapes::ROUTING_POLICIES.len()),
            "Policies of the routing.",
        ),
        Member::optional(
            "maskCallee",
            Boolean,
            "Whether the callee is hidden from the caller. Only the beta version of the API has it.",
        ),
        Member::optional(
            "maskCaller",
            Boolean,
            "Whether the caller is hidden from the callee. Only the beta version of the API has it.",
        ),
        CALLBACK_URI,
    ],
};
const REDIRECT: OperationSpec = OperationSpec {
    name: "redirect",
    about: "Redirect an incoming call, within 15 seconds. Several targets ring together, and the first to answer is connected. A phone needs an application instance with a number.",
    group: Group::Calls,
    path: "{call}/redirect",
    body: Some(&REDIRECT_BODY),
    example: Some(
        r##"{"targets": [{"@odata.type": "#microsoft.graph.invitationParticipantInfo", "identity": {"user": {"id": "98da8a1a-1b87-452c-a713-65d3f10b1253"}}}], "timeout": 30}"##,
    ),
    permissions: Permissions { any_of: &["Calls.Initiate.All"], all_of: &[] },
    needs: Needs::INCOMING,
    follows: &[Follows::CallChange],
    source: "call: redirect, v1.0 reference",
    ..POST
};

const TRANSFER_BODY: ObjectType = ObjectType {
    name: "transferBody",
    members: &[
        Member::required(
            "transferTarget",
            Object(&shapes::INVITATION),
            "Target. With `replacesCallId`, the transfer is consultative.",
        ),
        Member::optional(
            "transferee",
            Object(&shapes::PARTICIPANT_INFO),
            "Who is transferred. Required in a group call, and only there.",
        ),
        CLIENT_CONTEXT,
    ],
};
const TRANSFER: OperationSpec = OperationSpec {
    name: "transfer",
    about: "Transfer the call. The transferred party and the target are Teams users of one tenant; only an application instance transfers to a phone.",
    group: Group::Calls,
    path: "{call}/transfer",
    body: Some(&TRANSFER_BODY),
    example: Some(
        r##"{"transferTarget": {"@odata.type": "#microsoft.graph.invitationParticipantInfo", "identity": {"user": {"id": "550fae72-d251-43ec-868c-373732c2704f"}}}}"##,
    ),
    permissions: Permissions { any_of: &["Calls.Initiate.All"], all_of: &[] },
    needs: Needs::ESTABLISHED,
    follows: &[Follows::CallChange],
    source: "call: transfer, v1.0 reference",
    ..POST
};

const CHANGE_SCREEN_SHARING_ROLE_BODY: ObjectType = ObjectType {
    name: "changeScreenSharingRoleBody",
    members: &[Member::required("role", Word(shapes::SCREEN_SHARING_ROLES), "Role of the bot.")],
};
const CHANGE_SCREEN_SHARING_ROLE: OperationSpec = OperationSpec {
    name: "changeScreenSharingRole",
    about: "Begin or stop sharing the screen.",
    group: Group::Calls,
    path: "{call}/changeScreenSharingRole",
    body: Some(&CHANGE_SCREEN_SHARING_ROLE_BODY),
    example: Some(r##"{"role": "sharer"}"##),
    permissions: Permissions { any_of: &["Calls.AccessMedia.All"], all_of: &[] },
    needs: Needs::GROUP_APP_HOSTED,
    follows: &[Follows::Roster],
    is_repeatable: true,
    source: "call: changeScreenSharingRole, v1.0 reference",
    ..POST
};

const UPDATE_RECORDING_STATUS_BODY: ObjectType = ObjectType {
    name: "updateRecordingStatusBody",
    members: &[
        Member::required("status", Word(shapes::RECORDING_STATUSES), "Status of the recording."),
        CLIENT_CONTEXT,
    ],
};
const UPDATE_RECORDING_STATUS: OperationSpec = OperationSpec {
    name: "updateRecordingStatus",
    about: "Tell the participants whether the bot records, in policy-based recording. Record only after this succeeded, and stop before you report the end.",
    group: Group::Calls,
    path: "{call}/updateRecordingStatus",
    body: Some(&UPDATE_RECORDING_STATUS_BODY),
    example: Some(r##"{"status": "recording"}"##),
    permissions: Permissions { any_of: &["Calls.JoinGroupCall.All", "Calls.AccessMedia.All"], all_of: &[] },
    needs: Needs::ESTABLISHED,
    reply: ReplyKind::Operation,
    is_repeatable: true,
    source: "call: updateRecordingStatus, v1.0 reference",
    ..POST
};

const ADD_LARGE_GALLERY_VIEW_BODY: ObjectType =
    ObjectType { name: "addLargeGalleryViewBody", members: &[CLIENT_CONTEXT] };
const ADD_LARGE_GALLERY_VIEW: OperationSpec = OperationSpec {
    name: "addLargeGalleryView",
    about: "Add the large gallery view to the call.",
    group: Group::Calls,
    path: "{call}/addLargeGalleryView",
    body: Some(&ADD_LARGE_GALLERY_VIEW_BODY),
    example: Some(r##"{}"##),
    permissions: Permissions {
        any_of: &["Calls.JoinGroupCallAsGuest.All", "Calls.JoinGroupCall.All", "Calls.InitiateGroupCall.All"],
        all_of: &[],
    },
    needs: Needs::ESTABLISHED,
    reply: ReplyKind::Operation,
    follows: &[Follows::Completion],
    source: "call: addLargeGalleryView, v1.0 reference",
    ..POST
};

const LOG_TELECONFERENCE_DEVICE_QUALITY_BODY: ObjectType = ObjectType {
    name: "logTeleconferenceDeviceQualityBody",
    members: &[Member::required("quality", Object(&shapes::DEVICE_QUALITY), "Quality of the device and its media.")],
};
const LOG_TELECONFERENCE_DEVICE_QUALITY: OperationSpec = OperationSpec {
    name: "logTeleconferenceDeviceQuality",
    about: "Log the quality of a teleconference device. Only for partners of Cloud Video Interop.",
    group: Group::Calls,
    path: "logTeleconferenceDeviceQuality",
    body: Some(&LOG_TELECONFERENCE_DEVICE_QUALITY_BODY),
    example: Some(
        r##"{"quality": {"@odata.type": "#microsoft.graph.teleconferenceDeviceQuality", "callChainId": "0622673d-9f69-49b3-9d4f-5ec64f42ecce", "mediaQualityList": [{"@odata.type": "#microsoft.graph.teleconferenceDeviceAudioQuality", "channelIndex": 1, "mediaDuration": "PT20M", "averageInboundJitter": "PT0.01S"}]}}"##,
    ),
    permissions: Permissions { any_of: &["Calls.AccessMedia.All"], all_of: &[] },
    source: "call: logTeleconferenceDeviceQuality, v1.0 reference",
    ..POST
};

const PLAY_PROMPT_BODY: ObjectType = ObjectType {
    name: "playPromptBody",
    members: &[
        Member::required("prompts", ValueType::list(&Object(&shapes::MEDIA_PROMPT), 20), "Prompts, in this order."),
        CLIENT_CONTEXT,
    ],
};
const PLAY_PROMPT: OperationSpec = OperationSpec {
    name: "playPrompt",
    about: "Play prompts. They queue behind the prompts that are being played.",
    group: Group::Media,
    path: "{call}/playPrompt",
    body: Some(&PLAY_PROMPT_BODY),
    example: Some(
        r##"{"prompts": [{"@odata.type": "#microsoft.graph.mediaPrompt", "mediaInfo": {"uri": "https://cdn.contoso.com/beep.wav"}}]}"##,
    ),
    permissions: Permissions { any_of: &["Calls.Initiate.All", "Calls.AccessMedia.All"], all_of: &[] },
    is_checked_at_creation: true,
    needs: Needs::SERVICE_HOSTED,
    reply: ReplyKind::Operation,
    follows: &[Follows::Completion],
    source: "call: playPrompt, v1.0 reference",
    ..POST
};

const RECORD_RESPONSE_BODY: ObjectType = ObjectType {
    name: "recordResponseBody",
    members: &[
        Member::optional("prompts", ValueType::list(&Object(&shapes::MEDIA_PROMPT), 1), "Prompt before the recording."),
        Member::optional(
            "bargeInAllowed",
            Boolean,
            "Whether this breaks into queued and running prompts and recordings. Default: false.",
        ),
        Member::optional(
            "initialSilenceTimeoutInSeconds",
            ValueType::seconds(1, 120),
            "Silence after the prompt that ends the recording as failed. Default: 5 s.",
        ),
        Member::optional(
            "maxSilenceTimeoutInSeconds",
            ValueType::seconds(1, 120),
            "Silence that ends the recording. Default: 5 s.",
        ),
        Member::optional("maxRecordDurationInSeconds", ValueType::seconds(1, 120), "Maximum duration. Default: 5 s."),
        Member::optional("playBeep", Boolean, "Whether a beep precedes the recording. Default: true."),
        Member::optional(
            "streamWhileRecording",
            Boolean,
            "Whether the recording can be read while it is made. Only the beta version of the API has it.",
        ),
        Member::optional(
            "stopTones",
            ValueType::list(&Word(shapes::STOP_TONES), shapes::STOP_TONES.len()),
            "Tones that end the recording.",
        ),
        CLIENT_CONTEXT,
    ],
};
const RECORD_RESPONSE: OperationSpec = OperationSpec {
    name: "recordResponse",
    about: "Record what the other side says, for at most two minutes. Fetch the recording soon: the service discards it shortly after the call.",
    group: Group::Media,
    path: "{call}/recordResponse",
    body: Some(&RECORD_RESPONSE_BODY),
    example: Some(r##"{"maxRecordDurationInSeconds": 10, "playBeep": true, "stopTones": ["#"]}"##),
    permissions: Permissions { any_of: &["Calls.AccessMedia.All"], all_of: &[] },
    needs: Needs::SERVICE_HOSTED,
    reply: ReplyKind::Operation,
    follows: &[Follows::Completion],
    source: "call: record, v1.0 reference",
    ..POST
};

const CANCEL_MEDIA_PROCESSING_BODY: ObjectType =
    ObjectType { name: "cancelMediaProcessingBody", members: &[CLIENT_CONTEXT] };
const CANCEL_MEDIA_PROCESSING: OperationSpec = OperationSpec {
    name: "cancelMediaProcessing",
    about: "Cancel all running and queued prompts and recordings. Each ends as failed with 400/8508.",
    group: Group::Media,
    path: "{call}/cancelMediaProcessing",
    body: Some(&CANCEL_MEDIA_PROCESSING_BODY),
    example: Some(r##"{}"##),
    permissions: Permissions { any_of: &["Calls.Initiate.All", "Calls.AccessMedia.All"], all_of: &[] },
    is_checked_at_creation: true,
    needs: Needs::SERVICE_HOSTED,
    reply: ReplyKind::Operation,
    source: "call: cancelMediaProcessing, v1.0 reference",
    ..POST
};

const SUBSCRIBE_TO_TONE_BODY: ObjectType = ObjectType { name: "subscribeToToneBody", members: &[CLIENT_CONTEXT] };
const SUBSCRIBE_TO_TONE: OperationSpec = OperationSpec {
    name: "subscribeToTone",
    about: "Subscribe to the tones of the other side.",
    group: Group::Media,
    path: "{call}/subscribeToTone",
    body: Some(&SUBSCRIBE_TO_TONE_BODY),
    example: Some(r##"{}"##),
    permissions: Permissions { any_of: &["Calls.AccessMedia.All"], all_of: &[] },
    needs: Needs::SERVICE_HOSTED,
    reply: ReplyKind::Operation,
    follows: &[Follows::Tones],
    source: "call: subscribeToTone, v1.0 reference",
    ..POST
};

const SEND_DTMF_TONES_BODY: ObjectType = ObjectType {
    name: "sendDtmfTonesBody",
    members: &[
        Member::required("tones", ValueType::list_of(&Word(shapes::TONES)), "Tones, in this order."),
        Member::optional(
            "delayBetweenTonesMs",
            Integer { least: 0, most: i32::MAX as i64, unit: "ms" },
            "Pause between two tones.",
        ),
        CLIENT_CONTEXT,
    ],
};
const SEND_DTMF_TONES: OperationSpec = OperationSpec {
    name: "sendDtmfTones",
    about: "Send tones (DTMF).",
    group: Group::Media,
    path: "{call}/sendDtmfTones",
    body: Some(&SEND_DTMF_TONES_BODY),
    example: Some(r##"{"tones": ["tone1", "pound"], "delayBetweenTonesMs": 500}"##),
    permissions: Permissions { any_of: &["Calls.Initiate.All", "Calls.AccessMedia.All"], all_of: &[] },
    is_checked_at_creation: true,
    needs: Needs::ESTABLISHED,
    reply: ReplyKind::Operation,
    follows: &[Follows::Completion],
    source: "call: sendDtmfTones, v1.0 reference",
    ..POST
};

const MUTE_BODY: ObjectType = ObjectType { name: "muteBody", members: &[CLIENT_CONTEXT] };
const MUTE: OperationSpec = OperationSpec {
    name: "mute",
    about: "Mute the bot, for all participants.",
    group: Group::Media,
    path: "{call}/mute",
    body: Some(&MUTE_BODY),
    example: Some(r##"{}"##),
    permissions: Permissions { any_of: &["Calls.Initiate.All", "Calls.AccessMedia.All"], all_of: &[] },
    is_checked_at_creation: true,
    needs: Needs::GROUP,
    reply: ReplyKind::Operation,
    follows: &[Follows::Roster],
    is_repeatable: true,
    source: "call: mute, v1.0 reference",
    ..POST
};

const UNMUTE_BODY: ObjectType = ObjectType { name: "unmuteBody", members: &[CLIENT_CONTEXT] };
const UNMUTE: OperationSpec = OperationSpec {
    name: "unmute",
    about: "Unmute the bot.",
    group: Group::Media,
    path: "{call}/unmute",
    body: Some(&UNMUTE_BODY),
    example: Some(r##"{}"##),
    permissions: Permissions { any_of: &["Calls.Initiate.All", "Calls.AccessMedia.All"], all_of: &[] },
    is_checked_at_creation: true,
    needs: Needs::GROUP,
    reply: ReplyKind::Operation,
    follows: &[Follows::Roster],
    is_repeatable: true,
    source: "call: unmute, v1.0 reference",
    ..POST
};

const LIST_PARTICIPANTS: OperationSpec = OperationSpec {
    name: "listParticipants",
    about: "List the participants.",
    group: Group::Participants,
    method: Method::Get,
    path: "{call}/participants",
    permissions: Permissions { any_of: &["Calls.Initiate.All", "Calls.AccessMedia.All"], all_of: &[] },
    is_checked_at_creation: true,
    reply: ReplyKind::Participants,
    is_repeatable: true,
    source: "call: list participants, v1.0 reference",
    ..POST
};

const GET_PARTICIPANT: OperationSpec = OperationSpec {
    name: "getParticipant",
    about: "Get a participant of a group call.",
    group: Group::Participants,
    method: Method::Get,
    path: "{call}/participants/{participant}",
    permissions: Permissions { any_of: &["Calls.JoinGroupCallAsGuest.All", "Calls.JoinGroupCall.All"], all_of: &[] },
    reply: ReplyKind::Participant,
    is_repeatable: true,
    source: "participant: get, v1.0 reference",
    ..POST
};

const INVITE_BODY: ObjectType = ObjectType {
    name: "inviteBody",
    members: &[
        Member::required(
            "participants",
            ValueType::list(&Object(&shapes::INVITATION), 5),
            "Who is invited. With `replacesCallId`, only the first counts.",
        ),
        CLIENT_CONTEXT,
    ],
};
const INVITE: OperationSpec = OperationSpec {
    name: "invite",
    about: "Invite participants. To invite several, the call needs a chat.",
    group: Group::Participants,
    path: "{call}/participants/invite",
    body: Some(&INVITE_BODY),
    example: Some(
        r##"{"participants": [{"@odata.type": "#microsoft.graph.invitationParticipantInfo", "identity": {"user": {"id": "278405a3-f568-4b3e-b684-009193463064"}}}]}"##,
    ),
    permissions: Permissions { any_of: &["Calls.InitiateGroupCall.All"], all_of: &[] },
    needs: Needs::ESTABLISHED,
    reply: ReplyKind::Operation,
    follows: &[Follows::Completion, Follows::Roster],
    source: "participant: invite, v1.0 reference",
    ..POST
};

const MUTE_PARTICIPANT_BODY: ObjectType = ObjectType { name: "muteParticipantBody", members: &[CLIENT_CONTEXT] };
const MUTE_PARTICIPANT: OperationSpec = OperationSpec {
    name: "muteParticipant",
    about: "Mute a participant of a group call.",
    group: Group::Participants,
    path: "{call}/participants/{participant}/mute",
    body: Some(&MUTE_PARTICIPANT_BODY),
    example: Some(r##"{}"##),
    permissions: Permissions { any_of: &["Calls.JoinGroupCallAsGuest.All", "Calls.JoinGroupCall.All"], all_of: &[] },
    needs: Needs::GROUP,
    reply: ReplyKind::Operation,
    follows: &[Follows::Roster],
    is_repeatable: true,
    source: "participant: mute, v1.0 reference",
    ..POST
};

const DELETE_PARTICIPANT: OperationSpec = OperationSpec {
    name: "deleteParticipant",
    about: "Remove a participant from a group call, or cancel an invitation. The application meeting configuration of the tenant must list the app. No notification follows, so the engine lists the participants.",
    group: Group::Participants,
    method: Method::Delete,
    path: "{call}/participants/{participant}",
    permissions: Permissions { any_of: &["Calls.JoinGroupCallAsGuest.All", "Calls.JoinGroupCall.All"], all_of: &[] },
    needs: Needs::GROUP,
    is_repeatable: true,
    source: "participant: delete, v1.0 reference",
    ..POST
};

const START_HOLD_MUSIC_BODY: ObjectType = ObjectType {
    name: "startHoldMusicBody",
    members: &[Member::optional("customPrompt", Object(&shapes::MEDIA_PROMPT), "The music."), CLIENT_CONTEXT],
};
const START_HOLD_MUSIC: OperationSpec = OperationSpec {
    name: "startHoldMusic",
    about: "Put a participant on hold and play music. Only one participant can be on hold at a time.",
    group: Group::Participants,
    path: "{call}/participants/{participant}/startHoldMusic",
    body: Some(&START_HOLD_MUSIC_BODY),
    example: Some(
        r##"{"customPrompt": {"@odata.type": "#microsoft.graph.mediaPrompt", "mediaInfo": {"uri": "https://bot.contoso.com/onHold.wav"}}}"##,
    ),
    permissions: Permissions { any_of: &["Calls.JoinGroupCallAsGuest.All", "Calls.JoinGroupCall.All"], all_of: &[] },
    needs: Needs::GROUP,
    reply: ReplyKind::Operation,
    follows: &[Follows::Completion],
    source: "participant: startHoldMusic, v1.0 reference",
    ..POST
};

const STOP_HOLD_MUSIC_BODY: ObjectType = ObjectType { name: "stopHoldMusicBody", members: &[CLIENT_CONTEXT] };
const STOP_HOLD_MUSIC: OperationSpec = OperationSpec {
    name: "stopHoldMusic",
    about: "Stop the music, and take the participant off hold.",
    group: Group::Participants,
    path: "{call}/participants/{participant}/stopHoldMusic",
    body: Some(&STOP_HOLD_MUSIC_BODY),
    example: Some(r##"{}"##),
    permissions: Permissions { any_of: &["Calls.JoinGroupCallAsGuest.All", "Calls.JoinGroupCall.All"], all_of: &[] },
    needs: Needs::GROUP,
    reply: ReplyKind::Operation,
    source: "participant: stopHoldMusic, v1.0 reference",
    ..POST
};

const GET_OPERATION: OperationSpec = OperationSpec {
    name: "getOperation",
    about: "Get an operation.",
    group: Group::Operations,
    method: Method::Get,
    path: "{call}/operations/{operation}",
    is_checked_at_creation: true,
    reply: ReplyKind::Operation,
    is_repeatable: true,
    source: "commsOperation resource type, v1.0 reference",
    ..POST
};

const LIST_CONTENT_SHARING_SESSIONS: OperationSpec = OperationSpec {
    name: "listContentSharingSessions",
    about: "List the content sharing sessions.",
    group: Group::ContentSharing,
    method: Method::Get,
    path: "{call}/contentSharingSessions",
    permissions: Permissions {
        any_of: &[
            "Calls.JoinGroupCallAsGuest.All",
            "Calls.Initiate.All",
            "Calls.InitiateGroupCall.All",
            "Calls.JoinGroupCall.All",
        ],
        all_of: &[],
    },
    reply: ReplyKind::ContentSharingSessions,
    is_repeatable: true,
    source: "call: list contentSharingSessions, v1.0 reference",
    ..POST
};

const GET_CONTENT_SHARING_SESSION: OperationSpec = OperationSpec {
    name: "getContentSharingSession",
    about: "Get a content sharing session.",
    group: Group::ContentSharing,
    method: Method::Get,
    path: "{call}/contentSharingSessions/{session}",
    permissions: Permissions {
        any_of: &[
            "Calls.JoinGroupCallAsGuest.All",
            "Calls.Initiate.All",
            "Calls.InitiateGroupCall.All",
            "Calls.JoinGroupCall.All",
        ],
        all_of: &[],
    },
    reply: ReplyKind::ContentSharingSession,
    is_repeatable: true,
    source: "contentSharingSession: get, v1.0 reference",
    ..POST
};

const LIST_AUDIO_ROUTING_GROUPS: OperationSpec = OperationSpec {
    name: "listAudioRoutingGroups",
    about: "List the audio routing groups.",
    group: Group::AudioRouting,
    method: Method::Get,
    path: "{call}/audioRoutingGroups",
    permissions: Permissions { any_of: &["Calls.JoinGroupCall.All", "Calls.InitiateGroupCall.All"], all_of: &[] },
    reply: ReplyKind::AudioRoutingGroups,
    is_repeatable: true,
    source: "call: list audioRoutingGroups, v1.0 reference",
    ..POST
};

const GET_AUDIO_ROUTING_GROUP: OperationSpec = OperationSpec {
    name: "getAudioRoutingGroup",
    about: "Get an audio routing group.",
    group: Group::AudioRouting,
    method: Method::Get,
    path: "{call}/audioRoutingGroups/{group}",
    permissions: Permissions { any_of: &["Calls.JoinGroupCall.All", "Calls.InitiateGroupCall.All"], all_of: &[] },
    reply: ReplyKind::AudioRoutingGroup,
    is_repeatable: true,
    source: "audioRoutingGroup: get, v1.0 reference",
    ..POST
};

const AUDIO_ROUTING_GROUP: ObjectType = ObjectType {
    name: "audioRoutingGroup",
    members: &[
        Member::optional(
            "id",
            Id,
            "Id of the group. The examples of the reference send it; the service chooses one otherwise.",
        ),
        Member::required(
            "routingMode",
            Word(shapes::ROUTING_MODES),
            "Mode: one source and one receiver, or one source and several receivers.",
        ),
        Member::required("sources", ValueType::list(&Id, 1), "The participant that is heard."),
        Member::required(
            "receivers",
            ValueType::list_of(&Id),
            "The participants that hear it: exactly one in the mode oneToOne.",
        ),
    ],
};
const CREATE_AUDIO_ROUTING_GROUP: OperationSpec = OperationSpec {
    name: "createAudioRoutingGroup",
    about: "Create an audio routing group. With many groups, only the four loudest speakers are heard.",
    group: Group::AudioRouting,
    path: "{call}/audioRoutingGroups",
    body: Some(&AUDIO_ROUTING_GROUP),
    example: Some(
        r##"{"routingMode": "oneToOne", "sources": ["632899f8-2ea1-4604-8413-27bd2892079f"], "receivers": ["550fae72-d251-43ec-868c-373732c2704f"]}"##,
    ),
    permissions: Permissions { any_of: &["Calls.JoinGroupCall.All", "Calls.InitiateGroupCall.All"], all_of: &[] },
    needs: Needs::GROUP,
    reply: ReplyKind::AudioRoutingGroup,
    source: "call: create audioRoutingGroup, v1.0 reference",
    ..POST
};

const UPDATE_AUDIO_ROUTING_GROUP: OperationSpec = OperationSpec {
    name: "updateAudioRoutingGroup",
    about: "Change the receivers of an audio routing group.",
    group: Group::AudioRouting,
    method: Method::Patch,
    path: "{call}/audioRoutingGroups/{group}",
    body: Some(&AUDIO_ROUTING_GROUP),
    example: Some(
        r##"{"routingMode": "multicast", "sources": ["632899f8-2ea1-4604-8413-27bd2892079f"], "receivers": ["550fae72-d251-43ec-868c-373732c2704f", "72f988bf-86f1-41af-91ab-2d7cd011db47"]}"##,
    ),
    permissions: Permissions { any_of: &["Calls.JoinGroupCall.All", "Calls.InitiateGroupCall.All"], all_of: &[] },
    needs: Needs::GROUP,
    reply: ReplyKind::AudioRoutingGroup,
    is_repeatable: true,
    source: "audioRoutingGroup: update, v1.0 reference",
    ..POST
};

const DELETE_AUDIO_ROUTING_GROUP: OperationSpec = OperationSpec {
    name: "deleteAudioRoutingGroup",
    about: "Delete an audio routing group.",
    group: Group::AudioRouting,
    method: Method::Delete,
    path: "{call}/audioRoutingGroups/{group}",
    permissions: Permissions { any_of: &["Calls.JoinGroupCall.All", "Calls.InitiateGroupCall.All"], all_of: &[] },
    needs: Needs::GROUP,
    is_repeatable: true,
    source: "audioRoutingGroup: delete, v1.0 reference",
    ..POST
};
