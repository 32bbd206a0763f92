//! The reports in each message, which the oracle needs to know what was observable.

use std::collections::{BTreeMap, BTreeSet};

use call_core::CallId;
use call_msgraph::Delivery;

use crate::network::chaos::Packet;
use crate::service::truth::Report;

/// Contents of all messages, by message id.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    reports: BTreeMap<String, Vec<Report>>,
}

impl Ledger {
    /// Notes the content of a packet. A packet without a body has none.
    pub fn note(&mut self, packet: &Packet) {
        if !packet.body.is_empty() {
            self.reports.insert(packet.message_id.clone(), packet.reports.clone());
        }
    }

    /// Returns the content of each element of a message.
    #[must_use]
    pub fn reports(&self, message_id: &str) -> &[Report] {
        self.reports.get(message_id).map_or(&[], Vec::as_slice)
    }

    /// Returns the deliveries of each call, in the order of their receipts.
    #[must_use]
    pub fn by_call<'r>(
        &self,
        deliveries: impl IntoIterator<Item = &'r Delivery>,
    ) -> BTreeMap<CallId, Vec<&'r Delivery>> {
        let mut by_call: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for delivery in deliveries {
            let message = delivery.message_id.as_ref().map(ToString::to_string).unwrap_or_default();
            let reports = self.reports(&message).iter().map(|report| &report.call);
            let calls: BTreeSet<_> = reports.chain(&delivery.call).collect();
            for call in calls {
                by_call.entry(call.clone()).or_default().push(delivery);
            }
        }
        by_call.values_mut().for_each(|deliveries| deliveries.sort_by_key(|delivery| delivery.stamp));
        by_call
    }
}
