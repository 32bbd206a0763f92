use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use call_core::CallId;
use call_engine::Engine;
use call_msgraph::Received;
use call_transport::IntakeAnswer;
use call_transport_mock::SimulationSettings;

use super::Rig;
use super::taking::ESTABLISHED;

/// Starts an engine with the given number of shards and calls.
async fn engine(shards: usize, calls: usize) -> (Rig, BTreeSet<CallId>) {
    let rig = Rig::with(SimulationSettings::default(), |settings| settings.shards = shards).await;
    let mut ids = BTreeSet::new();
    for call in 0..calls {
        let id = format!("{:08x}", (call as u32).wrapping_mul(2_654_435_761));
        let post = Received::post(ESTABLISHED.replace("c1", &id).into_bytes());
        assert_eq!(rig.engine.intake().deliver(post).await, IntakeAnswer::Accepted);
        ids.insert(CallId::from(id.as_str()));
    }
    (rig, ids)
}

async fn page(engine: &Engine, after: Option<&CallId>, most: usize) -> Vec<CallId> {
    engine.calls(after, most).await.into_iter().map(|(id, _)| id).collect()
}

#[tokio::test(start_paused = true)]
async fn pages_cover_all_calls_in_id_order() {
    for shards in [1, 4] {
        let (rig, ids) = engine(shards, 203).await;
        for most in [1, 7, 100, 203, usize::MAX] {
            let mut listed: Vec<CallId> = Vec::new();
            loop {
                let part = page(&rig.engine, listed.last(), most).await;
                assert!(part.len() <= most);
                if part.is_empty() {
                    break;
                }
                listed.extend(part);
            }
            assert!(listed.iter().eq(&ids), "{shards} shards, pages of {most}");
        }
        assert!(page(&rig.engine, None, 0).await.is_empty());
        assert_eq!(
            page(&rig.engine, Some(&"0".into()), 1).await.first(),
            ids.first(),
            "there is no call with the id 0"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn listing_does_not_block_deliveries() {
    let (rig, ids) = engine(1, 2_000).await;
    let has_answered = AtomicBool::new(false);
    let listing = async {
        let listed = rig.engine.calls(None, usize::MAX).await.len();
        assert_eq!(listed, ids.len());
        assert!(has_answered.load(Ordering::Relaxed), "the shard answers between two parts of the list");
    };
    let looking = async {
        assert!(rig.engine.view(&ids.last().cloned().expect("there are some")).await.is_some());
        has_answered.store(true, Ordering::Relaxed);
    };
    // The select is biased: it polls the list first.
    tokio::join!(biased; listing, looking);
}
