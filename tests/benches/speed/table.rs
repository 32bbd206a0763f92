//! Many calls in one table: an observation of one of them, and deadlines.

use std::time::{Duration, Instant};

use call_core::internal::DeadlineQueue;
use call_core::{Call, CallId, CallTable, Config, Deadline, Input, Observation, Timestamp};

use crate::anchors::{ByHand, Heap};
use crate::core::in_order;
use crate::measure::{Timed, compare, plain, uncounted};
use crate::report::{Limit, Report};

/// Number of resident calls.
const CALLS: usize = 1_000_000;
/// Number of notifications that are processed together.
const GROUP: usize = 16;

/// Returns the id of a call.
pub(crate) fn id(call: usize) -> u128 {
    0x57da_b8b1_894c_409a_b240_0000_0000_0000 | (call as u128).wrapping_mul(0x9e37_79b9) & 0xffff_ffff_ffff
}

pub(crate) fn call_id(id: u128) -> CallId {
    let digits = format!("{id:032x}");
    CallId::from(digits.as_str())
}

/// Number of notifications that are made in advance, so that making them costs nothing.
const AHEAD: usize = 100_000;

/// A table in which each call has some observations in order.
pub(crate) struct Resident {
    table: CallTable,
    /// Number of observations of each call.
    heard: Vec<u8>,
    random: fastrand::Rng,
    /// The next notifications, of calls at random, the last one first.
    ahead: Vec<(CallId, Observation)>,
}

impl Resident {
    pub(crate) fn new(calls: usize) -> Self {
        let mut config = Config::default();
        config.limits.foreign_calls = usize::MAX;
        let (table, random) = (CallTable::new(config), fastrand::Rng::with_seed(7));
        let mut resident = Self { table, heard: vec![3; calls], random, ahead: Vec::new() };
        for call in 0..calls {
            let id = call_id(id(call));
            resident.table.handle(&id, Input::Adopted, in_order(0).stamp.received_at);
            for nth in 0..3 {
                resident.hear(&id, in_order(nth));
            }
        }
        resident
    }

    fn hear(&mut self, call: &CallId, next: Observation) -> usize {
        let now = next.stamp.received_at;
        self.table.handle(call, next, now);
        let mut outputs = 0;
        while let Some(output) = self.table.poll_output() {
            std::hint::black_box(output);
            outputs += 1;
        }
        std::hint::black_box(self.table.next_deadline());
        outputs
    }

    /// Makes notifications in advance, each the next one of a call at random.
    fn look_ahead(&mut self) {
        for _ in 0..AHEAD {
            let call = self.random.usize(..self.heard.len());
            self.ahead.push((call_id(id(call)), in_order(self.heard[call] as usize)));
            self.heard[call] = self.heard[call].saturating_add(1);
        }
        self.ahead.reverse();
    }

    /// Passes in some observations, each of a call at random, and returns the elapsed time.
    pub(crate) fn hear_some(&mut self, count: usize) -> Duration {
        let mut elapsed = Duration::ZERO;
        let mut left = count;
        while left > 0 {
            if self.ahead.is_empty() {
                uncounted(|| self.look_ahead());
            }
            let some = left.min(self.ahead.len());
            let began = Instant::now();
            for _ in 0..some {
                if let Some((call, next)) = self.ahead.pop() {
                    std::hint::black_box(self.hear(&call, next));
                }
            }
            elapsed += began.elapsed();
            left -= some;
        }
        elapsed
    }
}

fn by_hand<'t>(calls: &'t mut ByHand, group: usize) -> Timed<'t> {
    let mut random = fastrand::Rng::with_seed(7);
    let ids: Vec<u128> = (0..AHEAD.next_power_of_two()).map(|_| id(random.usize(..CALLS))).collect();
    let mut next = 0;
    plain(move || {
        next = (next + group) % ids.len();
        if group == 1 { calls.one(&ids, next) } else { calls.group(&ids[next..next + group]) }
    })
}

pub(crate) fn measure(report: &mut Report) {
    let ids: Vec<u128> = (0..CALLS).map(id).collect();
    let (mut calls, mut resident) = (ByHand::new(&ids), Resident::new(CALLS));
    report.title(
        "One of a million calls",
        Some("a map by hand, with a lookup that depends on the one before, then 16 observations by the bare rule"),
    );
    let measured = compare(Box::new(|times| resident.hear_some(times as usize)), by_hand(&mut calls, 1));
    report.row("one observation", measured, Limit::new(2.0, 6.0));
    let measured = compare(Box::new(|times| resident.hear_some(GROUP * times as usize)), by_hand(&mut calls, GROUP));
    report.row("a group of 16, whose lookups are independent", measured, None);
    drop(resident);

    report.title("A deadline among a million", Some("a heap"));
    let (mut heap, mut random) = (Heap::new(CALLS), fastrand::Rng::with_seed(7));
    let mut by_heap = || heap.replace(random.usize(..CALLS), random.i64(..1_000_000));
    let mut deadlines = Deadlines::new(CALLS);
    let measured = compare(plain(|| deadlines.replace()), plain(&mut by_heap));
    report.row("replaced at random", measured, Limit::new(0.1, 0.5));
    let measured = compare(plain(|| deadlines.postpone()), plain(&mut by_heap));
    report.row("moved to half an hour from now", measured, Limit::new(0.1, 0.5));
}

/// The deadlines of many calls.
struct Deadlines {
    queue: DeadlineQueue,
    random: fastrand::Rng,
    calls: u32,
    /// A deadline, as a call has it.
    one: Deadline,
    now: Timestamp,
}

impl Deadlines {
    fn new(calls: usize) -> Self {
        let mut call = Call::new(Config::default());
        call.handle(Input::Adopted, in_order(0).stamp.received_at);
        call.handle(in_order(0), in_order(0).stamp.received_at);
        let one = call.next_deadline().expect("a call of our own is watched");
        let mut deadlines = Self {
            queue: DeadlineQueue::default(),
            random: fastrand::Rng::with_seed(7),
            calls: u32::try_from(calls).expect("a million"),
            one,
            now: in_order(0).stamp.received_at,
        };
        for call in 0..deadlines.calls {
            deadlines.set(call, Duration::from_millis(u64::from(call) % 1_800_000));
        }
        deadlines
    }

    fn set(&mut self, call: u32, after: Duration) {
        let mut deadline = self.one;
        deadline.at = self.now.saturating_add(after);
        self.queue.set(call, Some(deadline));
    }

    /// Sets the deadline of a call at random to any instant of the next half hour.
    fn replace(&mut self) -> Option<(Deadline, u32)> {
        let (call, after) = (self.random.u32(..self.calls), self.random.u64(..1_800_000));
        self.set(call, Duration::from_millis(after));
        self.queue.first()
    }

    /// Sets the deadline of a call at random to half an hour from now, while the time passes.
    fn postpone(&mut self) -> Option<(Deadline, u32)> {
        self.now = self.now.saturating_add(Duration::from_micros(1));
        let call = self.random.u32(..self.calls);
        self.set(call, Duration::from_secs(1_800));
        self.queue.first()
    }
}
