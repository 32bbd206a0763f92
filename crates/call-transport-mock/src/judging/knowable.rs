//! What the deliveries of a call show of its truth.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use call_core::{CallState, Direction, Timestamp};
use call_msgraph::{Delivery, DeliveryKind};

use crate::network::ledger::Ledger;
use crate::service::truth::{News, Report, Truth};

/// What the deliveries show of one call.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Knowable {
    /// Receipts that show a state, in order.
    pub facts: Vec<Fact>,
    /// Whether a receipt shows that the call is incoming.
    pub tells_incoming: bool,
    /// Whether a receipt shows the result of the call.
    pub tells_result: bool,
    /// Observable content sharing sessions, and whether their ends are observable.
    pub sharing: BTreeMap<String, bool>,
    /// Observable operations, and whether their ends are observable.
    pub operations: BTreeMap<String, bool>,
}

/// A receipt that shows a step of the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fact {
    /// Index of the step.
    pub step: usize,
    /// State of the step.
    pub state: CallState,
    /// First instant at which the receipt can have been true, as far as the bot can know.
    pub from: Timestamp,
    /// Last such instant.
    pub until: Timestamp,
    /// Instant of the receipt.
    pub received_at: Timestamp,
    /// Whether the receipt is a snapshot.
    pub is_snapshot: bool,
}

impl Knowable {
    /// Returns what deliveries show of a call. Deliveries of other calls are ignored.
    #[must_use]
    pub fn of<'r>(
        truth: &Truth,
        ledger: &Ledger,
        deliveries: impl IntoIterator<Item = &'r Delivery>,
        reorder_window: Duration,
    ) -> Self {
        let mut deliveries: Vec<_> = deliveries.into_iter().collect();
        deliveries.sort_by_key(|delivery| delivery.stamp);
        let mut knowable = Self::default();
        let mut known = BTreeSet::new();
        for delivery in deliveries {
            match delivery.kind {
                DeliveryKind::Notification => {
                    let id = delivery.message_id.as_ref().map(ToString::to_string).unwrap_or_default();
                    let reports = if delivery.body.is_empty() { &[] } else { ledger.reports(&id) };
                    // A repeated message is not a second fact.
                    for (index, report) in reports.iter().enumerate().filter(|(_, report)| report.call == truth.call) {
                        if known.insert((id.clone(), index)) {
                            knowable.hear(truth, report, delivery, reorder_window);
                        }
                    }
                }
                DeliveryKind::CreateResponse
                | DeliveryKind::Snapshot
                | DeliveryKind::Gone
                | DeliveryKind::Accepted(_)
                | _ => {
                    if delivery.call.as_ref() == Some(&truth.call) {
                        knowable.read_reply(truth, delivery, reorder_window);
                    }
                }
            }
        }
        knowable
    }

    fn hear(&mut self, truth: &Truth, report: &Report, delivery: &Delivery, window: Duration) {
        let received_at = delivery.stamp.received_at;
        if let Some((step, true_step)) = report.step.and_then(|step| Some((step, truth.steps.get(step)?))) {
            let is_bare_end = true_step.state == CallState::Terminated && report.news == News::None;
            self.tells_incoming |= truth.direction == Direction::Incoming && !is_bare_end;
            let from = received_at.saturating_sub(window);
            let state = true_step.state;
            self.facts.push(Fact { step, state, from, until: received_at, received_at, is_snapshot: false });
        }
        match &report.news {
            News::Result => self.tells_result = true,
            News::Shared(session) => record(&mut self.sharing, session, false),
            News::SharingEnded(session) => record(&mut self.sharing, session, true),
            News::Operation(operation) => record(&mut self.operations, operation, true),
            News::None | News::Roster => {}
        }
    }

    fn read_reply(&mut self, truth: &Truth, delivery: &Delivery, window: Duration) {
        let received_at = delivery.stamp.received_at;
        let sent_at = delivery.sent_at.unwrap_or(received_at);
        if let (DeliveryKind::Accepted(_), Some((operation, has_ended))) = (delivery.kind, operation_in(&delivery.body))
        {
            record(&mut self.operations, &operation, has_ended);
        }
        let (claimed, until) = match delivery.kind {
            // The service carries out a command after it accepted it, at most one reorder window later.
            DeliveryKind::Accepted(command) => (command.leads_to(), received_at.saturating_add(window)),
            DeliveryKind::Gone => (Some(CallState::Terminated), received_at),
            DeliveryKind::Notification | DeliveryKind::CreateResponse | DeliveryKind::Snapshot | _ => {
                (state_in(&delivery.body), received_at)
            }
        };
        let Some(state) = claimed else { return };
        let Some(step) = truth.step_within(state, sent_at, received_at) else { return };
        // Every response shows the direction, except a 404.
        self.tells_incoming |= truth.direction == Direction::Incoming && delivery.kind != DeliveryKind::Gone;
        let is_snapshot = delivery.kind == DeliveryKind::Snapshot;
        self.facts.push(Fact { step, state, from: sent_at, until, received_at, is_snapshot });
    }
}

fn record(known: &mut BTreeMap<String, bool>, id: &str, has_ended: bool) {
    *known.entry(id.to_owned()).or_default() |= has_ended;
}

fn state_in(body: &[u8]) -> Option<CallState> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    CallState::from_word(body.get("state")?.as_str()?)
}

fn operation_in(body: &[u8]) -> Option<(String, bool)> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    Some((body.get("id")?.as_str()?.to_owned(), body.get("status")? == "completed"))
}
