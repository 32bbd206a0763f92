//! Strategies for property tests: observations of every kind, calls with a known truth, and faults of the network.
//!
//! Needs the feature `proptest`.
//!
//! ```
//! use call_core::{CallState, DEFAULT_REORDER_WINDOW, reconcile, strategies};
//! use proptest::prelude::*;
//! proptest!(|(truth in strategies::walk(9, 3_000))| {
//!     // While no notification is delayed, the timeline is the truth.
//!     let timeline = reconcile(&strategies::notified(&truth), DEFAULT_REORDER_WINDOW);
//!     prop_assert_eq!(timeline.states(), truth.iter().map(|(state, _)| *state).collect::<Vec<CallState>>());
//! });
//! ```

use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Debug;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::machine::input::Input;
use crate::words::claim::{Claim, Oddity};
use crate::words::command::Command;
use crate::words::direction::Direction;
use crate::words::field::{Field, MediaKind, MediaState};
use crate::words::id::Id;
use crate::words::lifecycle::Lifecycle;
use crate::words::observation::{Observation, Source};
use crate::words::operation::{OperationDetails, OperationKey, OperationReport, Tone};
use crate::words::participant::{ParticipantKey, ParticipantReport, RosterExtent, RosterReport};
use crate::words::redacted::Redacted;
use crate::words::result::ResultInfo;
use crate::words::stamp::{NodeId, Stamp};
use crate::words::state::{CallState, Phase};
use crate::words::status::{OperationStatus, SharingReport, SharingState};
use crate::words::time::Timestamp;

/// Generates up to `limit` observations of one call, of every kind.
pub fn observations(limit: usize) -> impl Strategy<Value = Vec<Observation>> {
    vec(observation(), 0..=limit)
}

/// Generates an observation of any kind. Most are close enough in time for their order to matter, and some are far away.
pub fn observation() -> impl Strategy<Value = Observation> {
    let message = option::weighted(0.3, select(vec![Id::new("m1"), Id::new("m2"), Id::new("m3")]));
    let delivery = (0_u64..2, any::<bool>());
    (stamp(), claim(), source(), message, delivery).prop_map(|(stamp, claim, source, message_id, delivery)| {
        let (delivery, in_batch) = delivery;
        // An accepted command claims the state that it leads to and no other, and a 404 claims the end.
        let claim = match source {
            Source::Accepted { command, .. } => command.leads_to().map_or(Claim::Exists, Claim::state),
            Source::Gone { .. } => Claim::state(CallState::Terminated),
            Source::Notification | Source::CreateResponse { .. } | Source::Snapshot { .. } => claim,
        };
        Observation { stamp, claim, source, message_id, delivery, in_batch }
    })
}

/// Generates the truth of a call: a legal walk of at most `limit` states, each with the instant at which it was entered.
///
/// The time between two states is at least `pause_ms`, and less than ten times as much.
pub fn walk(limit: usize, pause_ms: i64) -> impl Strategy<Value = Vec<(CallState, Timestamp)>> {
    let pause_ms = pause_ms.max(1);
    let starts = select(vec![CallState::Incoming, CallState::Establishing]);
    let turns = vec((any::<prop::sample::Index>(), pause_ms..pause_ms.saturating_mul(10)), 0..limit.max(1));
    (starts, turns).prop_map(|(start, turns)| {
        let mut walk = vec![(start, Timestamp::from_millis(0))];
        for (turn, pause) in turns {
            let (state, at) = walk[walk.len() - 1];
            // Only every fourth turn may lead to the end. Otherwise most walks would be short.
            let may_end = turn.index(4) == 0;
            let next = state.successors().iter().filter(|next| may_end || next.phase() < Phase::Terminating);
            let next: Vec<_> = next.copied().collect();
            if !next.is_empty() {
                walk.push((*turn.get(&next), Timestamp::from_millis(at.as_millis().saturating_add(pause))));
            }
        }
        walk
    })
}

/// Returns the notifications of a call, each received at the instant at which its state was entered.
#[must_use]
pub fn notified(walk: &[(CallState, Timestamp)]) -> Vec<Observation> {
    walk.iter().map(|(state, at)| Observation::notified(*at, *state)).collect()
}

