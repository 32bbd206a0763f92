//! Orders the observations of the connected phase: finds the cheapest linear extension of their interval order, exactly.
//!
//! Observations whose intervals overlap form a burst. Bursts are in the order of time. Within a burst, the observations of one
//! state keep their order, so an explanation merges up to four queues. The remaining cost depends only on how many observations
//! of each queue are used, and on the state reached. So dynamic programming finds the optimum: a table over these numbers is
//! filled backwards, and then read forwards. Among the cheapest moves, the lowest stamp is taken.

use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Ordering;

use crate::words::interval::Interval;
use crate::words::lifecycle::Lifecycle;
use crate::words::state::CallState;

/// Maximum length of a burst that is searched. A longer burst is taken in stamp order, which bounds the cost.
const MAX_BURST: usize = 32;

/// The states of the phase.
const STATES: [CallState; WIDTH] = CallState::CONNECTED;
const WIDTH: usize = CallState::CONNECTED.len();

/// Index that stands for the state before the phase.
const OUTSIDE: usize = WIDTH;

/// Number of inferred steps, then number of inversions against stamp order.
type Cost = (usize, usize);

/// A set of states of the phase, as bits.
type Ends = u8;

/// An observation of a state of the phase.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sighting {
    pub(crate) state: CallState,
    pub(crate) interval: Interval,
}

/// The cheapest explanation of a connected phase.
#[derive(Debug)]
pub(crate) struct Explanation {
    /// Indices of the sightings, in the order of the explanation.
    pub(crate) order: Vec<usize>,
    /// States in which an explanation with as few inferred steps ends, in the order of the lifecycle.
    pub(crate) ends: Vec<CallState>,
}

/// Explains sightings, given in the order of their stamps, of a call that was in `before`.
pub(crate) fn explain(before: CallState, sightings: &[Sighting]) -> Explanation {
    let edges = Edges::new(before);
    let bursts = split(sightings);
    // The remaining costs before each burst, from the last burst to the first. They depend on what follows, so they are
    // computed backwards.
    let mut rests = vec![Rest::END];
    for burst in bursts.iter().rev() {
        let rest = burst.rest(&edges, &rests[rests.len() - 1]);
        rests.push(rest);
    }
    let ends = rests[rests.len() - 1].ends[OUTSIDE];
    let mut order = Vec::with_capacity(sightings.len());
    let mut reached = OUTSIDE;
    for (burst, rest) in bursts.iter().zip(rests.iter().rev().skip(1)) {
        reached = burst.read(&edges, rest, reached, &mut order);
    }
    Explanation { order, ends: (0..WIDTH).filter(|end| ends & 1 << end != 0).map(|end| STATES[end]).collect() }
}

/// Splits the sightings wherever all earlier intervals end before all later ones begin.
fn split(sightings: &[Sighting]) -> Vec<Burst<'_>> {
    let mut bursts = Vec::new();
    let mut end = sightings.len();
    let mut earliest = None;
    // The latest end of an interval up to and including each sighting. A notification can have a later end than its successor.
    let latest: Vec<_> = sightings
        .iter()
        .scan(None, |latest, sighting| {
            *latest = (*latest).max(Some(sighting.interval.latest()));
            Some(*latest)
        })
        .collect();
    for at in (0..sightings.len()).rev() {
        let here = sightings[at].interval.earliest();
        earliest = Some(earliest.map_or(here, |earliest| here.min(earliest)));
        if at == 0 || latest[at - 1] < earliest {
            bursts.push(Burst { first: at, sightings: &sightings[at..end] });
            (end, earliest) = (at, None);
        }
    }
    bursts.reverse();
    bursts
}

/// Numbers of inferred steps between any two states of the phase, and from outside to each.
struct Edges([[usize; WIDTH]; WIDTH + 1]);

impl Edges {
    fn new(before: CallState) -> Self {
        let mut edges = [[0; WIDTH]; WIDTH + 1];
        for (row, from) in edges.iter_mut().zip(STATES.into_iter().chain([before])) {
            *row = STATES.map(|to| from.between(to).len());
        }
        Self(edges)
    }
}

/// The remaining cost from some point on, by the state reached there, and the ends of the cheapest continuations.
#[derive(Debug, Clone, Copy)]
struct Rest {
    cost: [Cost; WIDTH + 1],
    ends: [Ends; WIDTH + 1],
}

impl Rest {
    const END: Self = Self { cost: [(0, 0); WIDTH + 1], ends: each_by_itself() };
    const NONE: Self = Self { cost: [(usize::MAX, 0); WIDTH + 1], ends: [0; WIDTH + 1] };

    /// Returns the remaining cost at `from`, if a sighting of `next` follows and this is the remaining cost after it.
    fn via(&self, edges: &Edges, from: usize, next: usize, inversions: usize) -> Cost {
        let (inferred, inverted) = self.cost[next];
        (edges.0[from][next] + inferred, inversions + inverted)
    }
}

/// Returns for each state of the phase the set of that state, and for outside the empty set.
const fn each_by_itself() -> [Ends; WIDTH + 1] {
    let mut ends = [0; WIDTH + 1];
    let mut state = 0;
    while state < WIDTH {
        ends[state] = 1 << state;
        state += 1;
    }
    ends
}

/// Sightings whose intervals overlap, in the order of their stamps.
struct Burst<'s> {
    /// Index of the first one among all sightings.
    first: usize,
    sightings: &'s [Sighting],
}

