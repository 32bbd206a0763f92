use std::collections::{BTreeMap, BTreeSet};

use call_core::CallId;
use call_msgraph::Record;

use crate::chaos::Packet;
use crate::truth::Report;

/// What each message told, by the id that the service gave it.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    told: BTreeMap<String, Vec<Report>>,
}

impl Ledger {
    /// Takes down what a packet tells. One that lost its body tells nothing.
    pub fn note(&mut self, packet: &Packet) {
        if !packet.body.is_empty() {
            self.told.insert(packet.message_id.clone(), packet.reports.clone());
        }
    }

    /// Returns what a message tells, element by element.
    #[must_use]
    pub fn told(&self, message_id: &str) -> &[Report] {
        self.told.get(message_id).map_or(&[], Vec::as_slice)
    }

    /// Sorts what was received by the calls that it is about, each in the order of the receipts.
    #[must_use]
    pub fn by_call<'r>(&self, records: impl IntoIterator<Item = &'r Record>) -> BTreeMap<CallId, Vec<&'r Record>> {
        let mut by_call: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for record in records {
            let message = record.message_id.as_ref().map(ToString::to_string).unwrap_or_default();
            let told = self.told(&message).iter().map(|report| &report.call);
            let calls: BTreeSet<_> = told.chain(&record.call).collect();
            for call in calls {
                by_call.entry(call.clone()).or_default().push(record);
            }
        }
        by_call.values_mut().for_each(|records| records.sort_by_key(|record| record.stamp));
        by_call
    }
}
