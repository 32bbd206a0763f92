//! Random bodies, and the number of cases. Strategies for observations are in [`call_core::strategies`].

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

/// A body made of the tokens that occur in deliveries, in any arrangement, sometimes truncated.
pub fn body() -> impl Strategy<Value = Vec<u8>> {
    (json(), option::weighted(0.2, any::<prop::sample::Index>())).prop_map(|(json, cut)| {
        let mut body = json.to_string().into_bytes();
        if let Some(cut) = cut {
            body.truncate(cut.index(body.len() + 1));
        }
        body
    })
}

/// A JSON value of any depth made of words of the API.
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
