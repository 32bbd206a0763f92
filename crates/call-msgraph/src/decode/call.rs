//! Claims of a call resource.

use call_core::{
    CallId, CallState, Claim, Direction, Field, IncomingContext, MediaState, Oddity, Redacted, Tone, TranscriptionState,
};

use crate::decode::subject::Subject;
use crate::decode::{identity, member};
use crate::fault::Fault;
use crate::json::node::Object;
use crate::odata::media_kind;

/// The known modalities ("call resource type", property `activeModalities`, v1.0 reference).
const MODALITIES: [&str; 5] = ["unknown", "audio", "video", "videoBasedScreenSharing", "data"];

/// Adds all claims of a call resource.
///
/// A `deleted` call is terminated, whatever its `state` is ("call: reject", v1.0 reference). Only the state must be readable.
pub(super) fn claims(subject: &mut Subject<'_>, call: &Object<'_>) -> Result<(), Fault> {
    let word = call.string("state")?;
    let state = word.as_deref().and_then(CallState::from_word);
    if let (Some(word), None) = (word, state) {
        member::odd(subject, Oddity::UnrecognizedState, &word);
    }
    let state = if subject.is_deleted() { Some(CallState::Terminated) } else { state };
    let result = member::result_info(subject, call);
    if let Some(state) = state {
        subject.claim(Claim::State { state, result: result.map(Box::new) });
    }
    if let Some(direction) = known(subject, Some(call), "direction", "direction", Direction::from_word) {
        subject.claim(Claim::Direction(direction));
    }
    for field in fields(subject, call).into_iter().flatten() {
        subject.claim(Claim::Field(Box::new(field)));
    }
    if let Some(info) = member::object(subject, call, "toneInfo") {
        tone(subject, &info);
    }
    // The path identifies the call. Another id in the resource is an anomaly ("participant: invite", v1.0 reference).
    let other = member::string(subject, call, "id").map(|id| CallId::from(&*id));
    if let Some(other) = other.filter(|other| *other != subject.call) {
        // In its one spelling, so that one id is one anomaly.
        member::odd(subject, Oddity::IdMismatch, &other.spelling());
    }
    Ok(())
}

/// Maximum size of a chat or a meeting that is kept as it was written, in bytes.
const LONGEST_INFO: usize = 4_096;

/// Reads all fields but the state.
fn fields(subject: &mut Subject<'_>, call: &Object<'_>) -> [Option<Field>; 17] {
    let chat = member::object(subject, call, "chatInfo");
    let media = member::object(subject, call, "mediaState");
    let transcription = member::object(subject, call, "transcription");
    let audio = known(subject, media.as_ref(), "audio", "mediaState", MediaState::from_word);
    let transcription = known(subject, transcription.as_ref(), "state", "transcription", TranscriptionState::from_word);
    let hosting = member::object(subject, call, "mediaConfig")
        .and_then(|config| member::word(subject, &config, "@odata.type"))
        .and_then(|name| media_kind(&name));
    let meeting = member::object(subject, call, "meetingInfo");
    let written =
        |object: &Object<'_>| Some(object.node().raw()).filter(|text| text.len() <= LONGEST_INFO).map(Redacted::new);
    let (chat_info, meeting_info) = (chat.as_ref().and_then(written), meeting.as_ref().and_then(written));
    let thread = chat.and_then(|chat| member::text(subject, &chat, "threadId"));
    let title = member::text(subject, call, "subject");
    let context = member::object(subject, call, "incomingContext");
    let context = context.map(|object| {
        let mut context = IncomingContext::default();
        context.source_participant_id = member::id(subject, &object, "sourceParticipantId");
        context.observed_participant_id = member::id(subject, &object, "observedParticipantId");
        context.on_behalf_of = identity::in_set(subject, &object, "onBehalfOf");
        context.transferor = identity::in_set(subject, &object, "transferor");
        context
    });
    let context = context.filter(|context| *context != IncomingContext::default());
    let targets = member::list(subject, call, "targets", |subject, target| {
        Ok(identity::in_set(subject, &target.object()?, "identity"))
    });
    let modalities: Option<Box<[Box<str>]>> =
        member::list(subject, call, "activeModalities", |_, word| Ok(Some(member::clip_word(&word.string()?).into())));
    for word in modalities.iter().flat_map(|words| words.iter()) {
        if !MODALITIES.iter().any(|known| known.eq_ignore_ascii_case(word)) {
            unrecognized(subject, "activeModalities", word);
        }
    }
    [
        member::id(subject, call, "callChainId").map(Field::CallChainId),
        member::id(subject, call, "myParticipantId").map(Field::MyParticipantId),
        member::id(subject, call, "tenantId").map(Field::TenantId),
        thread.map(Field::ThreadId),
        chat_info.map(Field::ChatInfo),
        meeting_info.map(Field::MeetingInfo),
        title.map(|title| Field::Subject(Redacted::new(&title))),
        identity::preferred(identity::of_participant(subject, call, "source")).map(Field::Source),
        targets.map(Field::Targets),
        identity::preferred(identity::of_participant(subject, call, "answeredBy")).map(Field::AnsweredBy),
        context.map(|context| Field::IncomingContext(Box::new(context))),
        modalities.map(Field::ActiveModalities),
        hosting.map(Field::Media),
        audio.map(Field::MediaState),
        transcription.map(Field::Transcription),
        member::word(subject, call, "terminationReason").map(Field::TerminationReason),
        member::whole(subject, call, "replacesContext").map(Field::ReplacesContext),
    ]
}

/// Reads a word that must be a known one. An unknown word becomes an oddity.
fn known<T>(
    subject: &mut Subject<'_>,
    object: Option<&Object<'_>>,
    key: &str,
    field: &str,
    from_word: fn(&str) -> Option<T>,
) -> Option<T> {
    let word = member::word(subject, object?, key)?;
    let known = from_word(&word);
    if known.is_none() {
        unrecognized(subject, field, &word);
    }
    known
}

fn unrecognized(subject: &mut Subject<'_>, field: &str, word: &str) {
    member::odd(subject, |word| Oddity::UnrecognizedWord { field: field.into(), word }, word);
}

/// Adds the claim of a pressed key ("call: subscribeToTone", v1.0 reference).
fn tone(subject: &mut Subject<'_>, info: &Object<'_>) {
    let (number, tone) = (member::integer(subject, info, "sequenceId"), member::string(subject, info, "tone"));
    match (number, tone) {
        (Some(sequence_id), Some(tone)) => {
            subject.claim(Claim::Tone(Box::new(Tone::new(sequence_id, Redacted::new(&tone)))));
        }
        // Without a number nobody knows which key it was, nor whether it was reported before. The timeline says that a key is missing.
        (None, Some(_)) => unrecognized(subject, "toneInfo.sequenceId", "missing"),
        (_, None) => {}
    }
}
