use std::collections::BTreeMap;

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
}
