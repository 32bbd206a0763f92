//! The legal transitions of calls, of media operations and of sharing sessions, as tables.
//!
//! A transition never leads to an earlier phase, and between any two states the shortest walk is unique: nothing has to
//! be chosen when steps are inferred.
//!
//! ```
//! use call_core::{CallState::*, OperationStatus, lifecycle::Lifecycle};
//! assert!(Transferring.successors().contains(&Established)); // the transfer failed
//! assert_eq!(Establishing.between(Hold), [Established]);
//! assert!(Established.between(Hold).is_empty());
//! assert!(OperationStatus::Completed.successors().is_empty());
//! ```

use core::fmt::Debug;

use crate::CallState::{self, *};
use crate::{OperationStatus, Phase, SharingState};

/// The states of something that goes through them by a table of legal transitions.
pub trait Lifecycle: Debug + Copy + Ord + 'static {
    /// What it can never go back on: a strongly connected component of the table.
    type Phase: Copy + Ord;

    /// Returns the phase that the state belongs to.
    fn phase(self) -> Self::Phase;

    /// Returns the states that may follow directly, in order.
    fn successors(self) -> &'static [Self];

    /// Returns the states that lie between this one and another on the shortest walk, in order.
    ///
    /// There are none if one follows the other directly, if both are one, and if no walk leads from one to the other.
    fn between(self, to: Self) -> &'static [Self];
}

impl Lifecycle for CallState {
    type Phase = Phase;

    fn phase(self) -> Phase {
        Self::phase(self)
    }

    fn successors(self) -> &'static [Self] {
        match self {
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

    fn between(self, to: Self) -> &'static [Self] {
        match (self, to) {
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
}

/// Each status may be the first that is heard of, and may be skipped: some operations are complete when they are accepted.
impl Lifecycle for OperationStatus {
    /// The place in the order; both ends share one.
    type Phase = u8;

    fn phase(self) -> u8 {
        match self {
            Self::NotStarted => 0,
            Self::Running => 1,
            Self::Completed | Self::Failed => 2,
        }
    }

    fn successors(self) -> &'static [Self] {
        match self {
            Self::NotStarted => &[Self::Running, Self::Completed, Self::Failed],
            Self::Running => &[Self::Completed, Self::Failed],
            Self::Completed | Self::Failed => &[],
        }
    }

    fn between(self, _to: Self) -> &'static [Self] {
        &[]
    }
}

impl Lifecycle for SharingState {
    type Phase = Self;

    fn phase(self) -> Self {
        self
    }

    fn successors(self) -> &'static [Self] {
        match self {
            Self::Active => &[Self::Ended],
            Self::Ended => &[],
        }
    }

    fn between(self, _to: Self) -> &'static [Self] {
        &[]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

    const SHARING: [SharingState; 2] = [SharingState::Active, SharingState::Ended];

    #[test]
    fn no_transition_leads_to_an_earlier_phase() {
        fn check<S: Lifecycle>(states: &[S]) {
            for from in states {
                assert!(from.successors().iter().all(|to| from.phase() <= to.phase()), "{from:?}");
            }
        }
        check(&CallState::ALL);
        check(&OperationStatus::ALL);
        check(&SHARING);
    }

    #[test]
    fn the_shortest_walk_is_unique_and_the_one_listed() {
        fn check<S: Lifecycle>(states: &[S]) {
            for &from in states {
                for &to in states.iter().filter(|to| **to != from) {
                    match shortest_walks(from, to, states.len()).as_slice() {
                        [] => assert!(from.phase() >= to.phase(), "{from:?} never becomes {to:?}"),
                        [walk] => assert_eq!(walk, from.between(to), "{from:?} to {to:?}"),
                        walks => panic!("from {from:?} to {to:?} there are {walks:?}"),
                    }
                }
            }
        }
        check(&CallState::ALL);
        check(&OperationStatus::ALL);
        check(&SHARING);
    }

    /// Returns the insides of all shortest walks from one state to another, of at most so many steps.
    fn shortest_walks<S: Lifecycle>(from: S, to: S, most: usize) -> Vec<Vec<S>> {
        let mut walks = vec![vec![from]];
        for _ in 0..most {
            walks = walks
                .iter()
                .flat_map(|walk| walk[walk.len() - 1].successors().iter().map(|&next| [&walk[..], &[next]].concat()))
                .collect();
            let arrived: Vec<_> = walks.iter().filter(|walk| walk.last() == Some(&to)).collect();
            if !arrived.is_empty() {
                return arrived.into_iter().map(|walk| walk[1..walk.len() - 1].to_vec()).collect();
            }
        }
        Vec::new()
    }
}
