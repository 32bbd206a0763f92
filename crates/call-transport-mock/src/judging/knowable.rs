//! What reached the bot of a call, held against the truth rather than against what it says.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use call_core::{CallState, Direction, Timestamp};
use call_msgraph::{Delivery, DeliveryKind};

use crate::network::ledger::Ledger;
use crate::service::truth::{News, Report, Truth};

/// What reached the bot of one call, as far as the simulation knows.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Knowable {
    /// What tells of a state, in the order of its receipt.
    pub facts: Vec<Fact>,
    /// Whether anything tells that the call is an incoming one.
    pub tells_incoming: bool,
    /// Whether anything tells how the call ended.
    pub tells_result: bool,
    /// The sessions of content sharing that something tells of, and whether anything tells of their end.
    pub sharing: BTreeMap<String, bool>,
    /// The operations that something tells of, and whether anything tells of their end.
    pub operations: BTreeMap<String, bool>,
}

/// Something that tells of a step of the truth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fact {
    /// The step.
    pub step: usize,
    /// Its state.
    pub state: CallState,
    /// When what tells of it can have been true, by what the bot can know: the first instant,
    pub from: Timestamp,
    /// and the last.
    pub until: Timestamp,
    /// When it was received.
    pub received_at: Timestamp,
    /// Whether it is the answer to the question what the call is doing.
    pub is_snapshot: bool,
}

impl Knowable {
    /// Finds out what these receipts tell of a call. What is not about it tells nothing.
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
                    let reports = if delivery.body.is_empty() { &[] } else { ledger.told(&id) };
                    // A repetition under the same id is no second fact.
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
            News::Shared(session) => tell(&mut self.sharing, session, false),
            News::SharingEnded(session) => tell(&mut self.sharing, session, true),
            News::Operation(operation) => tell(&mut self.operations, operation, true),
            News::None | News::Roster => {}
        }
    }

    fn read_reply(&mut self, truth: &Truth, delivery: &Delivery, window: Duration) {
        let received_at = delivery.stamp.received_at;
        let sent_at = delivery.sent_at.unwrap_or(received_at);
        if let (DeliveryKind::Accepted(_), Some((operation, has_ended))) = (delivery.kind, operation_in(&delivery.body))
        {
            tell(&mut self.operations, &operation, has_ended);
        }
        let (told, until) = match delivery.kind {
            // What was accepted happens afterwards, by the rule within the window.
            DeliveryKind::Accepted(command) => (command.leads_to(), received_at.saturating_add(window)),
            DeliveryKind::Gone => (Some(CallState::Terminated), received_at),
            DeliveryKind::Notification | DeliveryKind::CreateResponse | DeliveryKind::Snapshot | _ => {
                (state_in(&delivery.body), received_at)
            }
        };
        let Some(state) = told else { return };
        let Some(step) = truth.step_within(state, sent_at, received_at) else { return };
        // Everything that the bot can ask of a call tells its direction, but that there is no such call.
        self.tells_incoming |= truth.direction == Direction::Incoming && delivery.kind != DeliveryKind::Gone;
        let is_snapshot = delivery.kind == DeliveryKind::Snapshot;
        self.facts.push(Fact { step, state, from: sent_at, until, received_at, is_snapshot });
    }
}

fn tell(known: &mut BTreeMap<String, bool>, id: &str, has_ended: bool) {
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
