//! The objects in the bodies of operations.

use crate::operation::schema::ValueType::{
    Boolean, CallbackUri, Duration, Id, IdentitySet, Integer, Object, OneOf, Percent, Uri, Word,
};
use crate::operation::schema::{Member, ObjectType, ValueType};

const COUNT: ValueType = Integer { least: 0, most: i64::MAX, unit: "" };
const PORT: ValueType = Integer { least: 0, most: 65_535, unit: "" };

pub(super) const CLIENT_CONTEXT: Member = Member::optional(
    "clientContext",
    ValueType::stated(256),
    "Text that comes back in the notifications of the operation. The engine chooses one if there is none.",
);
pub(super) const CALLBACK_URI: Member = Member::optional(
    "callbackUri",
    CallbackUri,
    "Address of the later notifications of the call. Default: the address in the registration of the bot.",
);

pub(super) const REJECT_REASONS: &[&str] = &["none", "busy", "forbidden"];
pub(super) const SCREEN_SHARING_ROLES: &[&str] = &["viewer", "sharer"];
pub(super) const RECORDING_STATUSES: &[&str] = &["notRecording", "recording", "failed"];
pub(super) const ROUTING_MODES: &[&str] = &["oneToOne", "multicast"];
pub(super) const ROUTING_POLICIES: &[&str] =
    &["noMissedCall", "disableForwardingExceptPhone", "disableForwarding", "preferSkypeForBusiness"];
pub(super) const ACCEPTED_MODALITIES: &[&str] = &["audio", "video", "videoBasedScreenSharing"];
pub(super) const TONES: &[&str] = &[
    "tone0", "tone1", "tone2", "tone3", "tone4", "tone5", "tone6", "tone7", "tone8", "tone9", "star", "pound", "a",
    "b", "c", "d", "flash",
];
pub(super) const STOP_TONES: &[&str] =
    &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "#", "A", "B", "C", "D"];
const ENDPOINT_TYPES: &[&str] = &["default", "voicemail", "skypeForBusiness", "skypeForBusinessVoipPhone"];

pub(super) const MEDIA_INFO: ObjectType = ObjectType {
    name: "mediaInfo",
    members: &[
        Member::required("uri", Uri, "Address of the prompt: a .wav with one channel, 16 bits and 16 kHz."),
        Member::optional("resourceId", ValueType::TEXT, "Key under which the service keeps the prompt."),
    ],
};

pub(super) const MEDIA_PROMPT: ObjectType = ObjectType {
    name: "mediaPrompt",
    members: &[
        Member::required("mediaInfo", Object(&MEDIA_INFO), "The prompt."),
        Member::optional(
            "loop",
            Integer { least: 1, most: i32::MAX as i64, unit: "" },
            "How often the prompt is played. Only the beta version of the API has it.",
        ),
    ],
};

const SERVICE_HOSTED: ObjectType = ObjectType {
    name: "serviceHostedMediaConfig",
    members: &[
        Member::optional(
            "preFetchMedia",
            ValueType::list_of(&Object(&MEDIA_INFO)),
            "Media that the service fetches before it plays them.",
        ),
        REMOVE_FROM_AUDIO_GROUP,
    ],
};

const APP_HOSTED: ObjectType = ObjectType {
    name: "appHostedMediaConfig",
    members: &[
        Member::optional("blob", ValueType::BLOB, "The opaque configuration of the media library of the bot."),
        REMOVE_FROM_AUDIO_GROUP,
    ],
};

const REMOVE_FROM_AUDIO_GROUP: Member = Member::optional(
    "removeFromDefaultAudioGroup",
    Boolean,
    "Whether the bot is removed from the default routing of audio.",
);

pub(super) const MEDIA_CONFIG: ValueType = OneOf(&[&SERVICE_HOSTED, &APP_HOSTED]);

pub(super) const INCOMING_CALL_OPTIONS: ObjectType = ObjectType { name: "incomingCallOptions", members: CALL_OPTIONS };

/// Options of a call, incoming or outgoing.
pub(super) const CALL_OPTIONS: &[Member] = &[
    Member::optional(
        "hideBotAfterEscalation",
        Boolean,
        "Whether the bot is hidden once the call becomes a group call.",
    ),
    Member::optional("isContentSharingNotificationEnabled", Boolean, "Whether content sharing is notified."),
    Member::optional("isDeltaRosterEnabled", Boolean, "Whether rosters contain changes only."),
];

pub(super) const INVITATION: ObjectType = ObjectType {
    name: "invitationParticipantInfo",
    members: &[
        Member::required("identity", IdentitySet, "Who is invited."),
        Member::optional("endpointType", Word(ENDPOINT_TYPES), "Type of the endpoint."),
        Member::optional("replacesCallId", Id, "Call that is dropped once the participant is added."),
        Member::optional("participantId", Id, "Id of the participant."),
        Member::optional("hidden", Boolean, "Whether the participant is hidden from the roster."),
        Member::optional(
            "removeFromDefaultAudioRoutingGroup",
            Boolean,
            "Whether the participant is removed from the default routing of audio.",
        ),
        Member::optional("languageId", ValueType::TEXT, "Language, such as en-us."),
        Member::optional("region", ValueType::TEXT, "Region, such as amer."),
    ],
};

