//! Claims of a media operation ("commsOperation resource type", v1.0 reference).

use call_core::{Claim, Oddity, OperationKey, OperationReport, OperationStatus};

use crate::decode::member;
use crate::decode::resources::Resource;
use crate::decode::subject::Subject;
use crate::fault::{Fault, Unreadable};
use crate::odata::short_name;

/// Adds the claims of an operation. Only its id or client context must be readable.
pub(super) fn claims(subject: &mut Subject<'_>, operation: &Resource<'_>) -> Result<(), Fault> {
    let client_context = member::text(&mut subject.faults, &operation.client_context).map(Box::from);
    let client_context: Option<Box<str>> = client_context.or_else(|| subject.client_context().map(Box::from));
    let key = match (member::own_id(subject, &operation.details.participant.id)?, &client_context) {
        (Some(id), _) => OperationKey::Id(id),
        (None, Some(context)) => OperationKey::ClientContext(context.clone()),
        (None, None) => return Err(operation.node.fault(Unreadable::NoOperation)),
    };
    let word = member::string(&mut subject.faults, &operation.status);
    let status = word.as_deref().and_then(OperationStatus::from_word);
    if let (Some(word), None) = (word, status) {
        member::odd(subject, Oddity::UnrecognizedState, &word);
    }
    let faults = &mut subject.faults;
    let mut report = OperationReport::new(key);
    report.status = status;
    report.result = member::result_info(faults, &operation.result_info);
    let details = &mut report.details;
    details.kind = member::string(faults, &operation.odata_type).and_then(|name| kind(member::clip_word(&name)));
    details.client_context = client_context;
    details.completion_reason = member::word(faults, &operation.completion_reason);
    details.recording_location = member::whole(faults, &operation.recording_location);
    details.recording_access_token = member::whole(faults, &operation.recording_access_token);
    subject.claim(Claim::Operation(Box::new(report)));
    Ok(())
}

/// Adds the claim that an operation exists, which is only known from the path.
pub(super) fn bare(subject: &mut Subject<'_>, id: call_core::Id) {
    subject.claim(Claim::Operation(Box::new(OperationReport::new(OperationKey::Id(id)))));
}

/// Returns the kind of an operation type in the spelling of the reference; `None` for `commsOperation`.
fn kind(odata_type: &str) -> Option<Box<str>> {
    let name = short_name(odata_type);
    let kind = name.get(..name.len().checked_sub("operation".len())?)?;
    if kind.is_empty() || kind.eq_ignore_ascii_case("comms") {
        return None;
    }
    Some(KINDS.iter().find(|known| known.eq_ignore_ascii_case(kind)).map_or(kind, |known| *known).into())
}

const KINDS: [&str; 12] = [
    "addLargeGalleryView",
    "cancelMediaProcessing",
    "inviteParticipants",
    "muteParticipant",
    "playPrompt",
    "record",
    "sendDtmfTones",
    "startHoldMusic",
    "stopHoldMusic",
    "subscribeToTone",
    "unmuteParticipant",
    "updateRecordingStatus",
];
