//! The operations of a call, one method for each row of the table.

use call_core::{Id, OperationKey, OperationReport, ParticipantReport, TrackedOperation};
use call_msgraph::{
    AddLargeGalleryView, ApiOperation, AudioRoutingGroup, CallOperation, CancelMediaProcessing,
    ChangeScreenSharingRole, CreateAudioRoutingGroup, IntendedOperation, Invite, Mute, MuteParticipant, OperationPath,
    OperationRequest, PlayPrompt, RecordResponse, ReplyBody, SendDtmfTones, ServiceError, StartHoldMusic,
    StopHoldMusic, SubscribeToTone, Transfer, Unmute, UpdateAudioRoutingGroup, UpdateRecordingStatus,
};
use call_transport::{Reply, SendError};
use serde_json::Value;

use crate::base::random::random_hex;
use crate::host::finished::{HungUp, Joined, OperationResult, Recording, Transferred};
use crate::host::handle::CallHandle;
use crate::host::started::Started;

/// An operation that was carried out, with its reply in each form.
#[derive(Debug)]
#[non_exhaustive]
pub struct Operated {
    /// The reply as it came; `None` if none was received, although the operation may have started.
    pub reply: Option<Reply>,
    /// The reply as what the table says that it is.
    pub body: ReplyBody,
    /// The operation that was started, if the request starts one.
    pub started: Option<Started>,
}

