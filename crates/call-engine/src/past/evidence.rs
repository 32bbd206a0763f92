//! The names by which evidence is cited, by the engine and by a replay of its journal.

use call_core::Receipt;
use call_msgraph::Record;

/// Returns the name of a receipt: the id of its record and, in a batch of several values, its place from 0.
///
/// The lines of a journal have the same ids, so that `callctl replay` cites what the engine does.
///
/// ```
/// use call_engine::call_core::{Claim, NodeId, Observation, Source, Stamp, Timestamp};
/// let stamp = Stamp { node: NodeId(2), sequence: 17, index: 1, ..Stamp::at(Timestamp::from_millis(0)) };
/// let mut observation = Observation::new(stamp, Source::Notification, Claim::Exists);
/// assert_eq!(call_engine::evidence_id(&observation.receipt()), "2.17");
/// observation.in_batch = true;
/// assert_eq!(call_engine::evidence_id(&observation.receipt()), "2.17/1");
/// ```
#[must_use]
pub fn evidence_id(receipt: &Receipt) -> String {
    let id = Record::id(&receipt.stamp);
    if receipt.in_batch { format!("{id}/{}", receipt.stamp.index) } else { id }
}
