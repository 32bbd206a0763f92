//! What each operation does to a simulated call.

use std::time::Duration;

use call_core::{CallState, Timestamp};
use call_msgraph::ApiOperation;
use call_transport::Response;
use fastrand::Rng;
use serde_json::{Value, json};

use crate::service::bodies;
use crate::service::call::{Draft, SimulatedCall};
use crate::service::commands::{answer, hang_up, redirect, reject, transfer};
use crate::service::operations::operation_id;
use crate::service::roster::MemberChange;
use crate::service::story::{self, Happening, TONES};

/// A request for an operation that the judge accepted.
pub(crate) struct Asked<'a> {
    pub(crate) operation: ApiOperation,
    /// Id of the participant, operation, session or group in the path.
    pub(crate) part: &'a str,
    pub(crate) body: &'a Value,
    /// Number of the operation that is started.
    pub(crate) number: u64,
    pub(crate) now: Timestamp,
}

/// A refusal: status, code and message.
pub(crate) type Refusal = (u16, &'static str, &'static str);

const NO_PARTICIPANT: Refusal = (404, "8522", "Participant not found.");
const NO_OPERATION: Refusal = (404, "8522", "Operation not found.");
const NO_SESSION: Refusal = (404, "8522", "Content sharing session not found.");
const NO_GROUP: Refusal = (404, "8522", "Audio routing group not found.");
const ON_HOLD: Refusal = (409, "Conflict", "Another participant is on hold.");