pub(super) const PARTICIPANT_INFO: ObjectType = ObjectType {
    name: "participantInfo",
    members: &[
        Member::required("identity", IdentitySet, "Who the participant is."),
        Member::optional("participantId", Id, "Id of the participant."),
        Member::optional("endpointType", Word(ENDPOINT_TYPES), "Type of the endpoint."),
        Member::optional("languageId", ValueType::TEXT, "Language, such as en-us."),
        Member::optional("region", ValueType::TEXT, "Region, such as amer."),
        Member::optional("countryCode", ValueType::TEXT, "Country (ISO 3166-1, two letters)."),
        Member::optional("platformId", ValueType::TEXT, "Platform of the client."),
    ],
};

/// Members that every report of the quality of one medium has.
macro_rules! media_quality {
    ($name:literal) => {
        ObjectType {
            name: $name,
            members: &[
                Member::optional(
                    "channelIndex",
                    Integer { least: 1, most: i64::MAX, unit: "" },
                    "Number of the channel, from 1.",
                ),
                Member::optional("mediaDuration", Duration, "Duration of the medium."),
                Member::optional("networkLinkSpeedInBytes", COUNT, "Speed of the network, in bytes per second."),
                Member::optional("localIPAddress", ValueType::TEXT, "Address of the device."),
                Member::optional("localPort", PORT, "Port of the device."),
                Member::optional("remoteIPAddress", ValueType::TEXT, "Address of the other side."),
                Member::optional("remotePort", PORT, "Port of the other side."),
                Member::optional("inboundPackets", COUNT, "Number of packets that were received."),
                Member::optional("outboundPackets", COUNT, "Number of packets that were sent."),
                Member::optional(
                    "averageInboundPacketLossRateInPercentage",
                    Percent,
                    "Average loss of received packets.",
                ),
                Member::optional("averageOutboundPacketLossRateInPercentage", Percent, "Average loss of sent packets."),
                Member::optional(
                    "maximumInboundPacketLossRateInPercentage",
                    Percent,
                    "Maximum loss of received packets.",
                ),
                Member::optional("maximumOutboundPacketLossRateInPercentage", Percent, "Maximum loss of sent packets."),
                Member::optional("averageInboundRoundTripDelay", Duration, "Average round trip of received packets."),
                Member::optional("averageOutboundRoundTripDelay", Duration, "Average round trip of sent packets."),
                Member::optional("maximumInboundRoundTripDelay", Duration, "Maximum round trip of received packets."),
                Member::optional("maximumOutboundRoundTripDelay", Duration, "Maximum round trip of sent packets."),
                Member::optional("averageInboundJitter", Duration, "Average jitter of received packets."),
                Member::optional("averageOutboundJitter", Duration, "Average jitter of sent packets."),
                Member::optional("maximumInboundJitter", Duration, "Maximum jitter of received packets."),
                Member::optional("maximumOutboundJitter", Duration, "Maximum jitter of sent packets."),
            ],
        }
    };
}

const AUDIO_QUALITY: ObjectType = media_quality!("teleconferenceDeviceAudioQuality");
const VIDEO_QUALITY: ObjectType = media_quality!("teleconferenceDeviceVideoQuality");
const SCREEN_SHARING_QUALITY: ObjectType = media_quality!("teleconferenceDeviceScreenSharingQuality");
const MEDIA_QUALITY: ValueType = OneOf(&[&AUDIO_QUALITY, &VIDEO_QUALITY, &SCREEN_SHARING_QUALITY]);

pub(super) const RESULT_INFO: ObjectType = ObjectType {
    name: "resultInfo",
    members: &[
        Member::optional("code", COUNT, "Class of the outcome."),
        Member::optional("subcode", COUNT, "The outcome."),
        Member::optional("message", ValueType::TEXT, "Message of the service."),
    ],
};

pub(super) const DEVICE_QUALITY: ObjectType = ObjectType {
    name: "teleconferenceDeviceQuality",
    members: &[
        Member::optional("callChainId", Id, "The `callChainId` of the call."),
        Member::optional("participantId", Id, "The `myParticipantId` of the call."),
        Member::optional("mediaLegId", Id, "Id of the leg of the media."),
        Member::optional("deviceName", ValueType::TEXT, "Name of the device."),
        Member::optional("deviceDescription", ValueType::TEXT, "Description of the device."),
        Member::optional("cloudServiceName", ValueType::TEXT, "Name of the cloud service."),
        Member::optional("cloudServiceInstanceName", ValueType::TEXT, "Instance of the cloud service."),
        Member::optional("cloudServiceDeploymentId", ValueType::TEXT, "Deployment of the cloud service."),
        Member::optional("cloudServiceDeploymentEnvironment", ValueType::TEXT, "Environment of the cloud service."),
        Member::required("mediaQualityList", ValueType::list_of(&MEDIA_QUALITY), "Quality of each medium."),
    ],
};
