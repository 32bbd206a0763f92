//! The log of what happens to calls and deliveries: one line for each change of state, and for each end.

use std::fmt;

use call_core::{Call, CallId, Change, Event, Receipt, ResultInfo, Step, Timeline, Timestamp};
use call_msgraph::internal::Shown;
use call_msgraph::{ReadError, explain};

/// Number of faults of one delivery that are logged.
const FAULTS: usize = 3;
/// Maximum length of a foreign text in the log, in bytes.
const LONGEST: usize = 200;

/// Returns a foreign text as it is shown in the log.
pub(crate) fn shown(text: &str) -> Shown<'_> {
    Shown(text, LONGEST)
}

/// The id of a call, as it is shown in the log.
pub(crate) struct ShownCall<'c>(pub(crate) &'c CallId);

impl fmt::Display for ShownCall<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        shown(&self.0.spelling()).fmt(f)
    }
}

/// Logs an event of a call.
#[expect(clippy::wildcard_enum_match_arm, reason = "the others change no state, or are logged where they are counted")]
pub(super) fn event(id: &CallId, event: &Event, call: Option<&Call>, now: Timestamp) {
    match event {
        Event::Changed(Change::Entered { step, .. } | Change::Restored { step, .. }) => {
            if let Some(call) = call {
                entered(id, step, &call.timeline(), now);
            }
        }
        Event::Ended { how_known, result } => ended(id, how_known, result.as_ref()),
        _ => {}
    }
}

fn entered(call: &CallId, step: &Step, timeline: &Timeline, now: Timestamp) {
    let steps = &timeline.steps;
    // A later change of the same input may have withdrawn it.
    let Some(at) = steps.iter().position(|one| one.state == step.state && one.not_after == step.not_after) else {
        return;
    };
    let before = at.checked_sub(1).and_then(|before| steps.get(before));
    let late = step.not_after.map_or(0, |bound| now.saturating_since(bound.at).as_millis());
    tracing::info!(
        call = %ShownCall(call),
        from = before.map_or("none", |step| step.state.as_str()),
        to = step.state.as_str(),
        known = step.basis.code(),
        by = step.basis.receipts().first().map_or("nothing", |receipt| receipt.source.as_str()),
        late_ms = u64::try_from(late).unwrap_or(u64::MAX),
        "call changed its state"
    );
}

fn ended(call: &CallId, how_known: &Receipt, result: Option<&ResultInfo>) {
    let (code, subcode) = result.map_or((None, None), |result| (result.code, result.subcode));
    let meaning = code.zip(subcode).and_then(|(code, subcode)| explain(code, subcode)).map(|known| &*known.meaning);
    // A message of the service may contain names.
    tracing::info!(
        call = %ShownCall(call),
        by = how_known.source.as_str(),
        code,
        subcode,
        meaning = meaning.unwrap_or(if result.is_some() { "not explained" } else { "no result" }),
        "call ended"
    );
}

/// Logs the parts of a delivery that cannot be read: the first ones, and the number of the others.
pub(super) fn rejected(faults: &[ReadError]) {
    for fault in faults.iter().take(FAULTS) {
        tracing::warn!(
            line = fault.line,
            column = fault.column,
            path = %shown(&fault.path),
            reason = fault.reason.summary(),
            "a part of a delivery cannot be read"
        );
    }
    if let Some(more) = faults.len().checked_sub(FAULTS).filter(|more| *more > 0) {
        tracing::warn!(more, "further parts of the same delivery cannot be read");
    }
}
