//! Labels of the receipts: the line or id of each delivery.

use std::collections::BTreeMap;

use call_core::Receipt;

use crate::view::context::Evidence;

/// Ids of receipts, by the number of their delivery.
///
/// The id of most deliveries follows from their line, so only the others are stored.
#[derive(Debug, Default)]
pub(crate) struct Receipts {
    known: BTreeMap<u64, Label>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) id: Box<str>,
    /// Whether the log has no time for the receipt.
    pub(crate) is_untimed: bool,
}

impl Receipts {
    /// Notes a delivery.
    pub(crate) fn note(&mut self, delivery: u64, label: Label) {
        if label != Label::usual(delivery) {
            self.known.insert(delivery, label);
        }
    }

    /// Returns the id of a delivery.
    pub(crate) fn label(&self, delivery: u64) -> Box<str> {
        self.known.get(&delivery).map_or_else(|| Label::usual(delivery).id, |label| label.id.clone())
    }
}

impl Evidence for Receipts {
    fn id(&self, receipt: &Receipt) -> String {
        let id = self.label(receipt.delivery);
        if receipt.in_batch { format!("{id}/{}", receipt.stamp.index) } else { id.into() }
    }

    fn is_untimed(&self, receipt: &Receipt) -> bool {
        self.known.get(&receipt.delivery).is_some_and(|label| label.is_untimed)
    }
}

impl Label {
    fn usual(delivery: u64) -> Self {
        Self { id: format!("L{delivery}").into(), is_untimed: false }
    }
}
