//! Costs of explanations: the number of inferred steps, then the total lateness. One number holds both, so that one comparison decides.

use core::ops::{Add, Shl, Shr, Sub};
use core::time::Duration;

use crate::rule::sighting::WIDTH;

/// A cost: the number of inferred steps in the high bits, and the lateness in nanoseconds in the others.
pub(crate) trait Cost:
    Copy
    + Ord
    + Add<Output = Self>
    + Sub<Output = Self>
    + Shl<u32, Output = Self>
    + Shr<u32, Output = Self>
    + From<u64>
    + Into<u128>
{
    /// Cost of what cannot be reached. A few steps can be added to it.
    const NEVER: Self;
    /// Number of bits of the lateness.
    const LATENESS: u32;

    /// Returns the cost of inferred steps.
    fn inferred(steps: usize) -> Self {
        Self::from(steps as u64) << Self::LATENESS
    }

    /// Returns whether a cost has as many inferred steps as the best one, and at most `doubt` more lateness.
    fn is_close(self, best: Self, doubt: Duration) -> bool {
        self >> Self::LATENESS == best >> Self::LATENESS && (self - best).into() <= doubt.as_nanos()
    }
}

impl Cost for u64 {
    const NEVER: Self = 1 << 62;
    const LATENESS: u32 = 48;
}

impl Cost for u128 {
    const NEVER: Self = 1 << 126;
    const LATENESS: u32 = 96;
}

/// Returns whether a cost of 64 bits can hold the explanation of so many sightings, with this total lateness in nanoseconds.
pub(crate) const fn is_small(sightings: usize, lateness: u128) -> bool {
    // At most four steps are inferred before each one.
    sightings < 1 << 11 && lateness < 1 << 48
}

/// The costs of the inferred steps between any two states of the phase, and from the state before it to each.
pub(crate) type Edges<C> = [[C; WIDTH]; WIDTH + 1];

/// Returns the least cost of a step to a state, by the costs of the last states before it.
#[inline]
pub(crate) fn cheapest<C: Cost>(from: &[C], edges: &Edges<C>, to: usize) -> C {
    from.iter().zip(edges).fold(C::NEVER, |least, (cost, edges)| least.min(*cost + edges[to]))
}

/// The least cost by the last state; the last entry stands for the state before the phase.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Costs<C>(pub(crate) [C; WIDTH + 1]);

/// A set of last states: one bit for each, and one for the state before the phase.
pub(crate) type Marks = u8;

impl<C: Cost> Costs<C> {
    /// Returns the costs before the phase.
    pub(crate) fn outside() -> Self {
        Self::only(WIDTH, C::from(0))
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

    /// Returns the last states from which a step to a state costs least.
    pub(crate) fn leading_to(&self, edges: &Edges<C>, to: usize) -> Marks {
        let least = cheapest(&self.0, edges, to);
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
