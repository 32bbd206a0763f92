//! The anchors: the least code that does the core of a job, or what a user would write by hand.

use std::collections::{BinaryHeap, HashMap};
use std::hint::black_box;

use foldhash::fast::RandomState;
use serde::de::IgnoredAny;

/// V: validates JSON.
pub(crate) fn validate(body: &[u8]) {
    let read: Result<IgnoredAny, _> = serde_json::from_slice(body);
    _ = black_box(read.is_ok());
}

/// An observation of 32 bytes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Small {
    pub(crate) received_at: i64,
    pub(crate) sequence: u64,
    pub(crate) delivery: u64,
    pub(crate) node: u16,
    /// 0 to 7.
    pub(crate) state: u8,
}

/// The phase of each state: the last four are in one.
const PHASES: [u8; 8] = [0, 1, 2, 3, 4, 4, 4, 4];

/// Returns observations of a call that is held and resumed.
pub(crate) fn smalls(count: usize) -> Vec<Small> {
    let small = |nth: usize| {
        let state = if nth < 4 { nth as u8 + 1 } else { 4 + (nth % 2) as u8 };
        Small { received_at: nth as i64 * 10_000_000_000, sequence: nth as u64, state, ..Small::default() }
    };
    (0..count).map(small).collect()
}

/// A step of the bare rule; inferred if it has no observations.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Joined {
    state: u8,
    observations: u8,
    delivery: u64,
}

/// R: the bare rule. Orders observations by phase and clock, joins those of one state, and counts inferred states between them.
pub(crate) fn bare_rule(observations: &[Small], order: &mut [u8; 128], steps: &mut [Joined; 256]) -> usize {
    let key = |small: &Small| (PHASES[(small.state & 7) as usize], small.received_at, small.node, small.sequence);
    for (nth, observation) in observations.iter().enumerate().take(128) {
        let mut place = nth;
        while place > 0 && key(&observations[order[place - 1] as usize]) > key(observation) {
            order[place] = order[place - 1];
            place -= 1;
        }
        order[place] = nth as u8;
    }
    let (mut count, mut last) = (0, 1_u8);
    for &place in &order[..observations.len().min(128)] {
        let Small { state, delivery, .. } = observations[place as usize];
        let state = state & 7;
        if count > 0 && steps[count - 1].state == state {
            steps[count - 1].observations += 1;
            continue;
        }
        // Between two of the last states, and before them, the first of them is inferred.
        if state > 4 && last != 4 && count < 254 {
            steps[count] = Joined { state: 4, ..Joined::default() };
            count += 1;
        }
        steps[count] = Joined { state, observations: 1, delivery };
        count += 1;
        last = state;
    }
    count + steps[0].delivery as usize
}

/// Runs the bare rule on its own memory.
#[derive(Debug)]
pub(crate) struct BareRule {
    observations: Vec<Small>,
    order: [u8; 128],
    steps: [Joined; 256],
}

impl BareRule {
    pub(crate) fn new(count: usize) -> Self {
        Self { observations: smalls(count), order: [0; 128], steps: [Joined::default(); 256] }
    }

    pub(crate) fn run(&mut self) -> usize {
        bare_rule(black_box(&self.observations), &mut self.order, &mut self.steps)
    }
}

