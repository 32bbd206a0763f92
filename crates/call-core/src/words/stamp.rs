//! When and where something was received: the total order of receipts.
//!
//! ```
//! use call_core::{Stamp, Timestamp};
//! let first = Stamp::at(Timestamp::from_millis(5));
//! assert!(first < Stamp { sequence: 1, ..first });
//! ```

use crate::words::time::Timestamp;

/// One of the machines that receive for the same bot; their stamps must differ in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct NodeId(pub u16);

/// A receipt's place in the total order of everything that was received.
///
/// The stamp is given once, by whoever received, and belongs to the observation from then on: the order in which a
/// host *feeds* observations means nothing (G1). `received_at` must not decrease on a node, `sequence` must not repeat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Stamp {
    /// When it was received.
    pub received_at: Timestamp,
    /// Who received it.
    pub node: NodeId,
    /// How many that node had received before.
    pub sequence: u64,
    /// Its place among the values of one batch, from 0.
    pub index: u32,
}

impl Stamp {
    /// Makes the stamp of the only receipt of an instant: node, sequence and index are 0.
    #[must_use]
    pub const fn at(received_at: Timestamp) -> Self {
        Self { received_at, node: NodeId(0), sequence: 0, index: 0 }
    }
}
