use std::collections::BTreeMap;

use call_core::Stamp;

/// What to call each receipt, and what else is worth knowing of it.
///
/// Most lines are called after their number, which is their sequence number too: only the others are kept.
#[derive(Debug, Default)]
pub(crate) struct Receipts {
    known: BTreeMap<Stamp, Receipt>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Receipt {
    pub(crate) id: Box<str>,
    /// Whether it is a batch of several values.
    pub(crate) has_several: bool,
    /// Whether the time of the receipt was made up.
    pub(crate) is_untimed: bool,
}

impl Receipts {
    /// Takes note of a delivery.
    pub(crate) fn note(&mut self, stamp: Stamp, receipt: Receipt) {
        let stamp = Stamp { index: 0, ..stamp };
        if receipt == Receipt::usual(stamp) {
            return;
        }
        match self.known.get_mut(&stamp) {
            None => {
                self.known.insert(stamp, receipt);
            }
            // One stamp is one receipt, whatever it is called; any rule does that does not depend on the order.
            Some(known) => {
                known.has_several |= receipt.has_several;
                known.is_untimed |= receipt.is_untimed;
                if receipt.id < known.id {
                    known.id = receipt.id;
                }
            }
        }
    }

    /// Returns what to call the value under a stamp.
    pub(crate) fn id(&self, stamp: Stamp) -> String {
        match self.known.get(&Stamp { index: 0, ..stamp }) {
            Some(Receipt { id, has_several: true, .. }) => format!("{id}/{}", stamp.index),
            Some(Receipt { id, .. }) => id.to_string(),
            None => Receipt::usual(stamp).id.into(),
        }
    }

    /// Returns whether the time of a receipt was made up.
    pub(crate) fn is_untimed(&self, stamp: Stamp) -> bool {
        self.known.get(&Stamp { index: 0, ..stamp }).is_some_and(|receipt| receipt.is_untimed)
    }
}

impl Receipt {
    fn usual(stamp: Stamp) -> Self {
        Self { id: format!("L{}", stamp.sequence).into(), has_several: false, is_untimed: false }
    }
}
