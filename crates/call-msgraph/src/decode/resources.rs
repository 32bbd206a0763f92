//! The members of the API's objects that are read. A member with another name is skipped.

use std::convert::Infallible;

use crate::decode::identity_set::IdentitySet;
use crate::fault::Fault;
use crate::json::member::{List, Value, object};
use crate::json::node::Node;
use crate::json::reader::{Read, Reader};

object! {
    /// A resource of any kind: a call, a participant, a list of changed participants, an operation or a sharing session.
    ///
    /// They share some members, and no member means something else in another kind. So the kind need not be known before.
    Resource<'a> {
        odata_type: Node<'a> = b"@odata.type",
        result_info: ResultInfo<'a> = b"resultInfo",
        state: Node<'a> = b"state",
        direction: Node<'a> = b"direction",
        participants: Node<'a> = b"participants",
        sequence_number: Node<'a> = b"sequenceNumber",
        client_context: Node<'a> = b"clientContext",
        status: Node<'a> = b"status",
        completion_reason: Node<'a> = b"completionReason",
        recording_location: Node<'a> = b"recordingLocation",
        recording_access_token: Node<'a> = b"recordingAccessToken",
        .. details: Details<'a>
    }
}

object! {
    /// What a call may have besides its state. Most reports of a state have none of it.
    Details<'a> {
        call_chain_id: Node<'a> = b"callChainId",
        my_participant_id: Node<'a> = b"myParticipantId",
        tenant_id: Node<'a> = b"tenantId",
        subject: Node<'a> = b"subject",
        termination_reason: Node<'a> = b"terminationReason",
        replaces_context: Node<'a> = b"replacesContext",
        chat_info: ChatInfo<'a> = b"chatInfo",
        meeting_info: Any<'a> = b"meetingInfo",
        media_state: MediaState<'a> = b"mediaState",
        transcription: Transcription<'a> = b"transcription",
        media_config: MediaConfig<'a> = b"mediaConfig",
        source: Party<'a> = b"source",
        targets: List<Party<'a>> = b"targets",
        answered_by: Party<'a> = b"answeredBy",
        incoming_context: Incoming<'a> = b"incomingContext",
        active_modalities: List<Node<'a>, Infallible> = b"activeModalities",
        tone_info: ToneInfo<'a> = b"toneInfo",
        .. participant: Participant<'a>
    }
}

object! {
    /// A participant. All resources have its id.
    Participant<'a> {
        id: Node<'a> = b"id",
        info: Party<'a> = b"info",
        roster_sequence_number: Node<'a> = b"rosterSequenceNumber",
        removed_state: Node<'a> = b"removedState",
        is_in_lobby: Node<'a> = b"isInLobby",
        is_muted: Node<'a> = b"isMuted",
        is_on_hold: Node<'a> = b"isOnHold",
    }
}

object! {
    ResultInfo<'a> {
        code: Node<'a> = b"code",
        subcode: Node<'a> = b"subcode",
        sub_code: Node<'a> = b"subCode",
        message: Node<'a> = b"message",
    }
}

object! { ChatInfo<'a> { thread_id: Node<'a> = b"threadId", } }
object! { MediaState<'a> { audio: Node<'a> = b"audio", } }
object! { Transcription<'a> { state: Node<'a> = b"state", } }
object! { MediaConfig<'a> { odata_type: Node<'a> = b"@odata.type", } }
object! { ToneInfo<'a> { sequence_id: Node<'a> = b"sequenceId", tone: Node<'a> = b"tone", } }

object! {
    /// What describes a participant: `participantInfo` or `invitationParticipantInfo`.
    Party<'a> { identity: IdentitySet<'a> = b"identity", }
}

object! {
    /// The context of an incoming call.
    Incoming<'a> {
        source_participant_id: Node<'a> = b"sourceParticipantId",
        observed_participant_id: Node<'a> = b"observedParticipantId",
        on_behalf_of: IdentitySet<'a> = b"onBehalfOf",
        transferor: IdentitySet<'a> = b"transferor",
    }
}

/// An object of which only the text is kept.
#[derive(Debug)]
pub(crate) struct Any<'a>(pub(crate) Node<'a>);

impl<'a> Value<'a> for Any<'a> {
    type Wrong = Fault;

    fn read(reader: &mut Reader<'a>) -> Read<Self> {
        Ok(reader.object(|reader, _| reader.skip_value())?.map(Self))
    }
}
