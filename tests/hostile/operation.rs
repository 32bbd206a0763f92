//! Signals, health, metrics, and the check of the settings.

use std::process::Command;
use std::time::Duration;

use axum::Router;
use axum::response::IntoResponse as _;
use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::rig::{Rig, create};
use crate::running::{callctl, client, free_address, serving};

/// Settings whose authority and issuer do not respond.
const UNREACHABLE: [&str; 10] = [
    "--tenant-id",
    "t",
    "--client-id",
    "c",
    "--client-secret",
    "s3cr3t",
    "--authority-url",
    "http://127.0.0.1:9",
    "--webhook-openid-url",
    "http://127.0.0.1:9/openid",
];

/// Sends SIGTERM.
fn terminate(process: u32) {
    assert!(Command::new("kill").arg(process.to_string()).status().unwrap().success());
}

/// Starts a service that accepts requests and never responds. Completes when the first request is in flight.
async fn silent_service() -> (String, tokio::sync::mpsc::Receiver<()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1.0", listener.local_addr().unwrap());
    let (sender, receiver) = tokio::sync::mpsc::channel(8);
    let app = Router::new().fallback(async move || {
        sender.send(()).await.unwrap_or_default();
        std::future::pending::<()>().await;
        ().into_response()
    });
    tokio::spawn(call_transport_http::serve(
        listener,
        app,
        call_transport_http::ServerSettings::default(),
        std::future::pending(),
    ));
    (url, receiver)
}

/// Begins a create that gets no response, so that the sidecar has something to finish.
async fn with_work_in_flight() -> Rig {
    let (url, mut asked) = silent_service().await;
    let rig = Rig::of(&url, &["--open-api"]);
    let request = rig.request(Method::POST, "/v1/calls").json(&create());
    tokio::spawn(request.send());
    asked.recv().await.unwrap();
    rig
}

#[tokio::test]
async fn new_posts_get_503_while_it_drains() {
    let rig = with_work_in_flight().await;
    let post =
        |client: &Client| client.post(format!("{}/callback", rig.sidecar.url)).json(&json!({ "value": [] })).send();
    assert_eq!(post(&rig.client).await.unwrap().status(), 202);
    terminate(rig.sidecar.id());
    // A new connection each time, as the service would make one.
    let refused = loop {
        let response = post(&client()).await.unwrap();
        if response.status() != 202 {
            break response;
        }
    };
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].as_bytes()), (503, b"2".as_slice()));
    let ready = client().get(format!("{}/readyz", rig.sidecar.url)).send().await.unwrap();
    assert_eq!(ready.status(), 503);
    let ready: Value = ready.json().await.unwrap();
    let stopping = json!({ "name": "running", "ok": false, "reason": "the sidecar is stopping" });
    assert!(ready["parts"].as_array().unwrap().contains(&stopping), "{ready}");
    let alive = client().get(format!("{}/healthz", rig.sidecar.url)).send().await.unwrap();
    assert_eq!(alive.status(), 200, "a sidecar that stops is not dead");
    let api = client().get(format!("{}/v1/calls", rig.sidecar.url)).send().await.unwrap();
    assert_eq!(api.status(), 503);
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let mut rig = with_work_in_flight().await;
    terminate(rig.sidecar.id());
    // The first signal has been handled when new work is refused.
    while client().get(format!("{}/v1/calls", rig.sidecar.url)).send().await.unwrap().status() != 503 {}
    terminate(rig.sidecar.id());
    let ended = tokio::task::spawn_blocking(move || rig.sidecar.wait());
    let ended =
        tokio::time::timeout(Duration::from_secs(5), ended).await.expect("it does not finish its work").unwrap();
    assert_eq!(ended, Some(143));
}