/// Carries out an operation, and returns its response and the notifications that follow at once.
pub(crate) fn carry_out(
    call: &mut SimulatedCall,
    rng: &mut Rng,
    asked: &Asked<'_>,
) -> Result<(Response, Vec<Draft>), Refusal> {
    let Asked { operation, part, body, number, now } = *asked;
    let started = |call: &mut SimulatedCall, status: u16, kind: &'static str, state: &'static str| {
        call.operations.add(number, kind, body, state);
        let mut response = ok(status, call.operations.get(number).as_ref());
        response.location = Some(format!("/communications/calls/{}/operations/{}", call.id(), operation_id(number)));
        response
    };
    let quietly = |response: Response| Ok((response, Vec::new()));
    match operation {
        ApiOperation::GetCall => quietly(ok(200, Some(&call.resource()))),
        ApiOperation::HangUp => {
            let is_new = call.truth.state() != CallState::Terminating;
            Ok((ok(204, None), if is_new { hang_up(call, rng, now) } else { Vec::new() }))
        }
        ApiOperation::KeepAlive => {
            call.keep_alive(now);
            quietly(ok(200, None))
        }
        ApiOperation::Answer => Ok((ok(202, None), answer(call, rng, body, now))),
        ApiOperation::Reject => Ok((ok(202, None), reject(call, rng, now))),
        ApiOperation::Redirect => Ok((ok(202, None), redirect(call, rng, now))),
        ApiOperation::Transfer => Ok((ok(202, None), transfer(call, rng, body, now))),
        ApiOperation::ChangeScreenSharingRole => Ok((ok(202, None), vec![call.roster()])),
        ApiOperation::LogTeleconferenceDeviceQuality => quietly(ok(200, None)),
        ApiOperation::UpdateRecordingStatus => {
            let response = started(call, 200, "updateRecordingStatus", "completed");
            let status = body.get("status").and_then(Value::as_str).unwrap_or_default();
            let bot = call.roster.bot();
            let is_shown = bot.is_some_and(|bot| call.roster.change(&bot, MemberChange::Recording(status.to_owned())));
            Ok((response, if is_shown { vec![call.roster()] } else { Vec::new() }))
        }
        ApiOperation::AddLargeGalleryView => {
            let response = started(call, 202, "addLargeGalleryView", "running");
            call.also(Duration::from_millis(800), Happening::OperationCompleted(number), now);
            quietly(response)
        }
        ApiOperation::PlayPrompt => {
            let prompts = body.get("prompts").and_then(Value::as_array).map_or(1, Vec::len);
            let duration: Duration = (0..prompts.max(1)).map(|_| Duration::from_millis(rng.u64(1_000..4_000))).sum();
            let response = started(call, 200, "playPrompt", "running");
            call.operations.will_have(number, vec![("completionReason", DONE.into())]);
            call.queue_media(number, duration, now);
            quietly(response)
        }
        ApiOperation::RecordResponse => {
            let barges_in = body.get("bargeInAllowed").and_then(Value::as_bool) == Some(true);
            let cancelled = if barges_in { call.cancel_media() } else { Vec::new() };
            let response = started(call, 200, "record", "running");
            let prompt = if body.get("prompts").is_some() { Duration::from_secs(2) } else { Duration::ZERO };
            let (speech, is_longest) = speech(body);
            let location = format!("https://recordings.simulated/{}", operation_id(number));
            let token = format!("token-{number}");
            let recording = vec![("recordingLocation", location.into()), ("recordingAccessToken", token.into())];
            call.operations.will_have(number, recording);
            if is_longest {
                call.operations.will_have(number, vec![("resultInfo", bodies::result(story::LONGEST_RECORDING))]);
            }
            call.queue_media(number, prompt + speech, now);
            Ok((response, cancelled))
        }
        ApiOperation::CancelMediaProcessing => {
            let response = started(call, 200, "cancelMediaProcessing", "completed");
            Ok((response, call.cancel_media()))
        }
        ApiOperation::SubscribeToTone => {
            let response = started(call, 200, "subscribeToTone", "completed");
            for (sequence, _) in TONES.iter().enumerate() {
                call.also(Duration::from_secs(2 + sequence as u64), Happening::Tone(sequence), now);
            }
            quietly(response)
        }
        ApiOperation::SendDtmfTones => {
            let tones = body.get("tones").and_then(Value::as_array).map_or(0, Vec::len) as u64;
            let pause = body.get("delayBetweenTonesMs").and_then(Value::as_u64).unwrap_or(0).min(60_000);
            let response = started(call, 200, "sendDtmfTones", "running");
            call.operations.will_have(number, vec![("completionReason", DONE.into())]);
            call.also(Duration::from_millis(tones * (150 + pause)), Happening::OperationCompleted(number), now);
            quietly(response)
        }
        ApiOperation::Mute | ApiOperation::Unmute => {
            let is_muted = operation == ApiOperation::Mute;
            if let Some(bot) = call.roster.bot() {
                call.roster.change(&bot, MemberChange::Muted(is_muted));
            }
            let kind = if is_muted { "muteParticipant" } else { "unmuteParticipant" };
            Ok((started(call, 200, kind, "completed"), vec![call.roster()]))
        }
        ApiOperation::ListParticipants => quietly(ok(200, Some(&list(call, "participants", call.participants())))),
        ApiOperation::GetParticipant => quietly(ok(200, Some(&call.roster.get(part).ok_or(NO_PARTICIPANT)?))),
        ApiOperation::Invite => {
            let response = started(call, 200, "inviteParticipants", "running");
            call.operations.will_have(number, vec![("participants", body["participants"].clone())]);
            call.also(Duration::from_millis(1_200), Happening::InvitedJoin(number), now);
            quietly(response)
        }
        ApiOperation::MuteParticipant => {
            if !call.roster.change(part, MemberChange::Muted(true)) {
                return Err(NO_PARTICIPANT);
            }
            Ok((started(call, 200, "muteParticipant", "completed"), vec![call.roster()]))
        }
        ApiOperation::DeleteParticipant => {
            if !call.roster.remove(part) {
                return Err(NO_PARTICIPANT);
            }
            quietly(ok(204, None))
        }
        ApiOperation::StartHoldMusic => {
            if call.roster.on_hold().is_some_and(|other| other != part) {
                return Err(ON_HOLD);
            }
            if !call.roster.change(part, MemberChange::OnHold(true)) {
                return Err(NO_PARTICIPANT);
            }
            let response = started(call, 202, "startHoldMusic", "running");
            call.also(Duration::from_millis(700), Happening::OperationCompleted(number), now);
            Ok((response, vec![call.roster()]))
        }
        ApiOperation::StopHoldMusic => {
            if !call.roster.change(part, MemberChange::OnHold(false)) {
                return Err(NO_PARTICIPANT);
            }
            Ok((started(call, 202, "stopHoldMusic", "completed"), vec![call.roster()]))
        }
        ApiOperation::GetOperation => quietly(ok(200, Some(&call.operations.by_id(part).ok_or(NO_OPERATION)?))),
        ApiOperation::ListContentSharingSessions => {
            quietly(ok(200, Some(&list(call, "contentSharingSessions", call.sessions()))))
        }
        ApiOperation::GetContentSharingSession => {
            let sessions = call.sessions();
            let found = sessions.as_array().into_iter().flatten().find(|session| session["id"] == part);
            quietly(ok(200, Some(found.ok_or(NO_SESSION)?)))
        }
        ApiOperation::ListAudioRoutingGroups => {
            let groups: Value = call.groups.values().cloned().collect();
            quietly(ok(200, Some(&json!({ "value": groups }))))
        }
        ApiOperation::GetAudioRoutingGroup => quietly(ok(200, Some(call.groups.get(part).ok_or(NO_GROUP)?))),
        ApiOperation::CreateAudioRoutingGroup => {
            let chosen = body.get("id").and_then(Value::as_str).map(str::to_owned);
            let id = chosen.unwrap_or_else(|| format!("group-{number}"));
            let mut group = body.clone();
            group["id"] = id.as_str().into();
            call.groups.insert(id, group.clone());
            quietly(ok(200, Some(&group)))
        }
        ApiOperation::UpdateAudioRoutingGroup => {
            let known = call.groups.get_mut(part).ok_or(NO_GROUP)?;
            *known = body.clone();
            known["id"] = part.into();
            quietly(ok(200, Some(known)))
        }
        ApiOperation::DeleteAudioRoutingGroup => {
            call.groups.remove(part).ok_or(NO_GROUP)?;
            quietly(ok(204, None))
        }
        // An operation without effects of its own is an operation that has completed at once.
        other => {
            let kind = other.spec().name;
            quietly(started(call, 200, kind, "completed"))
        }
    }
}

/// The `completionReason` of an operation that was not cancelled.
const DONE: &str = "completedSuccessfully";
/// Time for which the other side speaks in a recording, in seconds.
const SPEECH: u64 = 3;

/// Returns the duration of a recording, and whether it ends at its longest.
fn speech(body: &Value) -> (Duration, bool) {
    let seconds = |key: &str| body.get(key).and_then(Value::as_u64).unwrap_or(5);
    let (longest, until_silence) =
        (seconds("maxRecordDurationInSeconds"), SPEECH + seconds("maxSilenceTimeoutInSeconds"));
    (Duration::from_secs(until_silence.min(longest)), until_silence > longest)
}

fn list(call: &SimulatedCall, part: &str, value: Value) -> Value {
    let context = format!("https://graph.microsoft.com/v1.0/$metadata#communications/calls('{}')/{part}", call.id());
    json!({ "@odata.context": context, "value": value })
}

pub(crate) fn ok(status: u16, body: Option<&Value>) -> Response {
    Response::new(status).with_body(body.map(bodies::to_bytes).unwrap_or_default())
}
