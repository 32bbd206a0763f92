//! Bodies that nobody would write: nothing panics, and the work is bounded.

use call_msgraph::{ApiOperation, ListPage, OperationRequest, ReplyBody};
use call_tests::strategies::cases;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

/// Keys that operations have, so that values are read and not only refused.
const KEYS: [&str; 14] = [
    "prompts",
    "mediaInfo",
    "uri",
    "targets",
    "identity",
    "user",
    "id",
    "@odata.type",
    "clientContext",
    "value",
    "participants",
    "quality",
    "mediaConfig",
    "tones",
];

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!("#microsoft.graph.serviceHostedMediaConfig")),
        Just(json!("#microsoft.graph.participant")),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        let key = prop_oneof![4 => proptest::sample::select(KEYS.to_vec()).prop_map(str::to_owned), 1 => ".{0,6}"];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((key, inner), 0..6).prop_map(|members| Value::Object(Map::from_iter(members))),
        ]
    })
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn no_body_makes_the_check_panic(body in value()) {
        for operation in ApiOperation::ALL {
            let problems = operation.check_body(Some(&body));
            prop_assert!(problems.len() <= 20);
            // A pointer leads to the fault, or to the object that lacks it.
            for problem in problems {
                let parent = problem.path.rsplit_once('/').map_or("", |(parent, _)| parent);
                let is_there = body.pointer(&problem.path).is_some() || body.pointer(parent).is_some();
                prop_assert!(is_there, "{} in {body}", problem.path);
            }
        }
    }

    #[test]
    fn no_reply_makes_the_reader_panic(body in value()) {
        let bytes = body.to_string().into_bytes();
        for operation in ApiOperation::ALL {
            let request = OperationRequest::new(*operation, Some("c1".into()), Some("p1"), None);
            drop(ReplyBody::read(&request, &bytes));
        }
        drop(ListPage::read(&bytes));
    }

    #[test]
    fn no_id_leaves_its_place(id in ".{0,40}", link in ".{0,60}") {
        let request = OperationRequest::new(ApiOperation::MuteParticipant, Some(id.as_str().into()), Some(&id), None);
        let path = request.path();
        let segments: Vec<_> = path.split('/').collect();
        prop_assert_eq!(segments.len(), 7, "{}", path);
        prop_assert_eq!((segments[4], segments[6]), ("participants", "mute"));
        prop_assert!(!path.contains(['?', '#']) && segments.iter().all(|segment| !matches!(*segment, "." | "..")));
        let list = OperationRequest::new(ApiOperation::ListParticipants, Some("c1".into()), None, None);
        if let Some(next) = list.next_page(&link) {
            prop_assert!(next.path().starts_with("/communications/calls/c1/participants?"));
        }
    }
}