/// Faults of the network that carries the notifications.
///
/// ```
/// use call_core::strategies::Chaos;
/// let wild = Chaos { delay_ms: 60_000, lost: 0.3, ..Chaos::default() };
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chaos {
    /// Upper bound of the delay of each notification, in milliseconds.
    pub delay_ms: i64,
    /// Fraction of the notifications that are received twice, from 0 to 1. The second has its own delay.
    pub repeated: f64,
    /// Fraction of the notifications that are lost, from 0 to 1.
    pub lost: f64,
}

impl Default for Chaos {
    /// Delays below the default reorder window, a fifth repeated, none lost.
    fn default() -> Self {
        Self { delay_ms: 2_000, repeated: 0.2, lost: 0.0 }
    }
}

impl Chaos {
    /// Generates the received notifications in the order of receipt, each with its own stamp.
    pub fn received(self, sent: Vec<Observation>) -> impl Strategy<Value = Vec<Observation>> {
        let delay = move || 0..self.delay_ms.max(1);
        let is_lost = proptest::bool::weighted(self.lost.clamp(0.0, 1.0));
        let repeated = option::weighted(self.repeated.clamp(0.0, 1.0), delay());
        vec((delay(), repeated, is_lost), sent.len()).prop_map(move |fates| {
            let mut received = Vec::new();
            let fates = sent.iter().zip(fates).filter(|(_, (_, _, is_lost))| !is_lost);
            for (observation, (delay, again, _)) in fates {
                received.push(late(observation, delay));
                received.extend(again.map(|delay| late(observation, delay)));
            }
            received.sort();
            for (sequence, observation) in (0..).zip(&mut received) {
                observation.stamp.sequence = sequence;
            }
            received
        })
    }
}

fn late(observation: &Observation, delay_ms: i64) -> Observation {
    let mut late = observation.clone();
    late.stamp.received_at = Timestamp::from_millis(late.stamp.received_at.as_millis().saturating_add(delay_ms));
    late
}

/// Generates an order of ingestion: the same items in any order, some of them repeated.
pub fn shuffled<T: Clone + Debug>(things: Vec<T>) -> impl Strategy<Value = Vec<T>> {
    let again = match things.len() {
        0 => Just(Vec::new()).boxed(),
        count => vec(0..count, 0..=count).prop_map(Vec::from).boxed(),
    };
    again.prop_flat_map(move |again| {
        let repeated = again.into_iter().map(|place| things[place].clone());
        Just(things.iter().cloned().chain(repeated).collect::<Vec<_>>()).prop_shuffle()
    })
}

/// Generates up to `limit` inputs, each with the time of a clock that runs, stands still, and sometimes jumps back.
///
/// Deadlines are reported early, late and repeatedly. The stamp of an observation is close to the time of its input, or anywhere.
pub fn inputs(limit: usize) -> impl Strategy<Value = Vec<(Input, Timestamp)>> {
    let pause = prop_oneof![
        4 => 0_i64..2_000,
        2 => Just(0),
        2 => 0_i64..3_600_000,
        1 => -3_600_000_i64..0,
    ];
    let input = prop_oneof![
        8 => (observation(), any::<bool>()).prop_map(|(observation, is_near)| (Some(observation), is_near)),
        4 => Just((None, false)),
    ];
    vec((input, pause, 0..20), 0..=limit).prop_map(|inputs| {
        let mut clock = 1_000_000;
        let with_time = |((observed, is_near), pause, adopts): ((Option<Observation>, bool), i64, i32)| {
            clock += pause;
            let input = match observed {
                Some(mut observation) if is_near => {
                    // Moved into the last half minute, with the same distances.
                    let near = observation.stamp.received_at.as_millis().rem_euclid(30_000);
                    observation.stamp.received_at = Timestamp::from_millis(clock - near);
                    Input::from(observation)
                }
                Some(observation) => observation.into(),
                None if adopts == 0 => Input::Adopted,
                None => Input::DeadlineReached,
            };
            (input, Timestamp::from_millis(clock))
        };
        inputs.into_iter().map(with_time).collect()
    })
}

fn stamp() -> impl Strategy<Value = Stamp> {
    (time(), 0_u16..2, 0_u64..3, 0_u32..2).prop_map(|(received_at, node, sequence, index)| Stamp {
        received_at,
        node: NodeId(node),
        sequence,
        index,
    })
}

fn time() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        40 => (0_i64..40).prop_map(|tick| Timestamp::from_millis(tick * 300)),
        1 => select(vec![Timestamp::MIN, Timestamp::MAX]),
        1 => any::<i64>().prop_map(Timestamp::from_nanos),
    ]
}