#[tokio::test]
async fn readiness_names_each_part() {
    // Neither the authority nor the issuer responds.
    let directory = tempfile::tempdir().unwrap();
    let journal = directory.path().to_str().unwrap();
    let mut command =
        callctl(&["serve", "--listen", "127.0.0.1:0", "--public-url", "https://bot.contoso.com", "--journal", journal]);
    command.args(UNREACHABLE);
    let sidecar = crate::running::Running::start(command);
    let client = client();
    let parts = loop {
        let ready = client.get(format!("{}/readyz", sidecar.url)).send().await.unwrap();
        assert_eq!(ready.status(), 503);
        let parts: Value = ready.json().await.unwrap();
        if !parts.to_string().contains("not fetched yet") && !parts.to_string().contains("not obtained yet") {
            break parts;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    let reason = |name: &str| {
        let parts = parts["parts"].as_array().unwrap();
        let part = parts.iter().find(|part| part["name"] == name).unwrap();
        assert_eq!(part["ok"] == true, part["reason"].is_null());
        part["reason"].as_str().unwrap_or_default().to_owned()
    };
    assert!(reason("signingKeys").contains("http://127.0.0.1:9/openid: "), "{parts}");
    assert!(reason("signingKeys").contains("onnection refused"), "{parts}");
    assert!(reason("accessToken").contains("could not get an access token"), "{parts}");
    assert!(reason("accessToken").contains("onnection refused"), "{parts}");
    assert_eq!((reason("journalWrites"), reason("shards")), (String::new(), String::new()));
    assert!(!parts.to_string().contains("s3cr3t"));
    let alive = client.get(format!("{}/healthz", sidecar.url)).send().await.unwrap();
    assert_eq!(alive.status(), 200, "a restart would not help");
}

#[test]
fn a_check_tries_what_the_sidecar_needs() {
    let directory = tempfile::tempdir().unwrap();
    let (used, file) = (std::net::TcpListener::bind("127.0.0.1:0").unwrap(), directory.path().join("file"));
    std::fs::write(&file, "no journal").unwrap();
    let address = used.local_addr().unwrap().to_string();
    let mut command =
        callctl(&["serve", "--check-config", "--listen", &address, "--public-url", "https://bot.contoso.com"]);
    command.args(["--journal", file.to_str().unwrap()]);
    command.args(UNREACHABLE);
    let checked = command.output().unwrap();
    let said = String::from_utf8(checked.stdout).unwrap();
    assert_eq!(checked.status.code(), Some(74), "{said}");
    for part in [
        "failed  access token of http://127.0.0.1:9: could not get an access token",
        "failed  signing keys: the signing keys of notifications have not been fetched; http://127.0.0.1:9/openid: ",
        &format!("failed  address {address}: cannot listen on {address}: "),
        &format!("failed  journal {}: ", file.display()),
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(said.matches("onnection refused").count() >= 2 && !said.contains("s3cr3t"), "{said}");
    command.arg("--offline");
    assert_eq!(command.output().unwrap().status.code(), Some(0));
    // What works is named, too.
    let journal = directory.path().join("journal");
    let arguments = serving("http://127.0.0.1:9", "https://bot.contoso.com", &journal);
    let checked = callctl(&[&arguments[..], &["--check-config"]].concat()).output().unwrap();
    let said = String::from_utf8(checked.stdout).unwrap();
    assert_eq!((checked.status.code(), said.matches("ok      ").count()), (Some(0), 4), "{said}");
}

#[test]
fn an_address_in_use_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let address = free_address();
    let _used = std::net::TcpListener::bind(&address).unwrap();
    let mut arguments = serving("http://127.0.0.1:9", "https://bot.contoso.com", directory.path());
    arguments[2] = &address;
    for arguments in [arguments, vec!["emulate", "--listen", &address]] {
        let failed = callctl(&arguments).output().unwrap();
        let said = String::from_utf8(failed.stderr).unwrap();
        let expected = format!("error: cannot listen on {address}: ");
        assert!(said.contains(&expected) && said.contains("stop the program that uses it"), "{said}");
        assert_eq!(failed.status.code(), Some(74));
    }
}

#[tokio::test]
async fn metrics_are_described_and_bounded() {
    let rig = Rig::start(&[]);
    let metrics = async || rig.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    let first = metrics().await;
    for line in [
        "call_webhook_posts_total{status=\"202\"} 0",
        "call_engine_incoming_missed_total 0",
        "call_http_tokens_total{outcome=\"failed\"} 0",
        "call_engine_calls_by_state{state=\"established\"} 0",
        concat!("callctl_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"} 1"),
    ] {
        assert!(first.lines().any(|other| other == line), "{line}: {first}");
    }
    let established = json!({ "value": [{ "resourceUrl": "/communications/calls/c1",
        "resourceData": { "@odata.type": "#microsoft.graph.call", "state": "established" } }] });
    let posts = if crate::is_full() { 100_000 } else { 2_000 };
    for _ in 0..posts {
        assert_eq!(rig.status(rig.request(Method::POST, "/callback").json(&established)).await, 202);
    }
    let later = metrics().await;
    assert!(later.contains("call_engine_calls_by_state{state=\"established\"} 1"), "{later}");
    assert!(later.contains(&format!("call_engine_journal_seconds_count {posts}")), "{later}");
    // Each metric has a type and a description, and a histogram has buckets instead of samples.
    for line in later.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let name = line.split(['{', ' ']).next().unwrap();
        let family = ["_bucket", "_sum", "_count"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        assert!(later.contains(&format!("# HELP {family} ")) && later.contains(&format!("# TYPE {family} ")), "{name}");
    }
    assert!(later.contains("# TYPE call_engine_journal_seconds histogram"), "{later}");
    assert!(later.lines().count() < first.lines().count() + 50, "{later}");
}
