//! The next deadlines of many calls.
//!
//! Almost every input of a call moves its deadline to a later instant. So the heap is not told: an entry that has become too early is
//! moved to its place when it is the first one. Then most moves cost nothing but a note.

use alloc::collections::BinaryHeap;
use alloc::collections::binary_heap::PeekMut;
use alloc::vec::Vec;
use core::cmp::Reverse;

use crate::machine::deadline::Deadline;
use crate::words::time::Timestamp;

/// Deadlines, each under a small number.
#[derive(Debug, Clone, Default)]
pub struct DeadlineQueue {
    places: Vec<Place>,
    /// For each deadline an entry that is not later; and entries that no longer count.
    heap: BinaryHeap<Reverse<(Deadline, u32)>>,
}

/// The deadline under a number.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    deadline: Option<Deadline>,
    /// Its entry in the heap that counts, which is not later.
    queued: Option<Deadline>,
}

impl DeadlineQueue {
    /// Sets or removes the deadline under a number.
    pub fn set(&mut self, number: u32, deadline: Option<Deadline>) {
        let at = number as usize;
        if at >= self.places.len() {
            self.places.resize(at + 1, Place::default());
        }
        let place = &mut self.places[at];
        place.deadline = deadline;
        if let Some(deadline) = deadline
            && place.queued.is_none_or(|queued| deadline < queued)
        {
            place.queued = Some(deadline);
            self.heap.push(Reverse((deadline, number)));
            // As many entries that no longer count are removed as were added, so each costs little.
            if self.heap.len() > 2 * self.places.len() + 64 {
                let places = &self.places;
                self.heap.retain(|Reverse((queued, number))| places[*number as usize].queued == Some(*queued));
            }
        }
        self.tidy();
    }

    /// Returns the first deadline and its number.
    #[must_use]
    pub fn first(&self) -> Option<(Deadline, u32)> {
        self.heap.peek().map(|Reverse(first)| *first)
    }

    /// Removes the deadlines that have been reached, at most `most` of them, and returns them in order.
    pub fn take_due(&mut self, now: Timestamp, most: usize) -> Vec<(Deadline, u32)> {
        let mut due = Vec::new();
        while let Some((deadline, number)) = self.first().filter(|(deadline, _)| deadline.at <= now && due.len() < most)
        {
            due.push((deadline, number));
            self.set(number, None);
        }
        due
    }

    /// Moves entries until the first one is the deadline under its number.
    fn tidy(&mut self) {
        while let Some(mut first) = self.heap.peek_mut() {
            let Reverse((queued, number)) = *first;
            let place = &mut self.places[number as usize];
            if place.queued != Some(queued) {
                PeekMut::pop(first);
                continue;
            }
            if place.deadline == Some(queued) {
                break;
            }
            place.queued = place.deadline;
            match place.deadline {
                Some(deadline) => *first = Reverse((deadline, number)),
                None => _ = PeekMut::pop(first),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::deadline::Timer;
    use alloc::collections::BTreeSet;

    #[test]
    fn the_first_deadline_is_always_the_least() {
        let mut queue = DeadlineQueue::default();
        let mut oracle: [Option<Deadline>; 20] = [None; 20];
        let mut random = 7_u64;
        let mut next = |below: u64| {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (random >> 33) % below
        };
        for _ in 0..20_000 {
            let number = next(20) as usize;
            let at = Timestamp::from_millis(next(50).cast_signed());
            let deadline = (next(5) > 0).then_some(Deadline { at, timer: Timer::Forget });
            oracle[number] = deadline;
            queue.set(number as u32, deadline);
            let least: BTreeSet<_> =
                oracle.iter().zip(0_u32..).filter_map(|(at, number)| Some(((*at)?, number))).collect();
            assert_eq!(queue.first(), least.first().copied());
        }
    }

    #[test]
    fn later_and_later_deadlines_do_not_accumulate() {
        let mut queue = DeadlineQueue::default();
        for round in 0..1_000 {
            for number in 0..10 {
                // Every other one is earlier than the one before.
                for later in [1_000_000, 10] {
                    let at = Timestamp::from_millis(round * 10 + i64::from(number) + later);
                    queue.set(number, Some(Deadline { at, timer: Timer::Forget }));
                }
            }
        }
        assert!(queue.heap.len() <= 84, "{}", queue.heap.len());
    }
}
