//! The example runs against the emulated service as its guide says.

#![expect(clippy::unwrap_used, reason = "a test stops where something is missing")]

use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use call_transport_http::internal::{Reach, connections};
use call_transport_http::{ServerSettings, Timeouts, serve};
use call_transport_mock::{Callbacks, HttpSettings, ServiceSettings, SimulatedService, SimulationSettings, Story};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::net::TcpListener;
use tokio::process::{ChildStdout, Command};

/// Cargo builds examples before it runs tests, and puts them in the directory above the tests.
fn example() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    own.parent().unwrap().parent().unwrap().join("examples").join("axum_bot")
}

async fn line(lines: &mut Lines<BufReader<ChildStdout>>) -> String {
    lines.next_line().await.unwrap().unwrap_or_default()
}

#[tokio::test]
async fn the_guide_bot_creates_and_answers_calls() {
    let settings = ServiceSettings { speed: 25, callbacks: Callbacks::ThisMachine, ..ServiceSettings::default() };
    let service = SimulatedService::start(SimulationSettings { service: settings, ..SimulationSettings::default() });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let app = service.over_http(&HttpSettings::new(&url, "emulated-bot").unwrap()).unwrap();
    tokio::spawn(serve(listener, app, ServerSettings::default(), std::future::pending()));

    let mut bot = Command::new(example())
        .env("LISTEN", "127.0.0.1:0")
        .env("SERVICE_URL", format!("{url}/v1.0"))
        .env("ACCESS_TOKEN", "any")
        .env("APP_ID", "emulated-bot")
        .env("WEBHOOK_OPENID_URL", format!("{url}/v1/.well-known/openidconfiguration"))
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(bot.stdout.take().unwrap()).lines();
    let listening = line(&mut lines).await;
    let bot_url = listening.strip_prefix("listening on ").unwrap();

    let client = connections(Reach::ThisMachine, Timeouts::default()).unwrap();
    let asked = async |request: reqwest::RequestBuilder| {
        let response = request.send().await.unwrap();
        let (status, body) = (response.status().as_u16(), response.bytes().await.unwrap());
        (status, serde_json::from_slice::<Value>(&body).unwrap_or_default())
    };
    service.set_next_story(Story::Answered);
    let user = json!({ "user": "112f7296-5fa4-42ca-bae8-6a692b15d4b8" }).to_string();
    let create = client.post(format!("{bot_url}/calls")).header("content-type", "application/json").body(user);
    let (status, call) = asked(create).await;
    assert_eq!(status, 201, "{call}");
    let look = format!("{bot_url}/calls/{}", call["id"].as_str().unwrap());
    // Posts may overtake each other, so the timeline may not be complete yet.
    let expected = json!(["establishing", "ringing", "established", "terminated"]);
    let all = async { while asked(client.get(&look)).await.1["states"] != expected {} };
    tokio::time::timeout(Duration::from_secs(60), all).await.expect("the call goes through four states");

    service.ring(&format!("{bot_url}/callback"));
    assert!(line(&mut lines).await.starts_with("answered "));
    let interrupted = Command::new("kill").args(["-INT", &bot.id().unwrap().to_string()]).status().await.unwrap();
    assert!(interrupted.success());
    assert!(line(&mut lines).await.starts_with("stopped with "));
    assert!(bot.wait().await.unwrap().success());
}
