//! Which steps of two timelines are one and the same.

use alloc::vec;
use alloc::vec::Vec;

use crate::{Receipt, Step};

/// What leads from one list of steps to another, in the order of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Edit {
    /// The step stays, perhaps changed.
    Keep { old: usize, new: usize },
    /// The step goes.
    Remove { old: usize },
    /// The step comes.
    Insert { new: usize },
}

/// Finds the steps that stay: those that share evidence, as many as keep their order, and between them those of one state.
pub(crate) fn align(old: &[Step], new: &[Step]) -> Vec<Edit> {
    let head = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let tail = old[head..].iter().rev().zip(new[head..].iter().rev()).take_while(|(old, new)| old == new).count();
    let (old_end, new_end) = (old.len() - tail, new.len() - tail);

    let anchors = longest_rising(&shared(&old[head..old_end], &new[head..new_end]));
    let anchors = anchors.into_iter().map(|(in_old, in_new)| (head + in_old, head + in_new));
    let ends = (0..tail).map(|place| (old_end + place, new_end + place));
    let mut edits: Vec<_> = (0..head).map(|place| Edit::Keep { old: place, new: place }).collect();
    let (mut from_old, mut from_new) = (head, head);
    for (to_old, to_new) in anchors.chain(ends) {
        fill(&mut edits, old, from_old..to_old, new, from_new..to_new);
        edits.push(Edit::Keep { old: to_old, new: to_new });
        (from_old, from_new) = (to_old + 1, to_new + 1);
    }
    fill(&mut edits, old, from_old..old.len(), new, from_new..new.len());
    edits
}

/// Returns for each old step, in order, the new one of its state that has the first piece of its evidence that is left.
fn shared(old: &[Step], new: &[Step]) -> Vec<(usize, usize)> {
    let receipts = |(place, step): (usize, &Step)| -> Vec<_> {
        step.basis.receipts().iter().map(|receipt| (step.state, *receipt, place)).collect()
    };
    let mut known: Vec<(_, Receipt, usize)> = new.iter().enumerate().flat_map(receipts).collect();
    known.sort_unstable();
    let find = |state, receipt: &Receipt| {
        let place = known.binary_search_by(|(s, r, _)| (s, r).cmp(&(&state, receipt)));
        place.ok().map(|place| known[place].2)
    };
    let matched = |step: &Step| step.basis.receipts().iter().find_map(|receipt| find(step.state, receipt));
    old.iter().enumerate().filter_map(|(place, step)| Some((place, matched(step)?))).collect()
}

/// Returns the longest run of pairs that rises in both, of pairs that rise in the first.
fn longest_rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // For each length the pair with the lowest end that a run of it can have, and for each pair the one before it.
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

/// Aligns what lies between two steps that stay: steps of one state are one, in their order.
fn fill(
    edits: &mut Vec<Edit>,
    old: &[Step],
    mut in_old: core::ops::Range<usize>,
    new: &[Step],
    in_new: core::ops::Range<usize>,
) {
    for place in in_new {
        let same = in_old.clone().find(|&known| old[known].state == new[place].state);
        if let Some(same) = same {
            edits.extend((in_old.start..same).map(|old| Edit::Remove { old }));
            edits.push(Edit::Keep { old: same, new: place });
            in_old.start = same + 1;
        } else {
            edits.push(Edit::Insert { new: place });
        }
    }
    edits.extend(in_old.map(|old| Edit::Remove { old }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_rising_run_leaves_out_as_little_as_possible() {
        let pairs = [(0, 3), (1, 1), (2, 2), (3, 2), (4, 0), (5, 4)];
        assert_eq!(longest_rising(&pairs), [(1, 1), (3, 2), (5, 4)]);
        assert_eq!(longest_rising(&[]), []);
    }
}
