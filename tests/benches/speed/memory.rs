//! Bytes that a table holds for each call and for each participant.

use call_core::{CallState, CallTable, Config, Observation, Stamp};
use call_msgraph::decode;

use crate::bodies;
use crate::core::in_order;
use crate::measure::bytes_of;
use crate::report::{Limit, Report};
use crate::table::{call_id, id};

const CALLS: usize = 10_000;
const PARTICIPANTS: usize = 1_000;

pub(crate) fn measure(report: &mut Report) {
    report.title("Memory, with the maps of the table", None);
    report.figure("a live call with four observations", live(4), "B", Limit::new(400.0, 900.0));
    report.figure("an ended call in its grace period", ended(), "B", Limit::new(128.0, 400.0));
    report.figure("a participant of a roster", participant(), "B", Limit::new(200.0, 300.0));
}

fn table(calls: usize) -> CallTable {
    let mut config = Config::default();
    config.limits.foreign_calls = calls;
    config.limits.ended_calls = calls;
    CallTable::new(config)
}

/// Returns the bytes of a call of our own: its direction and a field, its deadline, and observations in order.
fn live(observations: usize) -> f64 {
    bytes_of(|| filled(observations, false)) / CALLS as f64
}

/// Returns the bytes of a call that has ended after four observations.
fn ended() -> f64 {
    bytes_of(|| filled(4, true)) / CALLS as f64
}

fn filled(observations: usize, is_ended: bool) -> CallTable {
    let mut table = table(CALLS);
    let created =
        br#"{"state": "establishing", "direction": "outgoing", "callChainId": "d7f32c6e-8a0e-4e5c-8b7a-2a0c5b2d0e4f"}"#;
    for call in 0..CALLS {
        let id = call_id(id(call));
        let first = in_order(0);
        let mut response = call_msgraph::Delivery::new(first.stamp, call_msgraph::DeliveryKind::CreateResponse)
            .with_call(id.clone())
            .with_body(&created[..]);
        response.sent_at = Some(first.stamp.received_at);
        for hearing in decode(&response).hearings {
            hearing.apply_to(&mut table, first.stamp.received_at);
        }
        let mut observations: Vec<_> = (1..observations).map(in_order).collect();
        if is_ended {
            let last = in_order(observations.len() + 1);
            observations.push(Observation::notified(last.stamp.received_at, CallState::Terminated));
        }
        for observation in observations {
            let now = observation.stamp.received_at;
            table.handle(&id, observation, now);
        }
        while table.poll_output().is_some() {}
    }
    table
}

/// Returns the bytes of a participant of a large roster.
fn participant() -> f64 {
    let bytes = bytes_of(|| {
        let mut table = table(1);
        let mut delivery = bodies::post(bodies::roster(PARTICIPANTS));
        delivery.stamp = Stamp { sequence: 1, ..in_order(0).stamp };
        for hearing in decode(&delivery).hearings {
            hearing.apply_to(&mut table, delivery.stamp.received_at);
        }
        while table.poll_output().is_some() {}
        table
    });
    bytes / PARTICIPANTS as f64
}
