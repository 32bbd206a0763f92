//! How long an incoming call can be answered.

use std::time::Duration;

use call_core::{Timeline, Timestamp};

/// Time within which the service expects an answer ("call: answer", v1.0 reference).
const ANSWER_WITHIN: Duration = Duration::from_secs(15);
/// The same for policy-based recording.
const RECORDING_WITHIN: Duration = Duration::from_secs(5);

/// Returns the instant by which the service expects an answer; `None` if the timeline shows no incoming call.
pub(crate) fn answer_by(timeline: &Timeline) -> Option<Timestamp> {
    let first = timeline.steps.iter().filter_map(|step| step.basis.receipts().first()).min()?;
    let context = timeline.fields.incoming_context.as_ref();
    let is_recording = context.is_some_and(|context| context.observed_participant_id.is_some());
    Some(first.stamp.received_at.saturating_add(if is_recording { RECORDING_WITHIN } else { ANSWER_WITHIN }))
}
