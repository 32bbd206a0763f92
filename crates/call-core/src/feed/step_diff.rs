//! Matches the steps of two timelines, as a diff matches lines.
//!
//! A new observation can reorder steps, split them or merge them, so equal positions prove nothing. Steps are matched by their
//! traces, and as many as possible keep their order. Then a host learns of each step once (G7).

use alloc::vec;
use alloc::vec::Vec;
use core::ops::Range;

use crate::feed::step_trace::Trace;
use crate::rule::step::Step;

/// One edit that leads from one list of steps to another. Edits are in the order of both lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edit {
    /// The step is in both lists. It may have changed.
    Keep { old: usize, new: usize },
    /// The step is only in the old list.
    Remove { old: usize },
    /// The step is only in the new list.
    Insert { new: usize },
}

/// Returns the edits between two lists of steps.
///
/// A step is kept if both lists have a step with the same trace. Traces by which the host knows the step come first. Of these
/// pairs, the largest set that keeps its order is used. Between two kept steps, a step whose traces were all evicted is matched
/// by its state.
pub(crate) fn step_diff(old: &[Step], new: &[Step], is_known_by: impl Fn(usize, &Trace) -> bool) -> Vec<Edit> {
    // Most observations change the last step only. Equal steps at both ends need no search.
    let head = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(old, new)| old == new).count();
    let (old_end, new_end) = (old.len() - tail, new.len() - tail);

    let traces = (head..new_end).flat_map(|place| Trace::of(&new[place..]).map(move |trace| (trace, place)));
    let mut traces: Vec<_> = traces.collect();
    traces.sort_unstable();
    let find = |trace: Trace| {
        let place = traces.binary_search_by_key(&trace, |(trace, _)| *trace);
        place.ok().map(|place| traces[place].1)
    };
    let same = |place: usize| {
        let first = Trace::of(&old[place..]).filter(|trace| is_known_by(place, trace));
        first.chain(Trace::of(&old[place..])).find_map(find)
    };
    let pairs: Vec<_> = (head..old_end).filter_map(|place| Some((place, same(place)?))).collect();

    // Steps at the equal end are kept in any case, so they close the last gap.
    let ends = (0..tail).map(|place| (old_end + place, new_end + place));
    let is_left = |place: usize| pairs.binary_search_by_key(&place, |(old, _)| *old).is_ok();
    let alike = |of: usize, place: usize| !is_left(of) && old[of].state == new[place].state;
    let mut edits: Vec<_> = (0..head).map(|place| Edit::Keep { old: place, new: place }).collect();
    let (mut from_old, mut from_new) = (head, head);
    for (to_old, to_new) in longest_increasing(&pairs).into_iter().chain(ends) {
        fill(&mut edits, from_old..to_old, from_new..to_new, alike);
        edits.push(Edit::Keep { old: to_old, new: to_new });
        (from_old, from_new) = (to_old + 1, to_new + 1);
    }
    fill(&mut edits, from_old..old.len(), from_new..new.len(), alike);
    edits
}

/// Returns the longest subsequence of pairs that increases in both numbers, given pairs that increase in the first.
fn longest_increasing(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // Patience sorting: for each length, the pair with the lowest second number at which a subsequence of this length can end,
    // and for each pair its predecessor. The cost is n log n, so a call with many steps stays cheap.
    let mut ends: Vec<usize> = Vec::new();
    let mut before = vec![None; pairs.len()];
    for (at, (_, value)) in pairs.iter().enumerate() {
        let length = ends.partition_point(|&end| pairs[end].1 < *value);
        before[at] = length.checked_sub(1).map(|shorter| ends[shorter]);
        ends.truncate(ends.len().max(length + 1));
        match ends.get_mut(length) {
            Some(end) => *end = at,
            None => ends.push(at),
        }
    }
    let mut run: Vec<_> = core::iter::successors(ends.last().copied(), |&at| before[at]).map(|at| pairs[at]).collect();
    run.reverse();
    run
}

/// Adds the edits between two kept steps.
fn fill(edits: &mut Vec<Edit>, mut old: Range<usize>, new: Range<usize>, alike: impl Fn(usize, usize) -> bool) {
    for place in new {
        if let Some(found) = old.clone().find(|&of| alike(of, place)) {
            edits.extend((old.start..found).map(|old| Edit::Remove { old }));
            edits.push(Edit::Keep { old: found, new: place });
            old.start = found + 1;
        } else {
            edits.push(Edit::Insert { new: place });
        }
    }
    edits.extend(old.map(|old| Edit::Remove { old }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_increasing_subsequence_is_found() {
        let pairs = [(0, 3), (1, 1), (2, 2), (3, 2), (4, 0), (5, 4)];
        assert_eq!(longest_increasing(&pairs), [(1, 1), (3, 2), (5, 4)]);
        assert_eq!(longest_increasing(&[]), []);
    }
}
