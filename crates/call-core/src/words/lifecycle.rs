//! Lifecycles: states that something goes through by a table of legal transitions.
//!
//! A transition never leads to an earlier phase, and between any two states the shortest walk is unique: nothing has to
//! be chosen when steps are inferred. Each table is beside its states.
//!
//! ```
//! use call_core::{CallState::*, OperationStatus, lifecycle::Lifecycle};
//! assert!(Transferring.successors().contains(&Established)); // the transfer failed
//! assert_eq!(Establishing.between(Hold), [Established]);
//! assert!(Established.between(Hold).is_empty());
//! assert!(OperationStatus::Completed.successors().is_empty());
//! ```

use core::fmt::Debug;

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

/// One state in the table of a lifecycle.
pub(crate) struct Row<S: 'static, P> {
    pub(crate) state: S,
    /// The API's word, or that of the command line's contract.
    pub(crate) word: &'static str,
    pub(crate) phase: P,
    /// The states that may follow directly, in order.
    pub(crate) successors: &'static [S],
}

/// Makes a row of a table.
pub(crate) const fn row<S, P>(state: S, word: &'static str, phase: P, successors: &'static [S]) -> Row<S, P> {
    Row { state, word, phase, successors }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::state::CallState;
    use crate::words::status::{OperationStatus, SharingState};
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
