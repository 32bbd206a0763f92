//! Lists that are sorted by a unique key.

use alloc::vec::Vec;

/// One difference between two lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Difference<'t, T> {
    /// The element is only in the second list.
    New(&'t T),
    /// The element of the second list differs from that of the first.
    Changed(&'t T),
    /// The element is only in the first list.
    Gone(&'t T),
}

/// Returns the differences between two lists, in the order of the key.
pub(crate) fn differences<'t, T: PartialEq, K: Ord>(
    before: &'t [T],
    after: &'t [T],
    key: impl Fn(&T) -> &K,
) -> Vec<Difference<'t, T>> {
    let mut differences = Vec::new();
    let mut before = before.iter().peekable();
    for now in after {
        while let Some(gone) = before.next_if(|known| key(known) < key(now)) {
            differences.push(Difference::Gone(gone));
        }
        match before.next_if(|known| key(known) == key(now)) {
            Some(known) if known == now => {}
            Some(_) => differences.push(Difference::Changed(now)),
            None => differences.push(Difference::New(now)),
        }
    }
    differences.extend(before.map(Difference::Gone));
    differences
}

/// Removes the element with a key, if there is one.
pub(crate) fn take<T, K: Ord>(list: &mut Vec<T>, wanted: &K, key: impl Fn(&T) -> &K) {
    if let Ok(place) = list.binary_search_by(|known| key(known).cmp(wanted)) {
        list.remove(place);
    }
}

/// Inserts an element, or replaces the one with the same key.
pub(crate) fn put<T: Clone, K: Ord>(list: &mut Vec<T>, element: &T, key: impl Fn(&T) -> &K) {
    match list.binary_search_by(|known| key(known).cmp(key(element))) {
        Ok(place) => list[place] = element.clone(),
        Err(place) => list.insert(place, element.clone()),
    }
}
