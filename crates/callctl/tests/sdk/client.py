"""Calls the emulator with Microsoft's client for Python (`msgraph-sdk`), which this project did not write.

    python client.py http://127.0.0.1:8080

It creates, reads and ends calls, carries out the operations of their media and participants, and waits for the notifications that follow.
The exit status is 0 if everything is as the reference describes.
"""

import asyncio
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from kiota_abstractions.api_error import APIError
from kiota_abstractions.authentication import AccessTokenProvider, AllowedHostsValidator, BaseBearerTokenAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.communications.calls.item.answer.answer_post_request_body import AnswerPostRequestBody
from msgraph.generated.communications.calls.item.cancel_media_processing.cancel_media_processing_post_request_body import (
    CancelMediaProcessingPostRequestBody,
)
from msgraph.generated.communications.calls.item.mute.mute_post_request_body import MutePostRequestBody
from msgraph.generated.communications.calls.item.participants.invite.invite_post_request_body import InvitePostRequestBody
from msgraph.generated.communications.calls.item.participants.item.mute.mute_post_request_body import (
    MutePostRequestBody as MuteParticipantPostRequestBody,
)
from msgraph.generated.communications.calls.item.participants.item.start_hold_music.start_hold_music_post_request_body import (
    StartHoldMusicPostRequestBody,
)
from msgraph.generated.communications.calls.item.participants.item.stop_hold_music.stop_hold_music_post_request_body import (
    StopHoldMusicPostRequestBody,
)
from msgraph.generated.communications.calls.item.play_prompt.play_prompt_post_request_body import PlayPromptPostRequestBody
from msgraph.generated.communications.calls.item.record_response.record_response_post_request_body import (
    RecordResponsePostRequestBody,
)
from msgraph.generated.communications.calls.item.send_dtmf_tones.send_dtmf_tones_post_request_body import (
    SendDtmfTonesPostRequestBody,
)
from msgraph.generated.communications.calls.item.subscribe_to_tone.subscribe_to_tone_post_request_body import (
    SubscribeToTonePostRequestBody,
)
from msgraph.generated.communications.calls.item.transfer.transfer_post_request_body import TransferPostRequestBody
from msgraph.generated.communications.calls.item.unmute.unmute_post_request_body import UnmutePostRequestBody
from msgraph.generated.models.call import Call
from msgraph.generated.models.chat_info import ChatInfo
from msgraph.generated.models.identity import Identity
from msgraph.generated.models.identity_set import IdentitySet
from msgraph.generated.models.invitation_participant_info import InvitationParticipantInfo
from msgraph.generated.models.media_info import MediaInfo
from msgraph.generated.models.media_prompt import MediaPrompt
from msgraph.generated.models.modality import Modality
from msgraph.generated.models.organizer_meeting_info import OrganizerMeetingInfo
from msgraph.generated.models.service_hosted_media_config import ServiceHostedMediaConfig
from msgraph.generated.models.tone import Tone

USER = "112f7296-5fa4-42ca-bae8-6a692b15d4b8"


class AnyToken(AccessTokenProvider):
    async def get_authorization_token(self, uri, additional_authentication_context={}):
        return "any"

    def get_allowed_hosts_validator(self):
        return AllowedHostsValidator([])


class Webhook:
    """Receives notifications."""

    def __init__(self):
        self.values, self.news = [], threading.Condition()
        webhook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with webhook.news:
                    webhook.values += body["value"]
                    webhook.news.notify_all()
                self.send_response(202)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = "http://127.0.0.1:%d/callback" % self.server.server_port

    async def until(self, what, condition):
        """Waits for a notification, and returns it."""

        def wait():
            with self.news:
                found = self.news.wait_for(lambda: next((value for value in self.values if condition(value)), None), timeout=30)
            assert found, "no notification within 30 s: %s; received %s" % (what, json.dumps(self.values)[:4000])
            return found

        return await asyncio.get_running_loop().run_in_executor(None, wait)

    async def state(self, call, state):
        def is_it(value):
            data = value.get("resourceData")
            return isinstance(data, dict) and call in value["resourceUrl"] and data.get("state") == state

        return await self.until("%s is %s" % (call, state), is_it)

    async def ended(self, context):
        """Waits for the end of an operation by its client context, and returns its resource."""

        def is_it(value):
            data = value.get("resourceData")
            return value["changeType"] == "deleted" and isinstance(data, dict) and data.get("clientContext") == context

        return (await self.until("end of " + context, is_it))["resourceData"]

    async def roster(self, call, condition):
        def is_it(value):
            return value["resourceUrl"].endswith(call + "/participants") and condition(value["resourceData"])

        return (await self.until("roster of " + call, is_it))["resourceData"]


