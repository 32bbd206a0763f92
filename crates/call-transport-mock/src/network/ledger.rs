use std::collections::{BTreeMap, BTreeSet};

use call_core::CallId;
use call_msgraph::Delivery;

use crate::network::chaos::Packet;
use crate::service::truth::Report;

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
    pub fn by_call<'r>(
        &self,
        deliveries: impl IntoIterator<Item = &'r Delivery>,
    ) -> BTreeMap<CallId, Vec<&'r Delivery>> {
        let mut by_call: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for delivery in deliveries {
            let message = delivery.message_id.as_ref().map(ToString::to_string).unwrap_or_default();
            let told = self.told(&message).iter().map(|report| &report.call);
            let calls: BTreeSet<_> = told.chain(&delivery.call).collect();
            for call in calls {
                by_call.entry(call.clone()).or_default().push(delivery);
            }
        }
        by_call.values_mut().for_each(|deliveries| deliveries.sort_by_key(|delivery| delivery.stamp));
        by_call
    }
}