fn source() -> impl Strategy<Value = Source> {
    let command = select(vec![
        Command::Answer,
        Command::Reject,
        Command::Redirect,
        Command::Transfer,
        Command::HangUp,
        Command::KeepAlive,
        Command::Other,
    ]);
    (0..12, option::of(time()), command).prop_map(|(kind, sent_at, command)| match kind {
        0 => Source::CreateResponse { sent_at },
        1..=3 => Source::Snapshot { sent_at },
        4 => Source::Gone { sent_at },
        5 => Source::Accepted { command, sent_at },
        _ => Source::Notification,
    })
}

fn claim() -> impl Strategy<Value = Claim> {
    let result = option::weighted(
        0.2,
        (0_i64..3).prop_map(|code| Box::new(ResultInfo { code: Some(code), subcode: None, message: None })),
    );
    let connected = select(CallState::ALL[4..8].to_vec());
    let state = prop_oneof![select(CallState::ALL.to_vec()), connected];
    prop_oneof![
        8 => (state, result).prop_map(|(state, result)| Claim::State { state, result }),
        1 => select(vec![Direction::Incoming, Direction::Outgoing]).prop_map(Claim::Direction),
        1 => select(vec![Claim::Exists, Claim::Oddity(Box::new(Oddity::UnrecognizedState("parked".into())))]),
        4 => part(),
    ]
}

/// Generates a claim other than a state: a field, a roster, an operation, a sharing session or a tone.
pub fn part() -> impl Strategy<Value = Claim> {
    let field = select(vec![
        Field::TerminationReason("AppTransferred".into()),
        Field::CallChainId(Id::new("c1")),
        Field::CallChainId(Id::new("c2")),
        Field::Media(MediaKind::AppHosted),
        Field::MediaState(MediaState::Active),
        Field::MediaState(MediaState::Inactive),
    ]);
    let sharing = (select(vec!["s1", "s2"]), select(vec![SharingState::Active, SharingState::Ended]));
    let tone = (1_i64..5, select(vec!["tone1", "pound"]));
    prop_oneof![
        2 => field.prop_map(|field| Claim::Field(Box::new(field))),
        4 => roster().prop_map(|report| Claim::Roster(Box::new(report))),
        3 => operation().prop_map(|report| Claim::Operation(Box::new(report))),
        2 => sharing.prop_map(|(id, state)| Claim::Sharing(Box::new(SharingReport { id: Id::new(id), state }))),
        1 => tone.prop_map(|(sequence_id, tone)| Claim::Tone(Box::new(Tone { sequence_id, tone: Redacted::new(tone) }))),
    ]
}

fn roster() -> impl Strategy<Value = RosterReport> {
    let number = || prop_oneof![6 => 0_i64..6, 1 => select(vec![i64::MIN, i64::MAX])];
    let delta = option::of(number()).prop_map(|number| RosterExtent::Delta { number });
    let extent = prop_oneof![2 => Just(RosterExtent::Full), 1 => delta, 1 => Just(RosterExtent::Some)];
    let key = select(vec![
        ParticipantKey::Id(Id::new("p1")),
        ParticipantKey::Id(Id::new("p2")),
        ParticipantKey::Identities(Box::new([("phone".into(), Redacted::new("+15550100"))])),
    ]);
    let flag = || option::of(any::<bool>());
    let report = (key, option::of(number()), proptest::bool::weighted(0.2), flag(), flag(), flag());
    let participant = report.prop_map(|(key, number, is_removed, is_in_lobby, is_muted, is_on_hold)| {
        ParticipantReport { number, is_removed, is_in_lobby, is_muted, is_on_hold, ..ParticipantReport::new(key) }
    });
    (extent, vec(participant, 0..3)).prop_map(|(extent, participants)| RosterReport::new(extent, participants))
}

fn operation() -> impl Strategy<Value = OperationReport> {
    let key = select(vec![
        OperationKey::Id(Id::new("o1")),
        OperationKey::Id(Id::new("o2")),
        OperationKey::ClientContext("invite".into()),
    ]);
    let context = option::of(select(vec!["invite".into(), "prompt".into()]));
    (key, option::of(select(OperationStatus::ALL.to_vec())), context).prop_map(|(key, status, client_context)| {
        let details = OperationDetails { client_context, ..OperationDetails::default() };
        OperationReport { status, details, ..OperationReport::new(key) }
    })
}
