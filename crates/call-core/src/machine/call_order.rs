//! Calls in the order of a key.

use alloc::collections::{BTreeMap, BTreeSet};

use crate::words::id::CallId;

/// Calls in the order of a key, such as their next deadline or the instant of their last observation.
#[derive(Debug, Clone)]
pub(crate) struct CallOrder<K> {
    keys: BTreeMap<CallId, K>,
    order: BTreeSet<(K, CallId)>,
}

impl<K> Default for CallOrder<K> {
    fn default() -> Self {
        Self { keys: BTreeMap::new(), order: BTreeSet::new() }
    }
}

impl<K: Copy + Ord> CallOrder<K> {
    /// Sets the key of a call, or removes the call.
    pub(crate) fn set(&mut self, call: &CallId, key: Option<K>) {
        let known = self.keys.get(call).copied();
        if known == key {
            return;
        }
        if let Some(known) = known {
            self.keys.remove(call);
            self.order.remove(&(known, call.clone()));
        }
        if let Some(key) = key {
            self.keys.insert(call.clone(), key);
            self.order.insert((key, call.clone()));
        }
    }

    /// Returns the lowest key with its call.
    pub(crate) fn first(&self) -> Option<&(K, CallId)> {
        self.order.first()
    }

    pub(crate) fn contains(&self, call: &CallId) -> bool {
        self.keys.contains_key(call)
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.len()
    }
}
