//! Scenarios as text: a description, the deliveries, and the resulting timeline.
//!
//! ```text
//! A description of the scenario, with its source.
//!
//! --- deliveries
//! {"receivedAt": "2026-03-01T10:00:01Z", "body": {…}}     one delivery per line, as in a log for `callctl replay`
//! --- timeline
//! call c1, outgoing, established or hold
//!   establishing  inferredStart            by 10:00:01.000
//!   established   observed                 by 10:00:01.000  L1
//!   ! unrecognizedState L1
//! --- rejected
//! L2 value[0].resourceUrl: expected a string
//! ```

use std::collections::BTreeMap;
use std::fmt::{Display, Write};

use call_core::{
    Bound, CallId, DEFAULT_REORDER_WINDOW, Observation, OperationKey, ParticipantKey, Receipt, Stamp, Step, Timeline,
    reconcile,
};
use call_msgraph::{Creates, Line, hearings};

/// A scenario, parsed from its text.
#[derive(Debug)]
pub struct Scenario {
    /// The deliveries.
    pub deliveries: Vec<String>,
    /// The expected result, with white space normalized.
    pub expected: String,
}

impl Scenario {
    /// Parses a scenario. Panics if a section is missing.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let (_, rest) = text.split_once("\n--- deliveries\n").expect("a scenario has deliveries");
        let (deliveries, expected) = rest.split_once("\n--- timeline\n").expect("a scenario has a timeline");
        Self { deliveries: deliveries.lines().map(str::to_owned).collect(), expected: words_of(expected) }
    }

    /// Ingests the deliveries in the given order, and returns the result.
    #[must_use]
    pub fn outcome(&self, order: &[usize]) -> String {
        let mut calls: BTreeMap<CallId, Vec<Observation>> = BTreeMap::new();
        let mut creates = Creates::default();
        let mut rejected = vec![String::new(); self.deliveries.len()];
        for &place in order {
            let line = Line::read(&self.deliveries[place]).expect("a delivery of a scenario is a line of a log");
            let received_at = line.record.stamp().received_at.expect("a delivery of a scenario has a time");
            let number = place as u64 + 1;
            let record = line.stamped(Stamp { sequence: number, ..Stamp::at(received_at) });
            let decoded = hearings(&record, &mut creates);
            let faults = decoded.rejected.iter().map(|fault| format!("L{} {fault}\n", place + 1));
            rejected[place] = faults.collect();
            for mut hearing in decoded.hearings {
                hearing.set_delivery(number);
                calls.entry(hearing.call).or_default().extend(hearing.observations);
            }
        }
        let mut text = String::new();
        for (id, observations) in &calls {
            let _ = write!(text, "call {id}, ");
            write_timeline(&mut text, &reconcile(observations, DEFAULT_REORDER_WINDOW));
        }
        if rejected.iter().any(|rejected| !rejected.is_empty()) {
            let _ = write!(text, "--- rejected\n{}", rejected.concat());
        }
        text
    }
}

/// Normalizes the white space of a text.
#[must_use]
pub fn words_of(text: &str) -> String {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

fn write_timeline(text: &mut String, timeline: &Timeline) {
    let direction = timeline.direction.map_or("direction unknown", |direction| direction.as_str());
    let state = timeline.present.as_ref().map_or("no state", |present| present.likely().as_str());
    let _ = write!(text, "{direction}, {state}");
    for other in timeline.present.iter().flat_map(|present| present.alternatives()) {
        let _ = write!(text, " or {other}");
    }
    let _ = writeln!(text);
    write_steps(text, &timeline.steps);
    if let Some(reason) = &timeline.fields.termination_reason {
        let _ = writeln!(text, "  ended as {reason}");
    }
    write_parts(text, timeline);
    for anomaly in &timeline.anomalies {
        let _ = writeln!(text, "  ! {} {}", anomaly.kind.code(), ids(&anomaly.evidence));
    }
}

fn write_steps<S: Display>(text: &mut String, steps: &[Step<S>]) {
    for step in steps {
        let bounds = format!("{}{}", bound(step.not_before, "after"), bound(step.not_after, "by"));
        let evidence = ids(step.basis.receipts());
        let _ = write!(text, "  {:16} {:22} {bounds:36} {evidence}", step.state, step.basis.code());
        if let Some(result) = &step.result {
            let code = |code: Option<i64>| code.map_or("-".to_owned(), |code| code.to_string());
            let _ = write!(text, " = {}/{}", code(result.code), code(result.subcode));
        }
        text.truncate(text.trim_end().len());
        let _ = writeln!(text);
    }
}

fn write_parts(text: &mut String, timeline: &Timeline) {
    for participant in &timeline.roster.participants {
        let key = match &participant.key {
            ParticipantKey::Id(id) => id.to_string(),
            ParticipantKey::Identities(all) => {
                let all: Vec<_> = all.iter().map(|(kind, id)| format!("{kind} {}", id.expose())).collect();
                all.join(" and ")
            }
            key => panic!("no words for {key:?}"),
        };
        let mark = |is_so, mark| if is_so { mark } else { "" };
        let (muted, lobby) = (mark(participant.is_muted, " muted"), mark(participant.is_in_lobby, " inLobby"));
        let held = mark(participant.is_on_hold, " onHold");
        let _ = writeln!(text, "  participant {key}{muted}{lobby}{held}");
    }
    if let Some(gap) = &timeline.roster.gap {
        let _ = writeln!(text, "  gap before {}", ids(&[*gap]));
    }
    for operation in &timeline.operations {
        let key = match &operation.key {
            OperationKey::Id(id) => id.to_string(),
            OperationKey::ClientContext(context) => format!("? {context}"),
            key => panic!("no words for {key:?}"),
        };
        let _ = writeln!(text, "  {} {key}", operation.details.kind.as_deref().unwrap_or("operation"));
        write_steps(text, &operation.steps);
    }
    for session in &timeline.sharing {
        let _ = writeln!(text, "  sharing {}", session.id);
        write_steps(text, &session.steps);
    }
    for tone in &timeline.tones {
        let _ = writeln!(text, "  tone {} {}", tone.sequence_id, tone.tone.expose());
    }
}

fn bound(bound: Option<Bound>, word: &str) -> String {
    let Some(bound) = bound else { return String::new() };
    let time = format!("{:.3}", bound.at);
    let time = time.trim_end_matches('Z').split_once('T').map_or("", |(_, time)| time);
    format!("{word} {time} ")
}

fn ids(receipts: &[Receipt]) -> String {
    let id = |receipt: &Receipt| match receipt.in_batch {
        true => format!("L{}/{}", receipt.delivery, receipt.stamp.index),
        false => format!("L{}", receipt.delivery),
    };
    receipts.iter().map(id).collect::<Vec<_>>().join(" ")
}
