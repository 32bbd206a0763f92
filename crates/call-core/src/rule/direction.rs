//! The direction of a call: as it was reported, or else as its states and commands imply.

use alloc::vec::Vec;

use crate::rule::anomaly::{Anomaly, AnomalyKind};
use crate::rule::fact::Fact;
use crate::words::claim::Claim;
use crate::words::direction::Direction;
use crate::words::observation::{Observation, Source};
use crate::words::state::CallState;

/// Returns the direction, and an anomaly if both directions were reported. The facts are in the order of their stamps.
pub(crate) fn of(facts: &[Fact<'_>]) -> (Option<Direction>, Option<Anomaly>) {
    let named: Vec<_> = facts.iter().filter_map(|fact| Some((fact, name(fact.first)?))).collect();
    let conflict = named.iter().any(|(_, name)| *name != named[0].1).then(|| Anomaly {
        kind: AnomalyKind::ConflictingDirection,
        evidence: named.iter().flat_map(|(fact, _)| fact.receipts()).collect(),
    });
    let direction = match named.last() {
        Some((_, name)) => Some(*name),
        None if facts.iter().any(|fact| is_incoming(fact.first)) => Some(Direction::Incoming),
        None if facts.iter().any(|fact| matches!(fact.first.source, Source::CreateResponse { .. })) => {
            Some(Direction::Outgoing)
        }
        None => None,
    };
    (direction, conflict)
}

fn name(observation: &Observation) -> Option<Direction> {
    if let Claim::Direction(direction) = observation.claim { Some(direction) } else { None }
}

fn is_incoming(observation: &Observation) -> bool {
    let by_state = observation.claim.as_state().is_some_and(CallState::is_for_incoming);
    let by_command = matches!(observation.source, Source::Accepted { command, .. } if command.is_for_incoming());
    by_state || by_command
}
