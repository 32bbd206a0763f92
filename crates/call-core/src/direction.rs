//! Who called whom, by what was named, or else by what only one of the two can go through.

use alloc::vec::Vec;

use crate::{Anomaly, AnomalyKind, CallState, Claim, Direction, Observation, Source};

/// Returns the direction, and the anomaly if both were named. Takes observations in order.
pub(crate) fn of(observations: &[&Observation]) -> (Option<Direction>, Option<Anomaly>) {
    let named: Vec<_> =
        observations.iter().filter_map(|observation| Some((observation.stamp, name(observation)?))).collect();
    let conflict = named.iter().any(|(_, name)| *name != named[0].1).then(|| Anomaly {
        kind: AnomalyKind::ConflictingDirection,
        evidence: named.iter().map(|(stamp, _)| *stamp).collect(),
    });
    let direction = match named.last() {
        Some((_, name)) => Some(*name),
        None if observations.iter().any(|observation| is_incoming(observation)) => Some(Direction::Incoming),
        None if observations.iter().any(|observation| matches!(observation.source, Source::CreateResponse { .. })) => {
            Some(Direction::Outgoing)
        }
        None => None,
    };
    (direction, conflict)
}

fn name(observation: &Observation) -> Option<Direction> {
    match observation.claim {
        Claim::Direction(direction) => Some(direction),
        Claim::Exists | Claim::State { .. } | Claim::TerminationReason(_) | Claim::Oddity(_) => None,
    }
}

fn is_incoming(observation: &Observation) -> bool {
    let by_state = matches!(observation.claim.as_state(), Some(CallState::Incoming | CallState::Redirecting));
    let by_command = matches!(observation.source, Source::Accepted { command, .. } if command.is_for_incoming());
    by_state || by_command
}
