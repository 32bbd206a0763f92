//! Orders the observations of the connected phase: finds the cheapest linear extension of their interval order, exactly.
//!
//! The observations of one state keep their order, so an explanation merges four queues. What is left to explain depends only on
//! how many observations of each queue are used: a *cell*. The search goes from level to level: all cells that can be reached with
//! one, two, three, … observations. An explanation that goes through a cell costs what leads to the cell, which depends on the last
//! state, and what follows. Each cell therefore needs one cost for each last state. Of all cheapest explanations, the one with the
//! smallest sequence of stamps is read from the marked cells.

use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use crate::words::interval::Interval;
use crate::words::lifecycle::Lifecycle;
use crate::words::state::CallState;
use crate::words::time::Timestamp;

/// How many places in the order of the stamps an observation can overtake another. This bounds the number of cells of a level.
const MAX_OVERTAKING: usize = 32;

/// The states of the phase.
const STATES: [CallState; WIDTH] = CallState::CONNECTED;
const WIDTH: usize = CallState::CONNECTED.len();

/// Index that stands for the state before the phase.
const OUTSIDE: usize = WIDTH;

/// Total lateness in nanoseconds, plus [`INFERRED`] for each inferred step. So one comparison decides by both, in this order.
type Cost = u128;

/// More than any total lateness: the lateness of one sighting is less than `1 << 65`.
const INFERRED: Cost = 1 << 96;

/// Cost of what cannot be reached.
const NEVER: Cost = Cost::MAX;

/// Number of used sightings of each state.
type Used = [u32; WIDTH];

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
    /// States in which an explanation ends that costs no more than the doubt allows, in the order of the lifecycle.
    pub(crate) ends: Vec<CallState>,
}

/// Explains sightings, given in the order of their stamps, of a call that was in `before`.
pub(crate) fn explain(before: CallState, sightings: &[Sighting], doubt: Duration) -> Explanation {
    let search = Search::new(before, sightings);
    let mut start = Cell { used: [0; WIDTH], costs: [NEVER; WIDTH + 1], marked: [false; WIDTH] };
    start.costs[OUTSIDE] = 0;
    let mut levels = vec![vec![start]];
    for _ in sightings {
        let next = search.next_level(&levels[levels.len() - 1]);
        levels.push(next);
    }
    let ends = levels.last_mut().map_or_else(Vec::new, |last| mark_ends(&mut last[0], doubt));
    search.mark(&mut levels);
    Explanation { order: search.read(&levels), ends }
}

/// Everything that one search needs to know.
struct Search {
    /// Numbers of inferred steps between any two states of the phase, and from outside to each.
    edges: [[usize; WIDTH]; WIDTH + 1],
    queues: [Vec<Queued>; WIDTH],
}

/// A sighting in the queue of its state.
struct Queued {
    place: usize,
    latest: Timestamp,
    /// The lowest `latest` of this sighting and all later ones in the queue.
    lowest: Timestamp,
    /// Number of sightings of each state that surely precede this one.
    needed: Used,
}

/// What is used after some moves.
struct Cell {
    used: Used,
    /// The lowest cost to come here, by the last state.
    costs: [Cost; WIDTH + 1],
    /// The last states through which a cheapest explanation goes.
    marked: [bool; WIDTH],
}

/// The use of the next sighting of a state.
struct Move {
    state: usize,
    place: usize,
    lateness: Cost,
    to: Used,
}

/// Marks the last states of the cheapest explanations, and returns the ends within the doubt.
fn mark_ends(last: &mut Cell, doubt: Duration) -> Vec<CallState> {
    let best = last.costs[..WIDTH].iter().copied().min().unwrap_or(NEVER);
    if best == NEVER {
        return Vec::new();
    }
    last.marked = core::array::from_fn(|state| last.costs[state] == best);
    let is_close = |cost: Cost| cost / INFERRED == best / INFERRED && cost - best <= doubt.as_nanos();
    (0..WIDTH).filter(|&state| is_close(last.costs[state])).map(|state| STATES[state]).collect()
}

impl Search {
    fn new(before: CallState, sightings: &[Sighting]) -> Self {
        let mut edges = [[0; WIDTH]; WIDTH + 1];
        for (row, from) in edges.iter_mut().zip(STATES.into_iter().chain([before])) {
            *row = STATES.map(|to| from.between(to).len());
        }
        Self { edges, queues: queues(sightings) }
    }

    /// Returns the possible moves: the head of each queue, unless an unused sighting surely precedes it.
    fn moves(&self, used: Used) -> impl Iterator<Item = Move> {
        let head = move |state: usize| self.queues[state].get(used[state] as usize);
        let lowest = (0..WIDTH).filter_map(head).map(|queued| queued.lowest).min();
        (0..WIDTH).filter_map(move |state| {
            let next = head(state)?;
            let is_free = (0..WIDTH).all(|other| next.needed[other] <= used[other]);
            // Its instant is the earliest end of an interval that is still unused.
            let lateness = next.latest.saturating_since(lowest?).as_nanos();
            let mut to = used;
            to[state] += 1;
            is_free.then_some(Move { state, place: next.place, lateness, to })
        })
    }