/// Operations. Each checks the request before it is sent ([`SendError::Invalid`]). If it takes a client context and the host sets
/// none, the engine chooses one. An operation of a call that has ended is not sent ([`SendError::Gone`]).
///
/// The intent of an operation is journalled before its request is sent. If no response is received, the operation counts as
/// started, with [`Started::uncertain`]: the engine finds out whether it was, and never sends it twice.
///
/// Cancel safety: the engine sends the request and processes the response even if the future is dropped.
///
/// # Errors
/// [`SendError`]
impl CallHandle {
    /// Hangs up. A call that has already ended is not an error.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn hang_up(&self) -> Result<Started<HungUp>, SendError> {
        let request = OperationRequest::new(ApiOperation::HangUp, Some(self.id().clone()), None, None);
        self.start_request(request).await
    }

    /// Transfers the call to another party.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn transfer(&self, transfer: Transfer) -> Result<Started<Transferred>, SendError> {
        self.start(transfer).await
    }

    /// Begins or stops sharing the screen.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn change_screen_sharing_role(&self, change: ChangeScreenSharingRole) -> Result<(), SendError> {
        self.carry_out(change).await.map(drop)
    }

    /// Tells the participants whether the bot records, in policy-based recording.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn update_recording_status(&self, update: UpdateRecordingStatus) -> Result<Started, SendError> {
        self.start(update).await
    }

    /// Adds the large gallery view to the call.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn add_large_gallery_view(&self, view: AddLargeGalleryView) -> Result<Started, SendError> {
        self.start(view).await
    }

    /// Plays prompts.
    ///
    /// ```no_run
    /// # async fn f(call: call_engine::CallHandle) -> Result<(), Box<dyn std::error::Error>> {
    /// use call_engine::call_msgraph::{PlayPrompt, Prompt};
    /// let played = call.play_prompt(PlayPrompt::new(Prompt::new("https://cdn.contoso.com/beep.wav"))).await?;
    /// played.finished().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn play_prompt(&self, play: PlayPrompt) -> Result<Started, SendError> {
        self.start(play).await
    }

    /// Records what the other side says.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn record_response(&self, record: RecordResponse) -> Result<Started<Recording>, SendError> {
        self.start(record).await
    }

    /// Cancels all running and queued prompts and recordings.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn cancel_media_processing(&self, cancel: CancelMediaProcessing) -> Result<Started, SendError> {
        self.start(cancel).await
    }

    /// Subscribes to the tones of the other side. The timeline shows them.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn subscribe_to_tone(&self, subscribe: SubscribeToTone) -> Result<Started, SendError> {
        self.start(subscribe).await
    }

    /// Sends tones.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn send_dtmf_tones(&self, tones: SendDtmfTones) -> Result<Started, SendError> {
        self.start(tones).await
    }

    /// Mutes the bot.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn mute(&self, mute: Mute) -> Result<Started, SendError> {
        self.start(mute).await
    }

    /// Unmutes the bot.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn unmute(&self, unmute: Unmute) -> Result<Started, SendError> {
        self.start(unmute).await
    }

    /// Lists the participants, on all pages. The timeline contains them when this returns.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn list_participants(&self) -> Result<Vec<ParticipantReport>, SendError> {
        self.list(ApiOperation::ListParticipants, ReplyBody::participants).await
    }

    /// Gets a participant of a group call.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn get_participant(&self, participant: &str) -> Result<ParticipantReport, SendError> {
        self.get(ApiOperation::GetParticipant, participant, |body| body.participants()?.pop()).await
    }

    /// Invites participants.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn invite(&self, invite: Invite) -> Result<Started<Joined>, SendError> {
        self.start(invite).await
    }

    /// Mutes a participant of a group call.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn mute_participant(&self, mute: MuteParticipant) -> Result<Started, SendError> {
        self.start(mute).await
    }

    /// Removes a participant from a group call, or cancels an invitation. No notification follows, so the participants are listed
    /// when this returns.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn delete_participant(&self, participant: &str) -> Result<(), SendError> {
        self.exchange(self.about(ApiOperation::DeleteParticipant, participant)).await.map(drop)
    }

    /// Puts a participant on hold and plays music.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn start_hold_music(&self, music: StartHoldMusic) -> Result<Started, SendError> {
        self.start(music).await
    }

    /// Stops the music, and takes the participant off hold.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn stop_hold_music(&self, music: StopHoldMusic) -> Result<Started, SendError> {
        self.start(music).await
    }

    /// Gets an operation. The timeline contains it when this returns.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn get_operation(&self, operation: &str) -> Result<OperationReport, SendError> {
        self.get(ApiOperation::GetOperation, operation, ReplyBody::operation).await
    }

    /// Lists the ids of the content sharing sessions, on all pages.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn list_content_sharing_sessions(&self) -> Result<Vec<Id>, SendError> {
        self.list(ApiOperation::ListContentSharingSessions, ReplyBody::content_sharing_sessions).await
    }

    /// Gets a content sharing session, and returns its id: the API tells no more of it.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn get_content_sharing_session(&self, session: &str) -> Result<Id, SendError> {
        self.get(ApiOperation::GetContentSharingSession, session, |body| body.content_sharing_sessions()?.pop()).await
    }

    /// Lists the audio routing groups, on all pages.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn list_audio_routing_groups(&self) -> Result<Vec<AudioRoutingGroup>, SendError> {
        self.list(ApiOperation::ListAudioRoutingGroups, ReplyBody::audio_routing_groups).await
    }

    /// Gets an audio routing group.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn get_audio_routing_group(&self, group: &str) -> Result<AudioRoutingGroup, SendError> {
        self.get(ApiOperation::GetAudioRoutingGroup, group, group_of).await
    }

    /// Creates an audio routing group.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn create_audio_routing_group(
        &self,
        create: CreateAudioRoutingGroup,
    ) -> Result<AudioRoutingGroup, SendError> {
        self.read(create.on(self.id().clone()), group_of).await
    }

    /// Changes an audio routing group.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn update_audio_routing_group(
        &self,
        update: UpdateAudioRoutingGroup,
    ) -> Result<AudioRoutingGroup, SendError> {
        self.read(update.on(self.id().clone()), group_of).await
    }

    /// Deletes an audio routing group.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn delete_audio_routing_group(&self, group: &str) -> Result<(), SendError> {
        self.exchange(self.about(ApiOperation::DeleteAudioRoutingGroup, group)).await.map(drop)
    }

    /// Posts an operation that the table does not have: one that the service added later, or that only old or beta pages describe.
    /// Nothing is checked, except that the path stays below the path of the call.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn raw(&self, path: OperationPath, body: Value) -> Result<Reply, SendError> {
        self.exchange(OperationRequest::raw(self.id().clone(), path, body)).await
    }

    /// Carries out a request about this call that was made from the table, for hosts that choose the operation at run time.
    ///
    /// # Errors
    /// [`SendError`]
    pub async fn operate(&self, request: OperationRequest) -> Result<Operated, SendError> {
        let request = request.with_default_client_context(random_hex);
        let intended = request.intended(random_hex);
        let context = intended.as_ref().map(|intended| intended.client_context.clone());
        let by_context =
            |context: Box<str>| Started::new(self.clone(), OperationKey::ClientContext(context.clone()), Some(context));
        let without_reply = |started| Ok(Operated { reply: None, body: ReplyBody::Nothing, started: Some(started) });
        let reply = match (self.send_checked(request.clone(), intended).await, context.clone()) {
            (Err(SendError::Uncertain(cause)), Some(context)) => {
                let mut started = by_context(context);
                started.uncertain = Some(SendError::Uncertain(cause));
                return without_reply(started);
            }
            // The call ends as the hang-up asks.
            (Err(SendError::Gone(_)), Some(context)) if request.operation() == Some(ApiOperation::HangUp) => {
                return without_reply(by_context(context));
            }
            (sent, _) => sent?,
        };
        let body = ReplyBody::read(&request, &reply.body);
        let started = match body.clone().operation() {
            Some(report) => {
                let mut started = Started::new(self.clone(), report.key, report.details.client_context.or(context));
                started.status = report.status;
                Some(started)
            }
            // The operation has started nevertheless, and its notifications have the client context.
            None => context.map(by_context),
        };
        Ok(Operated { reply: Some(reply), body, started })
    }

    /// Returns the operations that have not ended, in the order of their requests. After a restart, these are those that were in
    /// flight before it.
    #[must_use]
    pub fn operations(&self) -> Vec<Started> {
        let view = self.view();
        let open = view.operations.iter().filter(|operation| operation.end.is_none());
        open.map(|operation| self.started(operation)).collect()
    }

    /// Returns an operation that this engine requested, by its id or its client context; `None` if there is none, or if it is no
    /// longer remembered ([`Limits::operations`](call_core::Limits::operations)). Its end may be known already.
    #[must_use]
    pub fn operation(&self, key: &OperationKey) -> Option<Started> {
        let view = self.view();
        view.operations.iter().rev().find(|operation| operation.has_key(key)).map(|operation| self.started(operation))
    }

    fn started(&self, operation: &TrackedOperation) -> Started {
        Started::new(self.clone(), operation.key(), Some(operation.requested.client_context.clone()))
    }

    pub(crate) async fn carry_out(&self, operation: impl CallOperation) -> Result<Reply, SendError> {
        self.exchange(operation.on(self.id().clone())).await
    }

    async fn start<T: OperationResult>(&self, operation: impl CallOperation) -> Result<Started<T>, SendError> {
        self.start_request(operation.on(self.id().clone())).await
    }

    async fn start_request<T: OperationResult>(&self, request: OperationRequest) -> Result<Started<T>, SendError> {
        let Operated { started, reply, .. } = self.operate(request).await?;
        let no_operation = || match reply {
            Some(reply) => SendError::Strange(reply),
            None => SendError::Uncertain("the operating system returned no random numbers for its context".into()),
        };
        started.map(Started::awaiting).ok_or_else(no_operation)
    }

    fn about(&self, operation: ApiOperation, part: &str) -> OperationRequest {
        OperationRequest::new(operation, Some(self.id().clone()), Some(part), None)
    }

    async fn get<T>(
        &self,
        operation: ApiOperation,
        part: &str,
        take: fn(ReplyBody) -> Option<T>,
    ) -> Result<T, SendError> {
        self.read(self.about(operation, part), take).await
    }

    async fn read<T>(&self, request: OperationRequest, take: fn(ReplyBody) -> Option<T>) -> Result<T, SendError> {
        let reply = self.exchange(request.clone()).await?;
        take(ReplyBody::read(&request, &reply.body)).ok_or(SendError::Strange(reply))
    }

    async fn list<T>(&self, operation: ApiOperation, take: fn(ReplyBody) -> Option<T>) -> Result<T, SendError> {
        self.read(OperationRequest::new(operation, Some(self.id().clone()), None, None), take).await
    }

    async fn exchange(&self, request: OperationRequest) -> Result<Reply, SendError> {
        self.send_checked(request, None).await
    }

    async fn send_checked(
        &self,
        request: OperationRequest,
        intended: Option<IntendedOperation>,
    ) -> Result<Reply, SendError> {
        let view = self.view();
        let needs = request.operation().map(|operation| operation.spec().needs);
        if view.has_ended() && needs.is_some_and(|needs| needs.established || needs.incoming) {
            return Err(SendError::Gone(ServiceError::default()));
        }
        self.courier().operate(request, intended, &view.known_call()).await
    }
}

fn group_of(body: ReplyBody) -> Option<AudioRoutingGroup> {
    body.audio_routing_groups()?.pop()
}
