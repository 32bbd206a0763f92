//! The known bodies of the service, and their observations.

mod bad_input;
mod hearings;
mod lines;
mod parts;
mod published;
mod reading_rules;
mod replies;

use std::fmt::Write;

use call_core::{
    Claim, Field, Id, Identity, Oddity, OperationDetails, OperationKey, OperationReport, OperationStatus,
    ParticipantKey, Redacted, ResultInfo, RosterExtent, RosterReport, Stamp, Timestamp,
};
use call_msgraph::{Delivery, decode};

/// Checks the claims of a webhook post, one per line.
#[track_caller]
fn check(body: &str, expected: &str) {
    check_delivery(&post(body.as_bytes()), expected);
}

/// Checks the result for a delivery: `CALL INDEX CLAIM` lines, then `! LINE:COLUMN PATH: REASON` lines.
#[track_caller]
fn check_delivery(delivery: &Delivery, expected: &str) {
    let expected: Vec<_> = expected.lines().map(str::trim).collect();
    assert_eq!(read(delivery), expected);
}

/// The id of a call in the examples.
const CALL: &str = "57dab8b1-894c-409a-b240-bd8beae78896";

/// A notification about that call, or about a resource under its path.
fn changed(change: &str, path: &str, data: &str) -> String {
    format!(
        r#"{{"changeType": "{change}", "resourceUrl": "/communications/calls/{CALL}{path}", "resourceData": {data}}}"#
    )
}

/// Checks the claims of one notification about that call.
#[track_caller]
fn check_claims(body: &str, claims: &str) {
    let line = |claim: &str| match claim.trim().starts_with('!') {
        true => claim.trim().to_owned(),
        false => format!("{CALL} 0 {}", claim.trim()),
    };
    let lines: Vec<_> = claims.lines().map(line).collect();
    check(body, &lines.join("\n"));
}

fn post(body: &[u8]) -> Delivery {
    Delivery::post(body).stamped(Stamp::at(Timestamp::from_millis(0)))
}

fn read(delivery: &Delivery) -> Vec<String> {
    let decoded = decode(delivery);
    let mut observed: Vec<_> = decoded
        .hearings
        .iter()
        .flat_map(|hearing| {
            assert!(!hearing.observations.is_empty(), "a delivery names a call to say something of it");
            hearing.observations.iter().map(|observation| (&hearing.call, observation))
        })
        .collect();
    // In the order of the values in the body.
    observed.sort_by_key(|(_, observation)| observation.stamp.index);
    let claims = observed.iter().map(|(call, observation)| {
        assert_eq!(observation.source, delivery.source());
        format!("{call} {} {}", observation.stamp.index, words(&observation.claim))
    });
    let rejected = decoded.rejected.iter().map(|fault| format!("! {}:{} {fault}", fault.line, fault.column));
    claims.chain(rejected).collect()
}

fn words(claim: &Claim) -> String {
    match claim {
        Claim::Exists => "exists".to_owned(),
        Claim::State { state, result } => format!("{state}{}", result_words(result.as_deref())),
        Claim::Direction(direction) => format!("direction {}", direction.as_str()),
        Claim::Field(field) => field_words(field),
        Claim::Roster(report) => roster_words(report),
        Claim::Operation(report) => operation_words(report),
        Claim::Sharing(report) => format!("sharing {} {}", report.id, report.state),
        Claim::Tone(tone) => format!("tone {} {}", tone.sequence_id, tone.tone.expose()),
        Claim::Oddity(oddity) => match &**oddity {
            Oddity::UnrecognizedState(word) => format!("unrecognizedState {word}"),
            Oddity::IdMismatch(id) => format!("idMismatch {id}"),
            Oddity::UnrecognizedWord { field, word } => format!("unrecognizedWord {field}: {word}"),
            Oddity::UnknownResource(name) => format!("unknownResource {name}"),
            _ => panic!("no words for {claim:?}"),
        },
        _ => panic!("no words for {claim:?}"),
    }
}

fn result_words(result: Option<&ResultInfo>) -> String {
    result.map_or_else(String::new, |result| {
        format!(" {result} {}", result.message.as_ref().map_or("-", Redacted::expose))
    })
}

