//! Orders the observations of the connected phase: finds the cheapest linear extension of their interval order, exactly.
//!
//! Where everything before an instant surely precedes everything after it, the order is cut into blocks. Most blocks are a single
//! observation, and nothing has to be searched. In any other block the observations of one state keep their order, so an explanation
//! merges four queues. What is left to explain depends only on how many observations of each queue are used: a *cell*. An explanation
//! that goes through a cell costs what leads to the cell, which depends on the last state, and what follows. So each cell needs one
//! cost for each last state. Of all cheapest explanations, the one with the smallest sequence of stamps is read from the marked cells.

use alloc::vec::Vec;
use core::ops::Range;
use core::time::Duration;

use crate::rule::burst::{Burst, LARGEST_TABLE};
use crate::rule::cost::{Cost, Costs, Edges, Marks, cheapest, is_small};
use crate::rule::sighting::{STATES, Sighting, WIDTH};
use crate::rule::tolerance::Tolerance;
use crate::words::lifecycle::Lifecycle;
use crate::words::observation::Observation;
use crate::words::state::{CallState, Phase};
use crate::words::time::Timestamp;

/// The cheapest explanation of a connected phase.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Explanation {
    /// Indices of the sightings, in the order of the explanation.
    pub(crate) order: Vec<usize>,
    ends: Marks,
}

impl Explanation {
    /// Returns the states in which an explanation ends that costs no more than the doubt allows, in the order of the lifecycle.
    pub(crate) fn ends(&self) -> impl Iterator<Item = CallState> + Clone + use<> {
        let ends = self.ends;
        (0..WIDTH).filter(move |state| ends & 1 << state != 0).map(|state| STATES[state])
    }
}

/// Explains sightings, given in the order of their stamps, of a call that was in `before`.
pub(crate) fn explain(before: CallState, sightings: &[Sighting], doubt: Duration) -> Explanation {
    let blocks = blocks(sightings);
    // The small type is twice as fast, and large enough for everything but requests that took days.
    if is_small(sightings.len(), lateness(sightings, &blocks)) {
        search::<u64>(before, sightings, &blocks, doubt, LARGEST_TABLE)
    } else {
        search::<u128>(before, sightings, &blocks, doubt, LARGEST_TABLE)
    }
}

/// Returns the places of notifications of connected states in the order of their cheapest explanation, after `establishing`.
#[must_use]
pub fn cheapest_order(observations: &[Observation], tolerance: Tolerance) -> Vec<usize> {
    let sighting = |observation: &Observation| {
        let state = observation.claim.as_state().filter(|state| state.phase() == Phase::Connected)?;
        Some(Sighting { state, interval: observation.interval(tolerance.reorder_window) })
    };
    let sightings: Vec<_> = observations.iter().filter_map(sighting).collect();
    explain(CallState::Establishing, &sightings, tolerance.doubt).order
}

/// Cuts sightings where everything before surely precedes everything after.
fn blocks(sightings: &[Sighting]) -> Vec<Range<usize>> {
    // Each block so far, with its last instant. A sighting that may precede the end of a block belongs to the block.
    let mut blocks: Vec<(Range<usize>, Timestamp)> = Vec::with_capacity(sightings.len());
    for (place, Sighting { interval, .. }) in sightings.iter().enumerate() {
        let (mut block, mut latest) = (place..place + 1, interval.latest());
        while let Some((before, end)) = blocks.pop_if(|(_, end)| interval.earliest() <= *end) {
            (block.start, latest) = (before.start, latest.max(end));
        }
        blocks.push((block, latest));
    }
    blocks.into_iter().map(|(block, _)| block).collect()
}

/// Returns more than the total lateness, in nanoseconds.
fn lateness(sightings: &[Sighting], blocks: &[Range<usize>]) -> u128 {
    let of_block = |block: &Range<usize>| {
        let latest = sightings[block.clone()].iter().map(|sighting| sighting.interval.latest());
        let first = latest.clone().min().unwrap_or(Timestamp::MAX);
        latest.map(|latest| u128::from(latest.nanos_since(first))).sum::<u128>()
    };
    blocks.iter().filter(|block| block.len() > 1).map(of_block).sum()
}