def user(id=USER):
    return InvitationParticipantInfo(
        odata_type="#microsoft.graph.invitationParticipantInfo",
        identity=IdentitySet(odata_type="#microsoft.graph.identitySet", user=Identity(odata_type="#microsoft.graph.identity", id=id)),
    )


def prompt():
    info = MediaInfo(odata_type="#microsoft.graph.mediaInfo", uri="https://cdn.contoso.com/beep.wav", resource_id="beep")
    return MediaPrompt(odata_type="#microsoft.graph.mediaPrompt", media_info=info)


def word(status):
    """Returns the API's word for a status, which the client spells in its own way."""
    return status.value[0].lower() + status.value[1:]


def same(what, found, expected):
    assert found == expected, "%s is %r, expected %r" % (what, found, expected)
    print("ok", what)


class Test:
    def __init__(self, emulator):
        adapter = GraphRequestAdapter(BaseBearerTokenAuthenticationProvider(AnyToken()))
        adapter.base_url = emulator + "/v1.0"
        self.calls = GraphServiceClient(request_adapter=adapter).communications.calls
        self.webhook = Webhook()

    async def create(self, **parts):
        config = ServiceHostedMediaConfig(odata_type="#microsoft.graph.serviceHostedMediaConfig")
        body = Call(
            odata_type="#microsoft.graph.call",
            callback_uri=self.webhook.url,
            requested_modalities=[Modality.Audio],
            media_config=config,
            **parts,
        )
        created = await self.calls.post(body)
        same("the state of a new call", created.state.value, "establishing")
        await self.webhook.state(created.id, "established")
        return created.id, self.calls.by_call_id(created.id)

    async def media(self):
        id, call = await self.create(targets=[user()])
        got = await call.get()
        same("the state of the call", (got.id, got.state.value), (id, "established"))
        played = await call.play_prompt.post(PlayPromptPostRequestBody(prompts=[prompt(), prompt()], client_context="play"))
        same("a prompt", (word(played.status), played.client_context), ("running", "play"))
        recorded = await call.record_response.post(
            RecordResponsePostRequestBody(
                prompts=[prompt()], barge_in_allowed=False, max_record_duration_in_seconds=10, play_beep=True,
                stop_tones=["#"], client_context="record",
            )
        )
        same("a recording", word(recorded.status), "running")
        same("the end of the prompt", (await self.webhook.ended("play"))["status"], "completed")
        same("the recording is somewhere", "recordingLocation" in await self.webhook.ended("record"), True)
        operation = await call.operations.by_comms_operation_id(recorded.id).get()
        same("the operation", word(operation.status), "completed")
        await call.play_prompt.post(PlayPromptPostRequestBody(prompts=[prompt()], client_context="cancelled"))
        cancelled = await call.cancel_media_processing.post(CancelMediaProcessingPostRequestBody(client_context="cancel"))
        same("a cancellation", word(cancelled.status), "completed")
        ended = await self.webhook.ended("cancelled")
        same("a cancelled prompt", (ended["status"], ended["resultInfo"]["subcode"]), ("failed", 8508))
        subscribed = await call.subscribe_to_tone.post(SubscribeToTonePostRequestBody(client_context="tones"))
        same("a subscription", word(subscribed.status), "completed")
        has_tone = lambda value: isinstance(value.get("resourceData"), dict) and "toneInfo" in value["resourceData"]
        same("a tone", (await self.webhook.until("a tone", has_tone))["resourceData"]["toneInfo"]["sequenceId"], 1)
        sent = await call.send_dtmf_tones.post(
            SendDtmfTonesPostRequestBody(tones=[Tone.Tone1, Tone.Pound], delay_between_tones_ms=100, client_context="sent")
        )
        same("sent tones", word(sent.status), "running")
        same("the end of the tones", (await self.webhook.ended("sent"))["completionReason"], "completedSuccessfully")
        await call.delete()
        ended = await self.webhook.state(id, "terminated")
        same("the end of the call", ended["changeType"], "deleted")
        try:
            while True:
                await call.get()
                await asyncio.sleep(0.05)
        except APIError as error:
            same("an ended call", (error.response_status_code, error.error.code), (404, "8522"))

    async def participants(self):
        organizer = IdentitySet(odata_type="#microsoft.graph.identitySet", user=Identity(odata_type="#microsoft.graph.identity", id=USER))
        id, call = await self.create(
            chat_info=ChatInfo(odata_type="#microsoft.graph.chatInfo", thread_id="19:meeting@thread.v2", message_id="0"),
            meeting_info=OrganizerMeetingInfo(odata_type="#microsoft.graph.organizerMeetingInfo", organizer=organizer),
            tenant_id="86dc81db-c112-4228-9222-63f3e8aa1edb",
        )
        await self.webhook.roster(id, lambda roster: len(roster) == 2)
        muted = await call.mute.post(MutePostRequestBody(client_context="mute"))
        same("a muted bot", word(muted.status), "completed")
        await self.webhook.roster(id, lambda roster: roster[0]["isMuted"])
        await call.unmute.post(UnmutePostRequestBody(client_context="unmute"))
        invited = await call.participants.invite.post(InvitePostRequestBody(participants=[user()], client_context="invite"))
        same("an invitation", word(invited.status), "running")
        same("the end of the invitation", (await self.webhook.ended("invite"))["status"], "completed")
        listed = (await call.participants.get()).value
        same("the participants", len(listed), 3)
        guest = call.participants.by_participant_id(listed[-1].id)
        same("the guest", (await guest.get()).info.identity.user.id, USER)
        same("a muted guest", word((await guest.mute.post(MuteParticipantPostRequestBody(client_context="m"))).status), "completed")
        held = await guest.start_hold_music.post(StartHoldMusicPostRequestBody(custom_prompt=prompt(), client_context="hold"))
        same("a guest on hold", word(held.status), "running")
        same("the music", (await self.webhook.ended("hold"))["status"], "completed")
        resumed = await guest.stop_hold_music.post(StopHoldMusicPostRequestBody(client_context="resume"))
        same("a guest off hold", word(resumed.status), "completed")
        await guest.delete()
        same("the rest", len((await call.participants.get()).value), 2)
        same("the sessions", (await call.content_sharing_sessions.get()).value, [])
        await call.keep_alive.post()
        await call.delete()
        await self.webhook.state(id, "terminated")

    async def transfer(self):
        id, call = await self.create(targets=[user()])
        await call.transfer.post(TransferPostRequestBody(transfer_target=user("550fae72-d251-43ec-868c-373732c2704f")))
        await self.webhook.state(id, "transferring")
        ended = await self.webhook.state(id, "terminated")
        same("the end of a transfer", ended["resourceData"]["resultInfo"]["subcode"], 7015)

    async def refusals(self):
        _, call = await self.create(targets=[user()])
        try:
            await call.play_prompt.post(PlayPromptPostRequestBody(prompts=[]))
            raise AssertionError("an empty list of prompts is accepted")
        except APIError as error:
            same("an empty list of prompts", (error.response_status_code, error.error.code), (400, "8523"))
        config = ServiceHostedMediaConfig(odata_type="#microsoft.graph.serviceHostedMediaConfig")
        try:
            await call.answer.post(AnswerPostRequestBody(media_config=config, accepted_modalities=[Modality.Audio]))
            raise AssertionError("an outgoing call is answered")
        except APIError as error:
            same("an answer to an outgoing call", error.response_status_code, 409)
        await call.delete()

    async def run(self):
        await self.media()
        await self.participants()
        await self.transfer()
        await self.refusals()


asyncio.run(Test(sys.argv[1]).run())
