//! Searches the order of a burst: of observations whose intervals overlap, directly or through others.
//!
//! A small burst has one table of all its cells, in which a cell is found by arithmetic. The cells of a large burst would not fit in one,
//! but only few of them can be reached. They are listed by the number of used sightings.

use alloc::vec;
use alloc::vec::Vec;

use crate::rule::cost::{Cost, Costs, Edges, Marks, cheapest};
use crate::rule::sighting::{Sighting, WIDTH};
use crate::words::time::Timestamp;

/// How many places in the order of the stamps an observation can overtake another. This bounds the number of cells.
const MAX_OVERTAKING: usize = 32;

/// The largest number of cells of a table.
pub(crate) const LARGEST_TABLE: usize = 1 << 14;

/// Number of used sightings of each state, 32 bits for each, so that all are compared at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Used(u128);

/// The cells of a burst, with the least cost of each by the last state.
pub(crate) struct Burst<C> {
    queues: Queues,
    cells: Cells,
    before: Costs<C>,
    /// The costs of each cell but the first, in which the burst has not begun.
    costs: Vec<[C; WIDTH]>,
    marks: Vec<Marks>,
}

/// The sightings of each state, in the order of their stamps.
struct Queues {
    queued: Vec<Queued>,
    /// Where the queue of each state begins.
    starts: [usize; WIDTH + 1],
}

/// A sighting in the queue of its state.
#[derive(Clone, Copy)]
struct Queued {
    place: usize,
    latest: Timestamp,
    /// The lowest `latest` of this sighting and all later ones in the queue.
    lowest: Timestamp,
    /// Number of sightings of each state that surely precede this one.
    needed: Used,
}

/// The use of the next sighting of a state.
#[derive(Clone, Copy)]
struct Move {
    state: usize,
    place: usize,
    /// Lateness in nanoseconds.
    late: u64,
}

/// How the cells are numbered.
enum Cells {
    /// By arithmetic: the number of cells between two that differ by one used sighting of each state.
    Table([usize; WIDTH]),
    /// What is used in each cell, in order, and where the cells of each total begin.
    Listed { used: Vec<Used>, starts: Vec<usize> },
}

impl<C: Cost> Burst<C> {
    /// Fills the cells, given the costs before the burst. With more than `largest` cells they are listed.
    pub(crate) fn new(sightings: &[Sighting], before: Costs<C>, edges: &Edges<C>, largest: usize) -> Self {
        let queues = Queues::new(sightings);
        let size = (0..WIDTH).try_fold(1_usize, |size, state| size.checked_mul(queues.len(state) + 1));
        match size.filter(|size| *size <= largest) {
            Some(size) => Self::table(queues, size, before, edges),
            None => Self::listed(queues, sightings.len(), before, edges),
        }
    }

    fn table(queues: Queues, size: usize, before: Costs<C>, edges: &Edges<C>) -> Self {
        let mut strides = [1; WIDTH];
        for state in 1..WIDTH {
            strides[state] = strides[state - 1] * (queues.len(state - 1) + 1);
        }
        let mut costs = vec![[C::NEVER; WIDTH]; size];
        for step in queues.moves(Used::NONE) {
            costs[strides[step.state]][step.state] = cheapest(&before.0, edges, step.state) + C::from(step.late);
        }
        let mut used = Used::NONE;
        for at in 1..size {
            // The next cell in the order of the table.
            for state in 0..WIDTH {
                if used.of(state) < queues.len(state) {
                    used = used.and(state);
                    break;
                }
                used = used.without(state);
            }
            let from = costs[at];
            if from.iter().any(|cost| *cost < C::NEVER) {
                for step in queues.moves(used) {
                    costs[at + strides[step.state]][step.state] =
                        cheapest(&from, edges, step.state) + C::from(step.late);
                }
            }
        }
        Self { queues, cells: Cells::Table(strides), before, marks: vec![0; size], costs }
    }