/// `NAME VALUE`
fn field_words(field: &Field) -> String {
    let value = match field {
        Field::CallChainId(id) | Field::MyParticipantId(id) | Field::TenantId(id) => id.to_string(),
        Field::ThreadId(text) | Field::TerminationReason(text) => text.to_string(),
        Field::ChatInfo(text) | Field::MeetingInfo(text) => {
            let info: serde_json::Value = serde_json::from_str(text.expose()).expect("it is JSON as it was written");
            format!("of {}", info.as_object().map_or(0, serde_json::Map::len))
        }
        Field::Subject(text) | Field::ReplacesContext(text) => text.expose().to_owned(),
        Field::Source(identity) | Field::AnsweredBy(identity) => identity_words(identity),
        Field::Targets(targets) => targets.iter().map(identity_words).collect::<Vec<_>>().join(", "),
        Field::ActiveModalities(words) => words.join(" "),
        Field::Media(kind) => kind.as_str().to_owned(),
        Field::IncomingContext(context) => {
            let id = |id: &Option<Id>| id.as_ref().map_or("-".to_owned(), ToString::to_string);
            let who = |who: &Option<Identity>| who.as_ref().map_or("-".to_owned(), identity_words);
            let (source, observed) = (id(&context.source_participant_id), id(&context.observed_participant_id));
            format!("{source} {observed} ({}) ({})", who(&context.on_behalf_of), who(&context.transferor))
        }
        Field::MediaState(state) => state.as_str().to_owned(),
        Field::Transcription(state) => state.as_str().to_owned(),
        _ => panic!("no words for {field:?}"),
    };
    format!("{} {value}", field.name())
}

/// `EXTENT NUMBER`, then each participant: `-` left, `+` or `~` muted or not, `>` or `<` in the lobby or not, `|` on hold,
/// `#` and its number.
fn roster_words(report: &RosterReport) -> String {
    let number = |number: Option<i64>| number.map_or("-".to_owned(), |number| number.to_string());
    let mut words = match report.extent {
        RosterExtent::Delta { number: of_update } => format!("Delta {}", number(of_update)),
        extent @ (RosterExtent::Full | RosterExtent::Some | _) => format!("{extent:?}"),
    };
    for participant in &report.participants {
        let key = match &participant.key {
            ParticipantKey::Id(id) => id.to_string(),
            ParticipantKey::Identities(all) => {
                let all: Vec<_> = all.iter().map(|(kind, id)| format!("{kind}={}", id.expose())).collect();
                all.join("&")
            }
            _ => panic!("no words for {:?}", participant.key),
        };
        let mark = |known: Option<bool>, yes, no| known.map_or("", |known| if known { yes } else { no });
        let removed = if participant.is_removed { "-" } else { "" };
        let (muted, lobby) = (mark(participant.is_muted, "+", "~"), mark(participant.is_in_lobby, ">", "<"));
        let held = mark(participant.is_on_hold, "|", "");
        let number = participant.number.map_or(String::new(), |number| format!("#{number}"));
        let _ = write!(words, " {removed}{key}{muted}{lobby}{held}{number}");
        if let Some(identity) = &participant.identity {
            let _ = write!(words, "({})", identity_words(identity));
        }
    }
    words
}

fn identity_words(identity: &Identity) -> String {
    let text = |text: &Option<Redacted>| text.as_ref().map_or("-".to_owned(), |text| text.expose().to_owned());
    format!("{} {} {}", identity.kind, text(&identity.id), text(&identity.display_name))
}

/// `KEY KIND STATUS RESULT`, then the remaining fields.
fn operation_words(report: &OperationReport) -> String {
    let OperationDetails {
        kind, client_context, completion_reason, recording_location, recording_access_token, ..
    } = &report.details;
    let mut words = match &report.key {
        OperationKey::Id(id) => format!("operation {id}"),
        OperationKey::ClientContext(context) => format!("operation ?{context}"),
        _ => panic!("no words for {:?}", report.key),
    };
    let _ = write!(words, " {}", kind.as_deref().unwrap_or("-"));
    let _ = write!(words, " {}", report.status.map_or("-", OperationStatus::as_str));
    words.push_str(&result_words(report.result.as_ref()));
    for (name, text) in [("context", client_context), ("reason", completion_reason)] {
        let _ = text.as_ref().map(|text| write!(words, " {name}={text}"));
    }
    for (name, text) in [("location", recording_location), ("token", recording_access_token)] {
        let _ = text.as_ref().map(|text| write!(words, " {name}={}", text.expose()));
    }
    words
}
