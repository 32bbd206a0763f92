//! Costs of explanations: the number of inferred steps, then the total lateness. One number holds both, so that one comparison decides.

use core::ops::{Add, Sub};
use core::time::Duration;

use crate::rule::sighting::WIDTH;

/// A cost: [`Cost::inferred`] for each inferred step, plus the lateness in nanoseconds.
pub(crate) trait Cost: Copy + Ord + Add<Output = Self> + Sub<Output = Self> {
    /// No cost.
    const NONE: Self;
    /// Cost of what cannot be reached. A few steps can be added to it.
    const NEVER: Self;

    /// Returns the cost of inferred steps.
    fn inferred(steps: usize) -> Self;

    /// Returns the cost of a lateness in nanoseconds.
    fn late(nanos: u64) -> Self;

    /// Returns whether costs can hold this many steps, and this total lateness in nanoseconds.
    fn suffices(steps: usize, lateness: u128) -> bool;

    /// Returns whether a cost has as many inferred steps as the best one, and at most `doubt` more lateness.
    fn is_close(self, best: Self, doubt: Duration) -> bool;
}

impl Cost for u64 {
    const NONE: Self = 0;
    const NEVER: Self = 1 << 62;

    fn inferred(steps: usize) -> Self {
        (steps as Self) << 48
    }

    fn late(nanos: u64) -> Self {
        nanos
    }

    fn suffices(steps: usize, lateness: u128) -> bool {
        // At most four steps are inferred before each one.
        steps < 1 << 11 && lateness < 1 << 48
    }

    fn is_close(self, best: Self, doubt: Duration) -> bool {
        self >> 48 == best >> 48 && u128::from(self - best) <= doubt.as_nanos()
    }
}

impl Cost for u128 {
    const NONE: Self = 0;
    const NEVER: Self = 1 << 126;

    fn inferred(steps: usize) -> Self {
        (steps as Self) << 96
    }

    fn late(nanos: u64) -> Self {
        Self::from(nanos)
    }

    fn suffices(_steps: usize, _lateness: u128) -> bool {
        // The lateness of one observation is less than `1 << 65`.
        true
    }

    fn is_close(self, best: Self, doubt: Duration) -> bool {
        self >> 96 == best >> 96 && self - best <= doubt.as_nanos()
    }
}

/// The least cost by the last state; the last entry stands for the state before the phase.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Costs<C>(pub(crate) [C; WIDTH + 1]);

/// A set of last states: one bit for each, and one for the state before the phase.
pub(crate) type Marks = u8;

impl<C: Cost> Costs<C> {
    /// Returns the costs before the phase.
    pub(crate) fn outside() -> Self {
        Self::only(WIDTH, C::NONE)
    }

    /// Returns the costs if only one state can be the last.
    pub(crate) fn only(state: usize, cost: C) -> Self {
        let mut costs = Self([C::NEVER; WIDTH + 1]);
        costs.0[state] = cost;
        costs
    }

    /// Returns costs of states of the phase.
    pub(crate) fn inside([a, b, c, d]: [C; WIDTH]) -> Self {
        Self([a, b, c, d, C::NEVER])
    }

    /// Returns the least cost of a step to a state.
    #[inline]
    pub(crate) fn cheapest(&self, edges: &[[C; WIDTH]; WIDTH + 1], to: usize) -> C {
        let mut least = C::NEVER;
        for (cost, edges) in self.0.iter().zip(edges) {
            least = least.min(*cost + edges[to]);
        }
        least
    }

    /// Returns the last states from which a step to a state costs least.
    pub(crate) fn leading_to(&self, edges: &[[C; WIDTH]; WIDTH + 1], to: usize) -> Marks {
        let least = self.cheapest(edges, to);
        self.marks(|last, cost| cost + edges[last][to] == least)
    }

    /// Returns the last states of the least cost.
    pub(crate) fn best(&self) -> Marks {
        let best = self.least();
        self.marks(|_, cost| cost == best)
    }

    /// Returns the last states that cost no more inferred steps than the best, and at most `doubt` more lateness.
    pub(crate) fn close_to_best(&self, doubt: Duration) -> Marks {
        let best = self.least();
        self.marks(|last, cost| last < WIDTH && cost.is_close(best, doubt))
    }

    fn least(&self) -> C {
        self.0.iter().copied().min().unwrap_or(C::NEVER)
    }

    pub(crate) fn marks(&self, is_marked: impl Fn(usize, C) -> bool) -> Marks {
        let marked = (0..=WIDTH).filter(|&last| self.0[last] < C::NEVER && is_marked(last, self.0[last]));
        marked.fold(0, |marks, last| marks | 1 << last)
    }
}