impl Burst<'_> {
    /// Returns whether there is nothing to search, or too much.
    fn is_taken_in_order(&self) -> bool {
        self.sightings.len() == 1 || self.sightings.len() > MAX_BURST
    }

    fn state(&self, place: usize) -> usize {
        // The states of a phase are neighbours.
        self.sightings[place].state as usize - STATES[0] as usize
    }

    /// Returns the remaining cost before the burst, given the remaining cost after it.
    fn rest(&self, edges: &Edges, after: &Rest) -> Rest {
        if !self.is_taken_in_order() {
            return Table::fill(self, edges, after).rests[0];
        }
        (0..self.sightings.len()).rev().fold(*after, |after, place| {
            let next = self.state(place);
            let cost = core::array::from_fn(|from| after.via(edges, from, next, 0));
            Rest { cost, ends: [after.ends[next]; WIDTH + 1] }
        })
    }

    /// Appends the indices of the sightings in the cheapest order, and returns the state reached.
    fn read(&self, edges: &Edges, after: &Rest, mut reached: usize, order: &mut Vec<usize>) -> usize {
        let count = self.sightings.len();
        if self.is_taken_in_order() {
            order.extend(self.first..self.first + count);
            return self.state(count - 1);
        }
        let table = Table::fill(self, edges, after);
        let mut used = [0; WIDTH];
        for _ in 0..count {
            let next = table
                .moves(&used)
                .min_by_key(|step| (table.rests[step.to].via(edges, reached, step.state, step.inversions), step.place));
            // There is always a move: nothing precedes the unused sighting with the lowest stamp.
            let Some(next) = next else { break };
            order.push(self.first + next.place);
            used[next.state] += 1;
            reached = next.state;
        }
        reached
    }
}

/// The remaining cost for every combination of numbers of used sightings of each state.
struct Table {
    queues: [Vec<Queued>; WIDTH],
    /// Distance of the cells that differ in one sighting of a state.
    stride: [usize; WIDTH],
    rests: Vec<Rest>,
}

/// A sighting in the queue of its state.
struct Queued {
    place: usize,
    /// Number of sightings of each state with an earlier stamp.
    earlier: [usize; WIDTH],
    /// Number of sightings of each state that must be used first, because their intervals end before this one begins.
    needed: [usize; WIDTH],
}

/// The use of the next sighting of a state.
struct Move {
    state: usize,
    place: usize,
    /// Number of unused sightings with an earlier stamp.
    inversions: usize,
    /// Index of the cell that the move leads to.
    to: usize,
}

impl Table {
    fn fill(burst: &Burst<'_>, edges: &Edges, after: &Rest) -> Self {
        let queues = queues(burst);
        let mut stride = [1; WIDTH];
        for state in 1..WIDTH {
            stride[state] = stride[state - 1] * (queues[state - 1].len() + 1);
        }
        let cells = stride[WIDTH - 1] * (queues[WIDTH - 1].len() + 1);
        let mut table = Self { queues, stride, rests: vec![Rest::NONE; cells] };
        table.rests[cells - 1] = *after;
        // A move leads to a cell with a higher index, so the cells after this one are complete.
        for cell in (0..cells - 1).rev() {
            let used = core::array::from_fn(|state| cell / stride[state] % (table.queues[state].len() + 1));
            let mut best = Rest::NONE;
            for step in table.moves(&used) {
                let rest = &table.rests[step.to];
                for from in 0..=WIDTH {
                    let cost = rest.via(edges, from, step.state, step.inversions);
                    // Inversions decide between explanations, but do not make the end ambiguous: an explanation with as few
                    // inferred steps is as good.
                    best.ends[from] = match cost.0.cmp(&best.cost[from].0) {
                        Ordering::Less => rest.ends[step.state],
                        Ordering::Equal => best.ends[from] | rest.ends[step.state],
                        Ordering::Greater => best.ends[from],
                    };
                    best.cost[from] = best.cost[from].min(cost);
                }
            }
            table.rests[cell] = best;
        }
        table
    }

    /// Returns the possible moves: the head of each queue, unless an unused sighting must come before it.
    fn moves(&self, used: &[usize; WIDTH]) -> impl Iterator<Item = Move> {
        let from: usize = (0..WIDTH).map(|state| used[state] * self.stride[state]).sum();
        (0..WIDTH).filter_map(move |state| {
            let head = self.queues[state].get(used[state])?;
            let is_free = (0..WIDTH).all(|other| head.needed[other] <= used[other]);
            let left = |other: usize| head.earlier[other].saturating_sub(used[other]);
            let inversions = (0..WIDTH).map(left).sum();
            is_free.then_some(Move { state, place: head.place, inversions, to: from + self.stride[state] })
        })
    }
}

fn queues(burst: &Burst<'_>) -> [Vec<Queued>; WIDTH] {
    let mut queues: [Vec<Queued>; WIDTH] = Default::default();
    for (place, sighting) in burst.sightings.iter().enumerate() {
        let mut queued = Queued { place, earlier: [0; WIDTH], needed: [0; WIDTH] };
        for (before, other) in burst.sightings[..place].iter().enumerate() {
            let state = burst.state(before);
            queued.earlier[state] += 1;
            if other.interval.surely_precedes(sighting.interval) {
                // A queue keeps its order, so all sightings before it in its queue are needed too.
                queued.needed[state] = queued.earlier[state];
            }
        }
        queues[burst.state(place)].push(queued);
    }
    queues
}