/// A block up to whose end the least costs are known.
enum Passed<C> {
    /// A single sighting, and the last states from which it costs least.
    One(Marks),
    /// Several sightings, whose order is searched.
    Several(Burst<C>),
}

fn search<C: Cost>(
    before: CallState,
    sightings: &[Sighting],
    blocks: &[Range<usize>],
    doubt: Duration,
    largest_table: usize,
) -> Explanation {
    let edges = edges(before);
    let mut costs = Costs::outside();
    let mut passed: Vec<Passed<C>> = Vec::with_capacity(blocks.len());
    for block in blocks {
        if let [only] = &sightings[block.clone()] {
            passed.push(Passed::One(costs.leading_to(&edges, only.queue())));
            costs = Costs::only(only.queue(), cheapest(&costs.0, &edges, only.queue()));
        } else {
            let burst = Burst::new(&sightings[block.clone()], costs, &edges, largest_table);
            costs = burst.costs();
            passed.push(Passed::Several(burst));
        }
    }
    let ends = costs.close_to_best(doubt);

    // Backwards, which last states lie on a cheapest explanation.
    let mut marked = costs.best();
    for passed in passed.iter_mut().rev() {
        marked = match passed {
            Passed::One(before) => *before,
            Passed::Several(burst) => burst.mark(marked, &edges),
        };
    }
    // Forwards, the smallest sequence of stamps.
    let mut order = Vec::with_capacity(sightings.len());
    let mut last = WIDTH;
    for (block, passed) in blocks.iter().zip(&passed) {
        last = match passed {
            Passed::One(_) => {
                order.push(block.start);
                sightings[block.start].queue()
            }
            Passed::Several(burst) => burst.read(last, &edges, |place| order.push(block.start + place)),
        };
    }
    Explanation { order, ends }
}

/// Returns the edges of a call that was in `before` before the phase.
fn edges<C: Cost>(before: CallState) -> Edges<C> {
    let mut edges = [[C::from(0); WIDTH]; WIDTH + 1];
    for (row, from) in edges.iter_mut().zip(STATES.into_iter().chain([before])) {
        *row = STATES.map(|to| C::inferred(from.between(to).len()));
    }
    edges
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::interval::Interval;

    /// Returns sightings in the order of their stamps, of notifications and replies.
    fn sightings(seed: u64, count: usize) -> Vec<Sighting> {
        let mut random = seed;
        let mut next = |below: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % below
        };
        let mut at = 0;
        let mut sighting = |_| {
            at += next(900).cast_signed();
            let earlier = [2_000, next(3_000).cast_signed()][next(2) as usize];
            let (earliest, latest) = (Timestamp::from_millis(at - earlier), Timestamp::from_millis(at));
            Sighting { state: STATES[next(4) as usize], interval: Interval::between(earliest, latest) }
        };
        (0..count).map(&mut sighting).collect()
    }

    #[test]
    fn tables_lists_and_both_costs_agree() {
        for seed in 0..3_000 {
            let sightings = sightings(seed, 1 + (seed % 13) as usize);
            let (before, doubt) = (CallState::ALL[(seed % 4) as usize], Duration::from_millis(seed % 700));
            let blocks = blocks(&sightings);
            let by_table = search::<u64>(before, &sightings, &blocks, doubt, usize::MAX);
            assert_eq!(by_table, search::<u64>(before, &sightings, &blocks, doubt, 0), "seed {seed}");
            assert_eq!(by_table, search::<u128>(before, &sightings, &blocks, doubt, 0), "seed {seed}");
            // Without cuts all of them are one burst.
            let whole = 0..sightings.len();
            assert_eq!(by_table, search::<u128>(before, &sightings, &[whole], doubt, usize::MAX), "seed {seed}");
        }
    }
}
