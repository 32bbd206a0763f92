//! Lists in the order of a key, of which no two elements have one.

use alloc::vec::Vec;

/// How two lists differ in one element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Difference<'t, T> {
    /// It is in the second list alone.
    New(&'t T),
    /// It is another in the second list.
    Changed(&'t T),
    /// It is in the first list alone.
    Gone(&'t T),
}

/// Returns how two lists differ, in the order of the key.
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

/// Takes the element that has a key out of a list, if there is one.
pub(crate) fn take<T, K: Ord>(list: &mut Vec<T>, wanted: &K, key: impl Fn(&T) -> &K) {
    if let Ok(place) = list.binary_search_by(|known| key(known).cmp(wanted)) {
        list.remove(place);
    }
}

/// Puts an element into a list, in the place of the one that has its key.
pub(crate) fn put<T: Clone, K: Ord>(list: &mut Vec<T>, element: &T, key: impl Fn(&T) -> &K) {
    match list.binary_search_by(|known| key(known).cmp(key(element))) {
        Ok(place) => list[place] = element.clone(),
        Err(place) => list.insert(place, element.clone()),
    }
}
