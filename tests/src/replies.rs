//! Observations that responses yield.

use call_core::{CallState, Claim, Command, Observation, Source, Stamp, Timestamp};

/// A GET returned the state of the call.
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

/// The service answered that the call is gone.
#[must_use]
pub fn gone(sent_at: Timestamp, received_at: Timestamp) -> Observation {
    let source = Source::Gone { sent_at: Some(sent_at) };
    Observation::new(Stamp::at(received_at), source, Claim::state(CallState::Terminated))
}
