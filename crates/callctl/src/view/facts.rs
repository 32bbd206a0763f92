//! Phrases about the other parts of a call.

use call_core::{Identity, Operation, OperationKey, Participant, Redacted, Timeline};

use crate::view::context::Context;
use crate::view::words::evidence;

/// Maximum number of participants, operations or sessions that are listed.
const MOST: usize = 20;

/// A fact about a call.
pub(crate) struct Fact {
    pub(crate) name: &'static str,
    pub(crate) text: String,
}

impl Context<'_> {
    /// Returns all facts. Private data is masked. Foreign text is not escaped yet.
    pub(crate) fn facts(self, timeline: &Timeline, day: Option<&str>) -> Vec<Fact> {
        let mut facts = Vec::new();
        let participants = timeline.roster.participants.iter();
        list(&mut facts, "participant", participants.map(|participant| self.participant_words(participant)));
        facts.extend(self.roster_gap(timeline));
        let operations = timeline.operations.iter();
        list(&mut facts, "operation", operations.map(|operation| self.operation_words(operation, day)));
        let sharing = timeline.sharing.iter().map(|session| {
            let last = session.steps.last().map_or(String::new(), |step| format!(" {}", self.entered(step, day)));
            format!("{} {}{last}", session.id, session.state())
        });
        list(&mut facts, "sharing", sharing);
        facts.extend(self.tones(timeline));
        self.fields(&mut facts, timeline);
        facts
    }

    /// Returns the facts that a page does not show otherwise.
    pub(crate) fn other_facts(self, timeline: &Timeline) -> Vec<Fact> {
        let mut facts: Vec<_> = self.roster_gap(timeline).into_iter().chain(self.tones(timeline)).collect();
        self.fields(&mut facts, timeline);
        let meeting = timeline.fields.meeting_info.as_ref().map(|meeting| self.privacy.reveal(meeting).to_owned());
        facts.extend(meeting.map(|text| Fact { name: "meeting", text }));
        facts
    }

    fn tones(self, timeline: &Timeline) -> Option<Fact> {
        let tones: Vec<_> = timeline.tones.iter().map(|tone| self.privacy.reveal(&tone.tone)).collect();
        (!tones.is_empty()).then(|| Fact { name: "tones", text: tones.join(" ") })
    }

    fn roster_gap(self, timeline: &Timeline) -> Option<Fact> {
        let before = evidence(&self.evidence(&[timeline.roster.gap?]));
        let text = format!("a report is missing before {before}; get …/participants for the present roster");
        Some(Fact { name: "roster", text })
    }

    fn fields(self, facts: &mut Vec<Fact>, timeline: &Timeline) {
        let fields = &timeline.fields;
        let private = |text: &Redacted| self.privacy.reveal(text).to_owned();
        let identity = |identity: &Identity| self.identity_words(identity);
        let targets = |targets: &[Identity]| targets.iter().map(identity).collect::<Vec<_>>().join(", ");
        let context = fields.incoming_context.as_deref();
        let known = [
            ("ended as", fields.termination_reason.as_deref().map(|reason| self.privacy.apply(reason).into_owned())),
            ("media", fields.media.map(|kind| kind.as_str().to_owned())),
            ("audio", fields.media_state.map(|state| state.as_str().to_owned())),
            ("transcription", fields.transcription.map(|state| state.as_str().to_owned())),
            ("source", fields.source.as_ref().map(identity)),
            ("target", fields.targets.as_deref().map(targets)),
            ("answered by", fields.answered_by.as_ref().map(identity)),
            ("on behalf of", context.and_then(|context| context.on_behalf_of.as_ref()).map(identity)),
            ("transferor", context.and_then(|context| context.transferor.as_ref()).map(identity)),
            ("observed", context.and_then(|context| context.observed_participant_id.as_ref()).map(ToString::to_string)),
            ("modalities", fields.active_modalities.as_ref().map(|words| words.join(", "))),
            ("subject", fields.subject.as_ref().map(private)),
            ("call chain", fields.call_chain_id.as_ref().map(ToString::to_string)),
            ("bot", fields.my_participant_id.as_ref().map(ToString::to_string)),
            ("tenant", fields.tenant_id.as_ref().map(ToString::to_string)),
            ("chat", fields.thread_id.as_deref().map(str::to_owned)),
            ("replaces", fields.replaces_context.as_ref().map(private)),
        ];
        facts.extend(known.into_iter().filter_map(|(name, text)| Some(Fact { name, text: text? })));
    }

    fn participant_words(self, participant: &Participant) -> String {
        let id = participant.key.id().map_or_else(|| "without an id".to_owned(), ToString::to_string);
        let mut words = vec![id];
        words.extend(participant.identity.as_deref().map(|identity| self.identity_words(identity)));
        words.extend(participant.is_in_lobby.then(|| "in the lobby".to_owned()));
        words.extend(participant.is_muted.then(|| "muted".to_owned()));
        words.extend(participant.is_on_hold.then(|| "on hold".to_owned()));
        words.join(", ")
    }

    pub(crate) fn identity_words(self, identity: &Identity) -> String {
        let texts = [&identity.display_name, &identity.id].into_iter().flatten();
        let texts: Vec<_> = texts.map(|text| self.privacy.reveal(text)).collect();
        // One mask is enough.
        let texts =
            if texts.iter().all(|text| Some(text) == texts.first()) { &texts[..texts.len().min(1)] } else { &texts };
        [&[&*identity.kind], texts].concat().join(" ")
    }

    fn operation_words(self, operation: &Operation, day: Option<&str>) -> String {
        let details = &operation.details;
        let id = match &operation.key {
            OperationKey::Id(id) => id.to_string(),
            OperationKey::ClientContext(context) => format!("without an id ({})", self.privacy.apply(context)),
            _ => "without an id".to_owned(),
        };
        let mut words = format!("{id} {}", details.kind.as_deref().unwrap_or("of an unknown kind"));
        if let Some(step) = operation.steps.last() {
            words += &format!(" {} {}", step.state, self.entered(step, day));
            if let Some(result) = &step.result {
                words += &format!(", result {}", self.result_words(result));
            }
            words += &format!(" ({})", evidence(&self.evidence(step.basis.receipts())));
        }
        if let Some(reason) = &details.completion_reason {
            words += &format!(", {}", self.privacy.apply(reason));
        }
        if let Some(location) = &details.recording_location {
            words += &format!(", recorded at {}", self.privacy.reveal(location));
        }
        words
    }
}

/// Adds the first facts of one kind, and the number of the others.
fn list(facts: &mut Vec<Fact>, name: &'static str, mut texts: impl ExactSizeIterator<Item = String>) {
    facts.extend(texts.by_ref().take(MOST).map(|text| Fact { name, text }));
    let more = texts.len();
    if more > 0 {
        facts.push(Fact { name, text: format!("and {more} more; `--format json` lists them all") });
    }
}
