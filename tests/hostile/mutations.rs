//! Requests and journals with random faults. The seed is printed, and `HOSTILE_SEED` sets it.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::process::Stdio;
use std::time::Duration;

use fastrand::Rng;
use reqwest::Method;
use serde_json::json;

use crate::ids::Service;
use crate::rig::Rig;
use crate::running::{callctl, serving};

fn seed() -> u64 {
    let seed = std::env::var("HOSTILE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(17);
    println!("HOSTILE_SEED={seed}");
    seed
}

/// Pieces that parsers of HTTP and JSON treat in a special way.
const PIECES: [&str; 24] = [
    "\r\n",
    "\r\n\r\n",
    "\n",
    "\0",
    "\u{ff}",
    " ",
    "\t",
    ":",
    "{",
    "[[[[[[[[",
    "\"",
    "\\u0000",
    "\\ud800",
    "%2e%2e/",
    "?a=b",
    "#",
    "Content-Length: 0\r\n",
    "Content-Length: 99999999999\r\n",
    "Transfer-Encoding: chunked\r\n",
    "Expect: 100-continue\r\n",
    "Upgrade: websocket\r\n",
    "Host: evil.com\r\n",
    "1e999",
    "-0",
];

/// Changes some bytes.
fn mutate(bytes: &[u8], random: &mut Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..random.usize(1..4) {
        let at = random.usize(0..=bytes.len());
        let to = random.usize(at..=bytes.len().min(at + 40));
        match random.u8(0..5) {
            0 => drop(bytes.drain(at..to)),
            1 => bytes.extend_from_within(at..to),
            2 => drop(bytes.splice(at..at, PIECES[random.usize(..PIECES.len())].bytes())),
            3 => drop(bytes.splice(at..to, PIECES[random.usize(..PIECES.len())].bytes())),
            _ => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte ^= 1 << random.u8(0..8);
                }
            }
        }
    }
    bytes
}

/// Returns a request as bytes.
fn raw(method: &str, path: &str, token: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

fn requests(token: &str) -> Vec<Vec<u8>> {
    let post = json!({ "value": [{ "changeType": "updated", "resourceUrl": "/communications/calls/c1",
        "resourceData": { "@odata.type": "#microsoft.graph.call", "state": "established", "resultInfo": { "code": 200 } } }] });
    let create = json!({ "targets": [{ "identity": { "user": { "id": "u" } } }], "requestedModalities": ["audio"],
        "mediaConfig": { "@odata.type": "#microsoft.graph.serviceHostedMediaConfig" }, "reference": "r" });
    vec![
        raw("POST", "/callback", "", &post.to_string()),
        raw("POST", "/callback/2b5c", "", &post.to_string()),
        raw("GET", "/v1/calls?limit=3&after=c0", token, ""),
        raw("GET", "/v1/calls/c1", token, ""),
        raw("GET", "/v1/calls/c1/deliveries", token, ""),
        raw("POST", "/v1/calls", token, &create.to_string()),
        raw(
            "POST",
            "/v1/calls/c1/playPrompt?wait=1ms",
            token,
            r#"{"prompts": [{"mediaInfo": {"uri": "https://a/b.wav"}}]}"#,
        ),
        raw("DELETE", "/v1/calls/c1?wait=1ms", token, ""),
        raw("POST", "/v1/joins/j1", token, r#"{"response": "accept"}"#),
        raw("GET", "/readyz", "", ""),
        raw("GET", "/metrics", "", ""),
    ]
}

/// Sends bytes, and returns everything that is received.
fn exchange(address: &str, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    // The server may close the connection while it still receives.
    drop(stream.write_all(bytes));
    drop(stream.shutdown(Shutdown::Write));
    let mut response = Vec::new();
    drop(stream.read_to_end(&mut response));
    response
}

#[tokio::test(flavor = "multi_thread")]
async fn no_mutated_request_breaks_it() {
    let (service, url) = Service::start().await;
    service.answers(400, &[], &json!({ "error": { "code": "BadRequest", "message": "x" } }));
    let rig = Rig::of(&url, &[]);
    let (token, address) = (rig.token(), rig.sidecar.url.replace("http://", ""));
    let (requests, mut random) = (requests(&token), Rng::with_seed(seed()));
    let attempts = if crate::is_full() { 40_000 } else { 1_000 };
    let attack = tokio::task::spawn_blocking(move || {
        for attempt in 0..attempts {
            let bytes = mutate(&requests[attempt % requests.len()], &mut random);
            let response = exchange(&address, &bytes);
            let text = String::from_utf8_lossy(&response);
            let status = text
                .split_once(' ')
                .filter(|(version, _)| version.starts_with("HTTP/1."))
                .and_then(|(_, rest)| rest.get(..3))
                .unwrap_or("none");
            let shown = String::from_utf8_lossy(&bytes);
            assert!(response.is_empty() || status != "none", "attempt {attempt}: {shown:?}: {text:?}");
            assert!(status != "500" && !text.contains("panicked"), "attempt {attempt}: {shown:?}: {text:?}");
        }
    });
    attack.await.unwrap();
    assert_eq!(rig.status(rig.request(Method::GET, "/healthz")).await, 200);
    assert_eq!(rig.status(rig.request(Method::GET, "/v1/calls").bearer_auth(&token)).await, 200);
    let post = rig.request(Method::POST, "/callback").json(&json!({ "value": [] }));
    assert_eq!(rig.status(post).await, 202);
    rig.stop();
}

#[tokio::test]
async fn no_corrupted_journal_breaks_it() {
    let rig = Rig::start(&[]);
    for number in 0..200 {
        let post = json!({ "value": [{ "resourceUrl": format!("/communications/calls/c{number}"),
            "resourceData": { "@odata.type": "#microsoft.graph.call", "state": "established" } }] });
        assert_eq!(rig.status(rig.request(Method::POST, "/callback").json(&post)).await, 202);
    }
    let directory = rig.stop();
    let journal = directory.path().join("journal.sqlite");
    let (sound, mut random) = (fs::read(&journal).unwrap(), Rng::with_seed(seed()));
    for corruption in 0..if crate::is_full() { 500 } else { 25 } {
        let place = tempfile::tempdir().unwrap();
        let mut bytes = sound.clone();
        for _ in 0..random.usize(1..30) {
            let at = random.usize(..bytes.len());
            bytes[at] = random.u8(..);
        }
        if random.u8(..4) == 0 {
            bytes.truncate(random.usize(..bytes.len()));
        }
        fs::write(place.path().join("journal.sqlite"), &bytes).unwrap();
        let log = place.path().join("log");
        let mut command = callctl(&serving("http://127.0.0.1:9/v1.0", crate::rig::PUBLIC, place.path()));
        let mut process =
            command.stdout(Stdio::piped()).stderr(Stdio::from(fs::File::create(&log).unwrap())).spawn().unwrap();
        let mut first = [0];
        // It is ready, or it ends and says why.
        let is_ready = process.stdout.take().unwrap().read(&mut first).unwrap() > 0;
        if is_ready {
            assert!(std::process::Command::new("kill").arg(process.id().to_string()).status().unwrap().success());
        }
        let status = process.wait().unwrap().code();
        let said = fs::read_to_string(&log).unwrap();
        assert_eq!(status, Some(if is_ready { 0 } else { 74 }), "corruption {corruption}: {said}");
        assert!(!said.contains("panicked"), "corruption {corruption}: {said}");
        assert!(is_ready || said.contains("error: "), "corruption {corruption}: {said}");
    }
}
