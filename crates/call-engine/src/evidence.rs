//! What a delivery is called when it is cited, by the engine and by whoever replays its journal.

use call_core::Receipt;
use call_msgraph::{Decoded, Record, decode};

/// Returns what a receipt is called: its record's id and, of a batch of several values, its place from 0.
///
/// The lines of a journal bear the same ids, so that `callctl replay` cites what the engine does.
///
/// ```
/// use call_engine::call_core::{NodeId, Receipt, Source, Stamp, Timestamp};
/// let stamp = Stamp { node: NodeId(2), sequence: 17, index: 1, ..Stamp::at(Timestamp::from_millis(0)) };
/// let receipt = |delivery| Receipt { stamp, source: Source::Notification, delivery };
/// assert_eq!(call_engine::evidence_id(&receipt(0)), "2.17");
/// assert_eq!(call_engine::evidence_id(&receipt(1)), "2.17/1");
/// ```
#[must_use]
pub fn evidence_id(receipt: &Receipt) -> String {
    let id = Record::id(&receipt.stamp);
    if receipt.delivery == OF_SEVERAL { format!("{id}/{}", receipt.stamp.index) } else { id }
}

/// The number of a delivery, which the stamp tells already, says whether it is a batch of several values.
const OF_SEVERAL: u64 = 1;

/// Reads a delivery so that its evidence can be cited.
pub(crate) fn read(record: &Record) -> Decoded {
    let mut decoded = decode(&record.delivery(0));
    if decoded.values > 1 {
        decoded.observations.iter_mut().for_each(|(_, observation)| observation.delivery = OF_SEVERAL);
    }
    decoded
}
