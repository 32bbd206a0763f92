//! The legal transitions of a call, as a table.
//!
//! A transition never leads to an earlier phase, and between any two states the shortest walk is unique: nothing has to
//! be chosen when steps are inferred.
//!
//! ```
//! use call_core::{CallState::*, lifecycle};
//! assert!(lifecycle::successors(Transferring).contains(&Established)); // the transfer failed
//! assert_eq!(lifecycle::between(Establishing, Hold), [Established]);
//! assert!(lifecycle::between(Established, Hold).is_empty());
//! ```

use crate::CallState::{self, *};

/// Returns the states that may follow directly, in order.
#[must_use]
pub const fn successors(state: CallState) -> &'static [CallState] {
    match state {
        Incoming => &[Redirecting, Establishing, Terminating, Terminated],
        Redirecting => &[Establishing, Terminating, Terminated],
        Establishing => &[Ringing, Established, Terminating, Terminated],
        Ringing => &[Established, Terminating, Terminated],
        Established => &[Hold, Transferring, Terminating, Terminated],
        Hold => &[Established, Transferring, Terminating, Terminated],
        Transferring => &[Established, TransferAccepted, Terminating, Terminated],
        TransferAccepted => &[Established, Terminating, Terminated],
        Terminating => &[Terminated],
        Terminated => &[],
    }
}

/// Returns the states that lie between two on the shortest walk, in order.
///
/// There are none if one follows the other directly, if both are one, and if no walk leads from one to the other.
#[must_use]
pub const fn between(from: CallState, to: CallState) -> &'static [CallState] {
    match (from, to) {
        (Incoming | Redirecting, Ringing | Established) => &[Establishing],
        (Incoming | Redirecting, Hold | Transferring) => &[Establishing, Established],
        (Incoming | Redirecting, TransferAccepted) => &[Establishing, Established, Transferring],
        (Establishing | Ringing, Hold | Transferring) => &[Established],
        (Establishing | Ringing, TransferAccepted) => &[Established, Transferring],
        (Established | Hold, TransferAccepted) => &[Transferring],
        (Transferring | TransferAccepted, Hold) | (TransferAccepted, Transferring) => &[Established],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    #[test]
    fn no_transition_leads_to_an_earlier_phase() {
        for from in CallState::ALL {
            assert!(successors(from).iter().all(|to| from.phase() <= to.phase()), "{from}");
        }
    }

    #[test]
    fn the_shortest_walk_is_unique_and_the_one_listed() {
        for from in CallState::ALL {
            for to in CallState::ALL.into_iter().filter(|to| *to != from) {
                match shortest_walks(from, to).as_slice() {
                    [] => assert!(from.phase() >= to.phase(), "{from} never becomes {to}"),
                    [walk] => assert_eq!(walk, between(from, to), "{from} to {to}"),
                    walks => panic!("from {from} to {to} there are {walks:?}"),
                }
            }
        }
    }

    /// Returns the insides of all shortest walks from one state to another.
    fn shortest_walks(from: CallState, to: CallState) -> Vec<Vec<CallState>> {
        let mut walks = vec![vec![from]];
        for _ in CallState::ALL {
            walks = walks
                .iter()
                .flat_map(|walk| successors(walk[walk.len() - 1]).iter().map(|&next| [&walk[..], &[next]].concat()))
                .collect();
            let arrived: Vec<_> = walks.iter().filter(|walk| walk.last() == Some(&to)).collect();
            if !arrived.is_empty() {
                return arrived.into_iter().map(|walk| walk[1..walk.len() - 1].to_vec()).collect();
            }
        }
        Vec::new()
    }
}