    fn listed(queues: Queues, count: usize, before: Costs<C>, edges: &Edges<C>) -> Self {
        let (mut used, mut costs, mut starts) = (vec![Used::NONE], vec![[C::NEVER; WIDTH]], vec![0]);
        let mut reached: [Vec<(Used, C)>; WIDTH] = Default::default();
        for _ in 0..count {
            let level = starts[starts.len() - 1]..used.len();
            starts.push(used.len());
            reached.iter_mut().for_each(Vec::clear);
            for at in level {
                let from = if at == 0 { &before.0[..] } else { &costs[at][..] };
                for step in queues.moves(used[at]) {
                    let cost = cheapest(from, edges, step.state) + C::from(step.late);
                    reached[step.state].push((used[at].and(step.state), cost));
                }
            }
            // The moves by one state lead to cells in the order of those that they come from, so four sorted lists are merged.
            let mut heads = reached.each_ref().map(|cells| cells.iter().peekable());
            while let Some(next) = heads.iter_mut().filter_map(|head| head.peek().map(|(used, _)| *used)).min() {
                let mut least = [C::NEVER; WIDTH];
                for (head, least) in heads.iter_mut().zip(&mut least) {
                    if let Some((_, cost)) = head.next_if(|(used, _)| *used == next) {
                        *least = *cost;
                    }
                }
                used.push(next);
                costs.push(least);
            }
        }
        let marks = vec![0; costs.len()];
        Self { queues, cells: Cells::Listed { used, starts }, before, costs, marks }
    }

    /// Returns the costs after the burst.
    pub(crate) fn costs(&self) -> Costs<C> {
        self.costs_of(self.costs.len() - 1)
    }

    fn costs_of(&self, at: usize) -> Costs<C> {
        if at == 0 { self.before } else { Costs::inside(self.costs[at]) }
    }

    /// Marks what lies on a cheapest explanation that ends in one of some states, and returns the states in which such a one begins.
    pub(crate) fn mark(&mut self, ends: Marks, edges: &Edges<C>) -> Marks {
        let last = self.marks.len() - 1;
        self.marks[last] = ends;
        for at in (1..=last).rev() {
            let marked = self.marks[at];
            if marked == 0 {
                continue;
            }
            let used = self.cells.used(at, &self.queues);
            for state in (0..WIDTH).filter(|state| marked & 1 << state != 0) {
                let used = used.before(state);
                let Some(before) = self.cells.before(at, used, state) else { continue };
                let Some(step) = self.queues.moves(used).find(|step| step.state == state) else { continue };
                let cost = self.costs[at][state];
                let leads_here = |last: usize, least: C| least + edges[last][state] + C::from(step.late) == cost;
                let marks = self.costs_of(before).marks(leads_here);
                self.marks[before] |= marks;
            }
        }
        self.marks[0]
    }

    /// Reads the order of the cheapest explanation whose sequence of stamps is the smallest, and returns its last state.
    pub(crate) fn read(&self, before: usize, edges: &Edges<C>, mut use_place: impl FnMut(usize)) -> usize {
        let (mut used, mut at, mut last) = (Used::NONE, 0, before);
        for _ in 0..self.queues.queued.len() - WIDTH {
            let cost = self.costs_of(at).0[last];
            let cheapest = |step: Move| {
                let next = self.cells.after(at, used, step.state)?;
                let is_marked = self.marks[next] & 1 << step.state != 0;
                let is_cheapest = cost + edges[last][step.state] + C::from(step.late) == self.costs[next][step.state];
                (is_marked && is_cheapest).then_some((step.place, step.state, next))
            };
            let step = self.queues.moves(used).filter_map(cheapest).min();
            // There is always one: only what a cheapest explanation goes through is marked.
            let Some((place, state, next)) = step else { break };
            use_place(place);
            used = used.and(state);
            (at, last) = (next, state);
        }
        last
    }
}

impl Queues {
    fn new(sightings: &[Sighting]) -> Self {
        let mut counts = [0; WIDTH];
        sightings.iter().for_each(|sighting| counts[sighting.queue()] += 1);
        let mut starts = [0; WIDTH + 1];
        for state in 0..WIDTH {
            starts[state + 1] = starts[state] + counts[state] + 1;
        }
        // Each queue ends with an entry that is never free and never the lowest.
        let end = Queued { place: 0, latest: Timestamp::MAX, lowest: Timestamp::MAX, needed: Used::ALL };
        let (mut queued, mut ends) = (vec![end; sightings.len() + WIDTH], starts);
        // Number of sightings of each state that are too far before this one to be overtaken.
        let mut beyond = Used::NONE;
        for (place, sighting) in sightings.iter().enumerate() {
            let near = place.saturating_sub(MAX_OVERTAKING);
            if place > MAX_OVERTAKING {
                beyond = beyond.and(sightings[near - 1].queue());
            }
            let (mut needed, mut earlier) = (beyond, beyond);
            for other in &sightings[near..place] {
                let state = other.queue();
                earlier = earlier.and(state);
                if other.interval.surely_precedes(sighting.interval) {
                    // A queue keeps its order, so all sightings before it in its queue are needed too.
                    needed = needed.with(state, earlier);
                }
            }
            let latest = sighting.interval.latest();
            let end = &mut ends[sighting.queue()];
            queued[*end] = Queued { place, latest, lowest: latest, needed };
            *end += 1;
        }
        for state in 0..WIDTH {
            let mut lowest = Timestamp::MAX;
            for queued in queued[starts[state]..starts[state + 1]].iter_mut().rev() {
                lowest = lowest.min(queued.latest);
                queued.lowest = lowest;
            }
        }
        Self { queued, starts }
    }

