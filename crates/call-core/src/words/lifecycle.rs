//! Lifecycles: tables of states and their legal transitions. Each table is in the file of its states.

use core::fmt::Debug;

use crate::words::lifecycle::sealed::Row;

/// A set of states with a table of legal transitions.
///
/// A transition never leads to an earlier phase. Between any two states the shortest walk is unique, so that inferring
/// steps never requires a choice.
///
/// ```
/// use call_core::{CallState::*, OperationStatus, Lifecycle};
/// assert!(Transferring.successors().contains(&Established)); // the transfer failed
/// assert_eq!(Establishing.between(Hold), [Established]);
/// assert!(Established.between(Hold).is_empty());
/// assert!(OperationStatus::Completed.successors().is_empty());
/// ```
///
/// The trait is sealed: [`CallState`](crate::CallState), [`OperationStatus`](crate::OperationStatus) and
/// [`SharingState`](crate::SharingState) implement it.
pub trait Lifecycle: sealed::Table<Self::Phase> + Debug + Copy + Ord + 'static {
    /// A strongly connected component of the table. The states never return to an earlier one.
    type Phase: Copy + Ord + 'static;

    /// Returns the phase that the state belongs to.
    fn phase(self) -> Self::Phase {
        self.row().phase
    }

    /// Returns the states that may follow directly, in the order of the lifecycle.
    fn successors(self) -> &'static [Self] {
        self.row().successors
    }

    /// Returns the states strictly between `self` and `to` on the shortest walk, in order.
    ///
    /// The list is empty if `to` follows directly, if both states are the same, and if there is no walk.
    fn between(self, _to: Self) -> &'static [Self] {
        // In a table without detours every state that may follow at all follows directly.
        &[]
    }
}

pub(crate) mod sealed {
    /// The table behind a lifecycle.
    #[expect(unnameable_types, reason = "no other crate can implement a trait that it cannot name")]
    pub trait Table<P: 'static>: Sized + 'static {
        /// Returns the row of the state.
        fn row(self) -> &'static Row<Self, P>;
    }

    /// One state in the table of a lifecycle.
    #[derive(Debug)]
    #[expect(unnameable_types, reason = "only a sealed trait mentions it")]
    pub struct Row<S: 'static, P> {
        pub(crate) state: S,
        /// The word of the API, or of the command line's contract.
        pub(crate) word: &'static str,
        pub(crate) phase: P,
        /// The states that may follow directly, in the order of the lifecycle.
        pub(crate) successors: &'static [S],
    }
}

/// Returns a row of a table.
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
    fn the_listed_shortest_walk_is_unique() {
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

    /// Returns all shortest walks of at most `most` steps between two states, without their ends.
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
