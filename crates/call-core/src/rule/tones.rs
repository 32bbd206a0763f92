//! The keys that were pressed in a call.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::rule::fact::Fact;
use crate::words::claim::Claim;
use crate::words::operation::Tone;

/// Returns the tones by sequence id. The first report of each counts.
pub(crate) fn received(facts: &[Fact<'_>]) -> Vec<Tone> {
    let mut tones = BTreeMap::new();
    for fact in facts {
        if let Claim::Tone(tone) = &fact.first.claim {
            tones.entry(tone.sequence_id).or_insert(tone);
        }
    }
    tones.into_values().map(|tone| (**tone).clone()).collect()
}