    fn cost(&self, from: &Cell, last: usize, step: &Move) -> Cost {
        if from.costs[last] == NEVER {
            return NEVER;
        }
        from.costs[last] + INFERRED * self.edges[last][step.state] as Cost + step.lateness
    }

    /// Returns the cells that one more move leads to, in the order of what is used.
    fn next_level(&self, level: &[Cell]) -> Vec<Cell> {
        // The moves by one state lead to cells in the order of those that they come from.
        let mut reached: [Vec<(Used, Cost)>; WIDTH] = Default::default();
        for cell in level {
            for step in self.moves(cell.used) {
                let cost = (0..=WIDTH).map(|last| self.cost(cell, last, &step)).min().unwrap_or(NEVER);
                reached[step.state].push((step.to, cost));
            }
        }
        let mut heads = reached.each_ref().map(|cells| cells.iter().peekable());
        let mut cells = Vec::new();
        while let Some(used) = heads.iter_mut().filter_map(|head| head.peek().map(|(used, _)| *used)).min() {
            let mut costs = [NEVER; WIDTH + 1];
            for (head, cost) in heads.iter_mut().zip(&mut costs) {
                if let Some((_, lowest)) = head.next_if(|(other, _)| *other == used) {
                    *cost = *lowest;
                }
            }
            cells.push(Cell { used, costs, marked: [false; WIDTH] });
        }
        cells
    }

    /// Marks, from the last level to the first, what lies on a cheapest explanation.
    fn mark(&self, levels: &mut [Vec<Cell>]) {
        for at in (2..levels.len()).rev() {
            let (earlier, later) = levels.split_at_mut(at);
            let level = &mut earlier[at - 1];
            for next in &later[0] {
                for state in (0..WIDTH).filter(|&state| next.marked[state]) {
                    let mut before = next.used;
                    before[state] -= 1;
                    let Ok(place) = level.binary_search_by_key(&before, |cell| cell.used) else { continue };
                    let Some(step) = self.moves(before).find(|step| step.state == state) else { continue };
                    for last in 0..WIDTH {
                        let is_cheapest = self.cost(&level[place], last, &step) == next.costs[state];
                        level[place].marked[last] |= is_cheapest;
                    }
                }
            }
        }
    }

    /// Returns the order of the cheapest explanation whose sequence of stamps is the smallest.
    fn read(&self, levels: &[Vec<Cell>]) -> Vec<usize> {
        let mut order = Vec::with_capacity(levels.len() - 1);
        let (mut cell, mut last) = (&levels[0][0], OUTSIDE);
        for level in &levels[1..] {
            let cheapest = |step: Move| {
                let next = find(level, &step).filter(|next| next.marked[step.state])?;
                (self.cost(cell, last, &step) == next.costs[step.state]).then_some((step.place, step.state, next))
            };
            let step = self.moves(cell.used).filter_map(cheapest).min_by_key(|(place, ..)| *place);
            // There is always one: only what a cheapest explanation goes through is marked.
            let Some((place, state, next)) = step else { break };
            order.push(place);
            (cell, last) = (next, state);
        }
        order
    }
}

fn find<'l>(level: &'l [Cell], step: &Move) -> Option<&'l Cell> {
    level.binary_search_by_key(&step.to, |cell| cell.used).ok().map(|place| &level[place])
}

fn queues(sightings: &[Sighting]) -> [Vec<Queued>; WIDTH] {
    // The states of a phase are neighbours.
    let queue_of = |sighting: &Sighting| sighting.state as usize - STATES[0] as usize;
    let mut queues: [Vec<Queued>; WIDTH] = Default::default();
    // Number of sightings of each state that are too far before this one to be overtaken.
    let mut beyond: Used = [0; WIDTH];
    for (place, sighting) in sightings.iter().enumerate() {
        let near = place.saturating_sub(MAX_OVERTAKING);
        if let Some(far) = near.checked_sub(1).filter(|_| place > MAX_OVERTAKING) {
            beyond[queue_of(&sightings[far])] += 1;
        }
        let (mut needed, mut earlier) = (beyond, beyond);
        for other in &sightings[near..place] {
            let state = queue_of(other);
            earlier[state] += 1;
            if other.interval.surely_precedes(sighting.interval) {
                // A queue keeps its order, so all sightings before it in its queue are needed too.
                needed[state] = earlier[state];
            }
        }
        let latest = sighting.interval.latest();
        queues[queue_of(sighting)].push(Queued { place, latest, lowest: latest, needed });
    }
    for queue in &mut queues {
        let mut lowest = Timestamp::MAX;
        for queued in queue.iter_mut().rev() {
            lowest = lowest.min(queued.latest);
            queued.lowest = lowest;
        }
    }
    queues
}
