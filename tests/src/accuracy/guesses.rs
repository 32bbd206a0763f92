//! What a bot believes about a call: by the rule, or by one of two simpler rules that bots use.

use std::collections::BTreeMap;

use call_core::{
    Call, CallState, Claim, Config, Id, Lifecycle, NodeId, Observation, ParticipantKey, ParticipantReport,
    RosterExtent, RosterReport, Source, Stamp, Timestamp,
};

use crate::accuracy::calls::What;
use crate::accuracy::networks::Received;

/// What a bot believes about a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guess {
    /// States, in order.
    pub states: Vec<CallState>,
    /// Other states that the call may be in.
    pub doubts: Vec<CallState>,
    /// Who is present.
    pub roster: Vec<u32>,
}

/// A rule. It gets what was received, in the order of the stamps: the clocks of the machines are all that any rule has.
pub type Rule = fn(&[Received]) -> Guess;

/// The rules that are compared, each with its name in the table. The first one is the rule of the core.
pub const RULES: [(&str, Rule); 3] = [("core", core), ("last", last_write_wins), ("table", table)];

/// The rule of the core, with the default settings and limits.
fn core(received: &[Received]) -> Guess {
    let observations: Vec<Observation> =
        (0..).zip(received).map(|(number, received)| observation(number, received)).collect();
    let mut call = Call::new(Config::default());
    call.handle(observations, Timestamp::MIN);
    let timeline = call.timeline();
    let numbers =
        timeline.roster.participants.iter().filter_map(|participant| participant.key.id()?.spelling().parse().ok());
    let doubts = timeline.present.as_ref().map(|present| present.alternatives().to_vec());
    let mut roster: Vec<u32> = numbers.collect();
    roster.sort_unstable();
    Guess { states: timeline.states(), doubts: doubts.unwrap_or_default(), roster }
}

fn observation(number: u64, received: &Received) -> Observation {
    let claim = match &received.what {
        What::State(state) => Claim::state(*state),
        What::Roster(roster) => Claim::Roster(Box::new(RosterReport::new(RosterExtent::Full, participants(roster)))),
    };
    let received_at = Timestamp::from_millis(received.stamped_at);
    let stamp = Stamp { received_at, node: NodeId(received.node), sequence: number, index: 0 };
    let mut observation = Observation::new(stamp, Source::Notification, claim);
    observation.message_id = received.message.clone();
    observation
}

fn participants(roster: &BTreeMap<u32, i64>) -> impl Iterator<Item = ParticipantReport> {
    roster.iter().map(|(guest, changed_in)| {
        let mut participant = ParticipantReport::new(ParticipantKey::Id(Id::new(&guest.to_string())));
        participant.number = Some(*changed_in);
        participant
    })
}

/// Believes whatever was received last.
fn last_write_wins(received: &[Received]) -> Guess {
    let mut states: Vec<_> = states(received).collect();
    states.dedup();
    Guess { states, doubts: Vec::new(), roster: last_roster(received) }
}

/// Goes through the lifecycle in this order, and ignores what the table does not allow any more.
fn table(received: &[Received]) -> Guess {
    let mut walk: Vec<CallState> = vec![CallState::Establishing];
    for state in states(received) {
        let last = walk[walk.len() - 1];
        let is_possible = last.successors().contains(&state) || !last.between(state).is_empty();
        if state != last && is_possible {
            walk.extend(last.between(state));
            walk.push(state);
        }
    }
    Guess { states: walk, doubts: Vec::new(), roster: last_roster(received) }
}

fn states(received: &[Received]) -> impl Iterator<Item = CallState> {
    received.iter().filter_map(|received| if let What::State(state) = received.what { Some(state) } else { None })
}

fn last_roster(received: &[Received]) -> Vec<u32> {
    let mut rosters = received.iter().rev().filter_map(|received| match &received.what {
        What::Roster(roster) => Some(roster),
        What::State(_) => None,
    });
    rosters.next().map_or_else(Vec::new, |roster| roster.keys().copied().collect())
}