/// D: the burst table. The cheapest order of observations of four states, of which each keeps its own order: for each number of used
/// observations of each state, and each last state, the least cost.
pub(crate) fn burst_table(counts: [usize; 4], table: &mut Vec<[u32; 4]>) -> u32 {
    const EDGES: [[u32; 4]; 4] = [[0, 1, 1, 2], [1, 0, 2, 3], [1, 2, 0, 1], [2, 3, 1, 0]];
    let strides =
        [1, counts[0] + 1, (counts[0] + 1) * (counts[1] + 1), (counts[0] + 1) * (counts[1] + 1) * (counts[2] + 1)];
    table.clear();
    table.resize(strides[3] * (counts[3] + 1), [u32::MAX / 2; 4]);
    let mut at = 0;
    for d in 0..=counts[3] {
        for c in 0..=counts[2] {
            for b in 0..=counts[1] {
                for a in 0..=counts[0] {
                    let used = [a, b, c, d];
                    let mut costs = [u32::MAX / 2; 4];
                    for state in 0..4 {
                        if used[state] == 0 {
                            continue;
                        }
                        let before = table[at - strides[state]];
                        let edges = EDGES[state];
                        let from = [0, 1, 2, 3].map(|last: usize| before[last] + edges[last]);
                        let least = from[0].min(from[1]).min(from[2].min(from[3]));
                        // Where the table begins, any state may be the first one.
                        costs[state] = if at == strides[state] { 0 } else { least } + (used[state] as u32 & 1);
                    }
                    table[at] = costs;
                    at += 1;
                }
            }
        }
    }
    let last = table[at - 1];
    last[0].min(last[1]).min(last[2].min(last[3]))
}

/// P4: a map of many calls by hand, and the bare rule of 16 observations as the work on each.
#[derive(Debug)]
pub(crate) struct ByHand {
    calls: hashbrown::HashMap<u128, [u64; 2], RandomState>,
    rule: BareRule,
    last: u64,
}

impl ByHand {
    pub(crate) fn new(ids: &[u128]) -> Self {
        let mut calls = hashbrown::HashMap::with_capacity_and_hasher(ids.len(), RandomState::default());
        calls.extend(ids.iter().map(|id| (*id, [0, 0])));
        Self { calls, rule: BareRule::new(16), last: 0 }
    }

    /// Looks up one call, which depends on what was found before, then does the work.
    pub(crate) fn one(&mut self, ids: &[u128], place: usize) -> usize {
        // Always zero, which the compiler does not know.
        let id = ids[place ^ (self.last >> 60) as usize];
        if let Some(call) = self.calls.get_mut(&id) {
            call[0] = (call[0] + 1) & 0xffff;
            self.last = call[0];
        }
        self.rule.run() + self.last as usize
    }

    /// Looks up some calls, then does the work of each.
    pub(crate) fn group(&mut self, ids: &[u128]) -> usize {
        for id in ids {
            if let Some(call) = self.calls.get_mut(id) {
                call[0] += 1;
            }
        }
        ids.iter().map(|_| self.rule.run()).sum()
    }
}

/// What a user would write by hand: the last reported state of each call.
#[derive(Debug, Default)]
pub(crate) struct LastWriteWins(HashMap<String, String>);

impl LastWriteWins {
    pub(crate) fn hear(&mut self, body: &[u8]) {
        let Ok(value) = serde_json::from_slice::<serde_json::Value>(body) else { return };
        for notification in value["value"].as_array().into_iter().flatten() {
            let call = notification["resourceUrl"].as_str().and_then(|path| path.rsplit('/').next());
            if let (Some(call), Some(state)) = (call, notification["resourceData"]["state"].as_str()) {
                self.0.insert(call.to_owned(), state.to_owned());
            }
        }
    }
}

/// The next instants of many calls, in a heap. An instant that was replaced stays in the heap until it is the first one.
#[derive(Debug)]
pub(crate) struct Heap {
    heap: BinaryHeap<std::cmp::Reverse<(i64, u32)>>,
    current: Vec<i64>,
}

impl Heap {
    pub(crate) fn new(count: usize) -> Self {
        let current: Vec<i64> = (0..count).map(|call| (call as i64).wrapping_mul(7_919) % 1_000_000).collect();
        let heap = current.iter().zip(0..).map(|(at, call)| std::cmp::Reverse((*at, call))).collect();
        Self { heap, current }
    }

    pub(crate) fn replace(&mut self, call: usize, at: i64) {
        self.current[call] = at;
        self.heap.push(std::cmp::Reverse((at, call as u32)));
        // As many as were added are removed, so that the heap stays as large as it is.
        if let Some(std::cmp::Reverse((first, of))) = self.heap.pop()
            && self.current[of as usize] == first
        {
            self.heap.push(std::cmp::Reverse((first, of)));
        }
    }
}
