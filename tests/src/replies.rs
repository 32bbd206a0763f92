//! Observations as replies make them.

use call_core::{CallState, Claim, Command, Observation, Source, Stamp, Timestamp};

/// The call was in a state when it was asked for.
#[must_use]
pub fn snapshot(sent_at: Timestamp, received_at: Timestamp, state: CallState) -> Observation {
    Observation::new(Stamp::at(received_at), Source::Snapshot { sent_at: Some(sent_at) }, Claim::state(state))
}

/// The service created the call.
#[must_use]
pub fn created(sent_at: Timestamp, received_at: Timestamp) -> Observation {
    let source = Source::CreateResponse { sent_at: Some(sent_at) };
    Observation::new(Stamp::at(received_at), source, Claim::state(CallState::Establishing))
}

/// The service accepted a command.
#[must_use]
pub fn accepted(command: Command, sent_at: Timestamp, received_at: Timestamp) -> Observation {
    let source = Source::Accepted { command, sent_at: Some(sent_at) };
    Observation::new(Stamp::at(received_at), source, command.leads_to().map_or(Claim::Exists, Claim::state))
}

/// The service does not know the call any more.
#[must_use]
pub fn gone(sent_at: Timestamp, received_at: Timestamp) -> Observation {
    let source = Source::Gone { sent_at: Some(sent_at) };
    Observation::new(Stamp::at(received_at), source, Claim::state(CallState::Terminated))
}