    const fn len(&self, state: usize) -> usize {
        self.starts[state + 1] - self.starts[state] - 1
    }

    /// Returns the possible moves: the head of each queue, unless an unused sighting surely precedes it.
    #[inline]
    fn moves(&self, used: Used) -> impl Iterator<Item = Move> {
        let head = |state: usize| &self.queued[self.starts[state] + used.of(state)];
        let heads: [&Queued; WIDTH] = core::array::from_fn(head);
        // The earliest end of an interval that is still unused.
        let lowest = heads.iter().fold(Timestamp::MAX, |lowest, queued| lowest.min(queued.lowest));
        heads.into_iter().enumerate().filter_map(move |(state, head)| {
            let Queued { place, latest, needed, .. } = *head;
            used.covers(needed).then_some(Move { state, place, late: latest.nanos_since(lowest) })
        })
    }
}

impl Cells {
    /// Returns what is used in a cell.
    fn used(&self, at: usize, queues: &Queues) -> Used {
        match self {
            Self::Table(strides) => {
                let count = |state: usize| (at / strides[state] % (queues.len(state) + 1)) as u128;
                Used((0..WIDTH).fold(0, |used, state| used | count(state) << (LANE * state)))
            }
            Self::Listed { used, .. } => used[at],
        }
    }

    /// Returns the cell after another one, with one more sighting of a state. `used` belongs to the other one.
    fn after(&self, at: usize, used: Used, state: usize) -> Option<usize> {
        match self {
            Self::Table(strides) => Some(at + strides[state]),
            Self::Listed { .. } => self.find(used.and(state)),
        }
    }

    /// Returns the cell before another one, with one sighting of a state less. `used` belongs to the cell before.
    fn before(&self, at: usize, used: Used, state: usize) -> Option<usize> {
        match self {
            Self::Table(strides) => Some(at - strides[state]),
            Self::Listed { .. } => self.find(used),
        }
    }

    fn find(&self, wanted: Used) -> Option<usize> {
        let Self::Listed { used, starts } = self else { return None };
        let total: usize = (0..WIDTH).map(|state| wanted.of(state)).sum();
        let from = *starts.get(total)?;
        let until = starts.get(total + 1).copied().unwrap_or(used.len());
        used[from..until].binary_search(&wanted).ok().map(|place| from + place)
    }
}

/// Number of bits of each count.
const LANE: usize = 32;
/// The highest bit of each count, which no count reaches.
const HIGHEST: u128 = 0x8000_0000_8000_0000_8000_0000_8000_0000;

impl Used {
    const NONE: Self = Self(0);
    /// More than any burst has.
    const ALL: Self = Self(HIGHEST - (HIGHEST >> 31));

    const fn of(self, state: usize) -> usize {
        (self.0 >> (LANE * state)) as usize & 0xffff_ffff
    }

    /// Returns this with one more sighting of a state.
    const fn and(self, state: usize) -> Self {
        Self(self.0 + (1 << (LANE * state)))
    }

    /// Returns this with one sighting of a state less.
    const fn before(self, state: usize) -> Self {
        Self(self.0 - (1 << (LANE * state)))
    }

    /// Returns this without any sighting of a state.
    const fn without(self, state: usize) -> Self {
        Self(self.0 & !(0xffff_ffff << (LANE * state)))
    }

    /// Returns this with as many sightings of a state as in another.
    const fn with(self, state: usize, other: Self) -> Self {
        Self(self.without(state).0 | other.0 & 0xffff_ffff << (LANE * state))
    }

    /// Returns whether no count of another is higher.
    const fn covers(self, other: Self) -> bool {
        // The highest bit of a count is lost if its difference is negative.
        ((self.0 | HIGHEST) - other.0) & HIGHEST == HIGHEST
    }
}
