use std::collections::HashSet;
use std::path::Path;
use std::time::Duration;

use call_msgraph::{DeliveryKind, Record};

use crate::listed::{as_replayed, calls, replayed, requests};
use crate::posts::Posts;
use crate::running::{Running, callctl, client, serving};

/// Number of kills of the sidecar, unless `SERVE_KILLS` sets it.
const KILLS: u64 = 5;

/// Kills per journal. After some minutes an engine forgets ended calls, and a log never does.
const ON_ONE_JOURNAL: u64 = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_deliveries_survive_a_kill() {
    let kills = std::env::var("SERVE_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(KILLS);
    let mut random = fastrand::Rng::with_seed(17);
    let emulated = ["emulate", "--listen", "127.0.0.1:0", "--draw", "--seed", "17", "--chaos", "wild", "--speed", "25"];
    let service = Running::start(callctl(&emulated));
    let service_url = format!("{}/v1.0", service.url);
    let client = client();
    let (posts, public) = Posts::start(&client).await;
    let mut directory = tempfile::tempdir().unwrap();
    let mut acknowledged = 0;
    for kill in 1..=kills {
        if kill % ON_ONE_JOURNAL == 0 {
            acknowledged += posts.forget();
            directory = tempfile::tempdir().unwrap();
        }
        let journal = directory.path().join("journal");
        let sidecar = Running::start(callctl(&open(&service_url, &public, &journal)));
        posts.open(Some(&sidecar.url));
        let load: Vec<_> = (0..8).map(|_| tokio::spawn(make_calls(client.clone(), sidecar.url.clone()))).collect();
        tokio::time::sleep(Duration::from_millis(random.u64(50..1_200))).await;
        sidecar.kill();
        posts.open(None);
        load.into_iter().for_each(|load| load.abort());

        let (lines, expected) = replayed(&journal);
        let kept: HashSet<_> = lines.iter().filter_map(|line| posted(line)).collect();
        let answered = posts.acknowledged();
        let lost = answered.iter().filter(|(path, body)| !kept.contains(&(path.clone(), body.to_vec()))).count();
        assert_eq!(lost, 0, "kill {kill}, of {} acknowledged", answered.len());

        // Without a service and without posts, the sidecar knows only what its journal contains.
        let sidecar = Running::start(callctl(&open("http://127.0.0.1:9/v1.0", &public, &journal)));
        let known = calls(&client, &sidecar.url).await;
        let differs = known.iter().zip(&expected).find(|(known, expected)| as_replayed(known) != as_replayed(expected));
        assert!(known.len() == expected.len() && differs.is_none(), "kill {kill}: {differs:?}");
        assert_eq!(sidecar.terminate(), Some(0), "kill {kill}");
    }
    // Shown with `--nocapture`.
    acknowledged += posts.forget();
    println!("{kills} kills, {acknowledged} deliveries acknowledged, none lost");
    assert!(acknowledged as u64 > kills * 5, "the service posted something");
}

/// Creates one call after another while the sidecar runs.
async fn make_calls(client: reqwest::Client, sidecar: String) {
    for request in requests().iter().cycle() {
        // The test does not check whether the create succeeds.
        if client.post(format!("{sidecar}/v1/calls")).json(request).send().await.is_err() {
            return;
        }
    }
}

/// Returns the path and body of a journal line, if it is a post.
fn posted(line: &str) -> Option<(String, Vec<u8>)> {
    let delivery = Record::read(line).unwrap().into_delivery()?;
    let token = delivery.token.map(|token| format!("/{}", token.expose())).unwrap_or_default();
    (delivery.kind == DeliveryKind::Notification).then(|| (format!("/callback{token}"), delivery.body.to_vec()))
}

/// Returns the arguments of a sidecar whose API is open.
fn open<'a>(service: &'a str, public: &'a str, journal: &'a Path) -> Vec<&'a str> {
    [&serving(service, public, journal)[..], &["--open-api"]].concat()
}
