//! Claims of a call resource.

use call_core::{
    CallId, CallState, Claim, Direction, Field, IncomingContext, MediaState, Oddity, Redacted, Tone, TranscriptionState,
};

use crate::decode::resources::{Details, Resource, ToneInfo};
use crate::decode::subject::Subject;
use crate::decode::{identity, member};
use crate::fault::Fault;
use crate::json::member::Leaf;
use crate::json::node::Node;
use crate::odata::media_kind;

/// The known modalities ("call resource type", property `activeModalities`, v1.0 reference).
const MODALITIES: [&str; 5] = ["unknown", "audio", "video", "videoBasedScreenSharing", "data"];

/// Adds all claims of a call resource.
///
/// A `deleted` call is terminated, whatever its `state` is ("call: reject", v1.0 reference). Only the state must be readable.
pub(super) fn claims(subject: &mut Subject<'_>, call: &Resource<'_>) -> Result<(), Fault> {
    let word = call.state.string()?;
    let state = word.as_deref().and_then(CallState::from_word);
    if let (Some(word), None) = (word, state) {
        member::odd(subject, Oddity::UnrecognizedState, &word);
    }
    let state = if subject.is_deleted() { Some(CallState::Terminated) } else { state };
    let result = member::result_info(&mut subject.faults, &call.result_info);
    if let Some(state) = state {
        subject.claim(Claim::State { state, result: result.map(Box::new) });
    }
    if let Some(direction) = known(subject, &call.direction, "direction", Direction::from_word) {
        subject.claim(Claim::Direction(direction));
    }
    if call.details.has_any {
        details(subject, &call.details);
    }
    // The path identifies the call. Another id in the resource is an anomaly ("participant: invite", v1.0 reference).
    let other = member::string(&mut subject.faults, &call.details.participant.id).map(|id| CallId::from(&*id));
    if let Some(other) = other.filter(|other| *other != subject.call) {
        // In its one spelling, so that one id is one anomaly.
        member::odd(subject, Oddity::IdMismatch, &other.spelling());
    }
    Ok(())
}

/// Maximum size of a chat or a meeting that is kept as it was written, in bytes.
const LONGEST_INFO: usize = 4_096;

/// Adds the claims of all fields but the state, after those of the unknown words in them.
fn details(subject: &mut Subject<'_>, call: &Details<'_>) {
    let media = member::object(&mut subject.faults, &call.media_state);
    let media = media.and_then(|media| known(subject, &media.audio, "mediaState", MediaState::from_word));
    let transcription = member::object(&mut subject.faults, &call.transcription);
    let transcription = transcription
        .and_then(|transcription| known(subject, &transcription.state, "transcription", TranscriptionState::from_word));
    let modalities = member::list(&mut subject.faults, &call.active_modalities, |_, word| {
        Ok(Some(Box::<str>::from(member::clip_word(&word.string()?))))
    });
    for word in modalities.iter().flat_map(|words| words.iter()) {
        if !MODALITIES.iter().any(|known| known.eq_ignore_ascii_case(word)) {
            unrecognized(subject, "activeModalities", word);
        }
    }
    let Subject { claims, faults, .. } = subject;
    let chat = member::object(faults, &call.chat_info);
    let meeting = member::object(faults, &call.meeting_info);
    let written = |node: Node<'_>| (node.raw().len() <= LONGEST_INFO).then(|| Redacted::new(node.raw()));
    let hosting = member::object(faults, &call.media_config)
        .and_then(|config| member::string(faults, &config.odata_type))
        .and_then(|name| media_kind(&name));
    let context = member::object(faults, &call.incoming_context).map(|incoming| {
        let mut context = IncomingContext::default();
        context.source_participant_id = member::id(faults, &incoming.source_participant_id);
        context.observed_participant_id = member::id(faults, &incoming.observed_participant_id);
        context.on_behalf_of = identity::preferred(identity::of(faults, &incoming.on_behalf_of));
        context.transferor = identity::preferred(identity::of(faults, &incoming.transferor));
        context
    });
    let context = context.filter(|context| *context != IncomingContext::default());
    let targets = member::list(faults, &call.targets, |faults, target| {
        Ok(identity::preferred(identity::of(faults, &target.identity)))
    });
    let mut claim = |field: Option<Field>| {
        if let Some(field) = field {
            claims.push(Claim::Field(Box::new(field)));
        }
    };
    claim(member::id(faults, &call.call_chain_id).map(Field::CallChainId));
    claim(member::id(faults, &call.my_participant_id).map(Field::MyParticipantId));
    claim(member::id(faults, &call.tenant_id).map(Field::TenantId));
    claim(chat.and_then(|chat| member::text(faults, &chat.thread_id)).map(|thread| Field::ThreadId(thread.into())));
    claim(chat.and_then(|chat| written(chat.node)).map(Field::ChatInfo));
    claim(meeting.and_then(|meeting| written(meeting.0)).map(Field::MeetingInfo));
    claim(member::text(faults, &call.subject).map(|title| Field::Subject(Redacted::new(&title))));
    claim(identity::preferred(identity::of_party(faults, &call.source)).map(Field::Source));
    claim(targets.map(Field::Targets));
    claim(identity::preferred(identity::of_party(faults, &call.answered_by)).map(Field::AnsweredBy));
    claim(context.map(|context| Field::IncomingContext(Box::new(context))));
    claim(modalities.map(Field::ActiveModalities));
    claim(hosting.map(Field::Media));
    claim(media.map(Field::MediaState));
    claim(transcription.map(Field::Transcription));
    claim(member::word(faults, &call.termination_reason).map(Field::TerminationReason));
    claim(member::whole(faults, &call.replaces_context).map(Field::ReplacesContext));
    if let Some(info) = member::object(faults, &call.tone_info) {
        tone(subject, info);
    }
}

/// Reads a word that must be a known one. An unknown word becomes an oddity.
fn known<T>(subject: &mut Subject<'_>, member: &Leaf<'_>, field: &str, from_word: fn(&str) -> Option<T>) -> Option<T> {
    let word = member::string(&mut subject.faults, member)?;
    let known = from_word(member::clip_word(&word));
    if known.is_none() {
        unrecognized(subject, field, &word);
    }
    known
}

fn unrecognized(subject: &mut Subject<'_>, field: &str, word: &str) {
    member::odd(subject, |word| Oddity::UnrecognizedWord { field: field.into(), word }, word);
}

/// Adds the claim of a pressed key ("call: subscribeToTone", v1.0 reference).
fn tone(subject: &mut Subject<'_>, info: &ToneInfo<'_>) {
    let faults = &mut subject.faults;
    let (number, tone) = (member::integer(faults, &info.sequence_id), member::string(faults, &info.tone));
    match (number, tone) {
        (Some(sequence_id), Some(tone)) => {
            subject.claim(Claim::Tone(Box::new(Tone::new(sequence_id, Redacted::new(&tone)))));
        }
        // Without a number nobody knows which key it was, nor whether it was reported before. The timeline says that a key is missing.
        (None, Some(_)) => unrecognized(subject, "toneInfo.sequenceId", "missing"),
        (_, None) => {}
    }
}
