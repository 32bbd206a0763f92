//! Stamps: the total order in which everything was received.
//!
//! ```
//! use call_core::{Stamp, Timestamp};
//! let first = Stamp::at(Timestamp::from_millis(5));
//! let second = Stamp { sequence: 1, ..first };
//! assert!(first < second);
//! assert_eq!(second.to_string(), "1970-01-01T00:00:00.005Z 0.1");
//! ```

use alloc::format;
use alloc::string::String;
use core::fmt;

use crate::words::time::Timestamp;

/// Number of a replica. All replicas that receive for the same bot must have different numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct NodeId(pub u16);

/// Position of a delivery in the total order of everything that was received.
///
/// The node that receives a delivery assigns the stamp, once. The stamp then belongs to the observation: the order in
/// which a host *feeds* observations does not matter (G1). On each node `received_at` must not decrease and `sequence` must
/// not repeat. [`Stamper`](crate::Stamper) assigns such stamps.
///
/// `Display` and `Debug` write the time, then node and sequence, then the index in a batch if it is not 0.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "camelCase"))]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Stamp {
    /// Instant of the receipt.
    pub received_at: Timestamp,
    /// Node that received it.
    pub node: NodeId,
    /// Number of deliveries that the node had received before.
    pub sequence: u64,
    /// Position among the values of one batch, from 0.
    pub index: u32,
}

impl Stamp {
    /// Returns a stamp whose node, sequence and index are 0.
    #[must_use]
    pub const fn at(received_at: Timestamp) -> Self {
        Self { received_at, node: NodeId(0), sequence: 0, index: 0 }
    }

    /// Returns the id of a delivery with this stamp: node and sequence, as in `2.17`. It is unique among all replicas.
    #[must_use]
    pub fn delivery_id(&self) -> String {
        format!("{}.{}", self.node.0, self.sequence)
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { received_at, index, .. } = self;
        write!(f, "{received_at} {}", self.delivery_id())?;
        if *index > 0 { write!(f, "/{index}") } else { Ok(()) }
    }
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}
