//! Observations at random: close enough to each other to matter, and now and then far out.

use call_core::{
    CallState, Claim, Command, Direction, Id, NodeId, Observation, Oddity, ResultInfo, Source, Stamp, Timestamp,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, RngAlgorithm, RngSeed};
use serde_json::Value;

/// Returns a configuration with a fixed seed, so that every run tries the same cases.
#[must_use]
pub fn cases(cases: u32) -> Config {
    Config {
        cases,
        rng_seed: RngSeed::Fixed(1_864),
        rng_algorithm: RngAlgorithm::ChaCha,
        failure_persistence: None,
        ..Config::default()
    }
}

/// Up to so many observations of one call, of every kind.
pub fn observations(most: usize) -> impl Strategy<Value = Vec<Observation>> {
    vec(observation(), 0..=most)
}

/// One observation of any kind.
pub fn observation() -> impl Strategy<Value = Observation> {
    let message = option::weighted(0.3, select(vec![Id::new("m1"), Id::new("m2"), Id::new("m3")]));
    (stamp(), claim(), source(), message, 0_u64..2).prop_map(|(stamp, claim, source, message_id, delivery)| {
        // An accepted command claims the state that it leads to and no other.
        let claim = if let Source::Accepted { command, .. } = source {
            command.leads_to().map_or(Claim::Exists, Claim::state)
        } else {
            claim
        };
        Observation { stamp, claim, source, message_id, delivery }
    })
}

/// A notification of any state, received at any time of three hours.
pub fn notification(states: &'static [CallState]) -> impl Strategy<Value = Observation> {
    let at = (0_i64..10_800_000, 0_u64..4);
    (at, select(states)).prop_map(|((at, sequence), state)| {
        let stamp = Stamp { sequence, ..Stamp::at(Timestamp::from_millis(at)) };
        Observation::new(stamp, Source::Notification, Claim::state(state))
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
        1 => select(vec![
            Claim::Exists,
            Claim::TerminationReason("AppTransferred".into()),
            Claim::Oddity(Oddity::UnrecognizedState("parked".into())),
        ]),
    ]
}

/// A body made of the words that deliveries are made of, in any arrangement, and now and then cut off.
pub fn body() -> impl Strategy<Value = Vec<u8>> {
    (json(), option::weighted(0.2, any::<prop::sample::Index>())).prop_map(|(json, cut)| {
        let mut body = json.to_string().into_bytes();
        if let Some(cut) = cut {
            body.truncate(cut.index(body.len() + 1));
        }
        body
    })
}

/// A JSON value of any depth made of the words of the API.
pub fn json() -> impl Strategy<Value = Value> {
    let key = select(vec![
        "value",
        "changeType",
        "resourceUrl",
        "resource",
        "resourceData",
        "@odata.type",
        "state",
        "id",
        "direction",
        "resultInfo",
        "code",
        "subCode",
        "message",
        "receivedAt",
        "kind",
        "body",
        "callId",
    ]);
    let text = select(vec![
        "/communications/calls/c",
        "/app/calls/d/participants",
        "established",
        "Hold",
        "parked",
        "deleted",
        "#microsoft.graph.call",
        "#microsoft.graph.participant",
        "incoming",
        "snapshot",
        "2026-03-01T10:00:00Z",
        "7000",
        "",
    ]);
    let leaf = prop_oneof![
        8 => text.prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<i64>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, move |inner| {
        let member = (key.clone(), inner.clone()).prop_map(|(key, value)| (key.to_owned(), value));
        prop_oneof![
            4 => vec(member, 0..6).prop_map(|members| Value::Object(members.into_iter().collect())),
            1 => vec(inner, 0..4).prop_map(Value::from),
        ]
    })
}
