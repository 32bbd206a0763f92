use std::collections::BTreeMap;

use call_core::Receipt;

use crate::view::context::Evidence;

/// What to call each receipt, and what else is worth knowing of it, by the number of its delivery.
///
/// Most deliveries are a line each, with a time, and are called after it: only the others are kept.
#[derive(Debug, Default)]
pub(crate) struct Receipts {
    known: BTreeMap<u64, Label>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) id: Box<str>,
    /// Whether the time of the receipt was made up.
    pub(crate) is_untimed: bool,
}

impl Receipts {
    /// Takes note of a delivery.
    pub(crate) fn note(&mut self, delivery: u64, label: Label) {
        if label != Label::usual(delivery) {
            self.known.insert(delivery, label);
        }
    }
}

impl Evidence for Receipts {
    fn id(&self, receipt: &Receipt) -> String {
        let known = self.known.get(&receipt.delivery).map(|label| label.id.clone());
        let id = known.unwrap_or_else(|| Label::usual(receipt.delivery).id);
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
