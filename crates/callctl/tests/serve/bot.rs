//! The bot of the guide, written in Python.

use std::collections::BTreeSet;
use std::io::BufRead as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::api::Rig;
use crate::debian;
use crate::listed::request_files;
use crate::running::{Running, callctl, client, free_address, serving_on};

const SECRET: &str = "open sesame";

/// The bot process, which is killed when it is dropped.
struct Bot(Child);

impl Bot {
    fn start(rig: &Rig, requests: &[PathBuf]) -> Self {
        debian::ensure(&["python3", "--version"], "python3");
        let mut bot = Command::new("python3");
        bot.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guides/sidecar.py"))
            .arg(rig.url(""))
            .args(requests);
        Self(bot.env("CALLCTL_API_TOKEN", SECRET).stdout(Stdio::piped()).spawn().unwrap())
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        // The process may have ended already.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_bot_creates_each_kind() {
    let rig = Rig::start(&["--api-token", SECRET]);
    let requests = request_files();
    let mut bot = Bot::start(&rig, &requests);
    let said = std::io::read_to_string(bot.0.stdout.take().unwrap()).unwrap();
    assert!(bot.0.wait().unwrap().success(), "{said}");
    let ended: BTreeSet<_> = said.lines().filter(|line| line.ends_with(" terminated")).collect();
    assert_eq!(ended.len(), requests.len(), "{said}");
}

#[tokio::test]
async fn the_guide_bot_answers_calls() {
    let rig = Rig::start(&["--api-token", SECRET]);
    let bot = Bot::start(&rig, &[]);
    let ring = json!({ "callbackUri": rig.url("/callback") });
    let is_answered = async {
        loop {
            rig.client.post(format!("{}/emulator/incoming", rig.service.url)).json(&ring).send().await.unwrap();
            // A caller gives up soon, perhaps before the bot has started. Then another caller calls.
            tokio::time::sleep(Duration::from_millis(500)).await;
            let calls = rig.client.get(rig.url("/v1/calls")).bearer_auth(SECRET).send().await.unwrap();
            let calls: Value = calls.json().await.unwrap();
            let mut steps = calls["calls"].as_array().unwrap().iter().flat_map(|call| {
                assert_eq!(call["direction"], "incoming", "{call}");
                call["timeline"].as_array().unwrap()
            });
            if steps.any(|step| step["state"] == "established") {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(60), is_answered).await.unwrap();
    drop(bot);
}

/// The first bot of the guide, on a wild network. Between any two of its steps, it and the sidecar are killed.
#[tokio::test(flavor = "multi_thread")]
async fn the_menu_bot_survives_kills_between_steps() {
    let service = Running::start(callctl(&[
        "emulate",
        "--listen",
        "127.0.0.1:0",
        "--seed",
        "5",
        "--speed",
        "40",
        "--chaos",
        "wild",
    ]));
    let directory = tempfile::tempdir().unwrap();
    let free = free_address();
    let (service_url, public) = (format!("{}/v1.0", service.url), format!("http://{free}"));
    let mut arguments = serving_on(&free, &service_url, &public, directory.path());
    arguments.extend(["--api-token", SECRET]);
    let bot = || {
        let mut bot = Command::new("python3");
        bot.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guides/menu.py"));
        bot.args([&public, "order-7", "112f7296-5fa4-42ca-bae8-6a692b15d4b8", "550fae72-d251-43ec-868c-373732c2704f"]);
        Bot(bot.env("CALLCTL_API_TOKEN", SECRET).stdout(Stdio::piped()).spawn().unwrap())
    };
    debian::ensure(&["python3", "--version"], "python3");
    let mut said: Vec<String> = Vec::new();
    for step in ["tones", "menu", "keys", "transfer", "ended"] {
        let sidecar = Running::start(callctl(&arguments));
        let mut running = bot();
        let lines = std::io::BufReader::new(running.0.stdout.take().unwrap()).lines();
        said.clear();
        for line in lines.map(Result::unwrap) {
            let is_last = line.starts_with(step);
            said.push(line);
            if is_last {
                break;
            }
        }
        if step == "ended" {
            assert!(running.0.wait().unwrap().success());
            let client = client();
            let listed = client.get(format!("{public}/v1/calls")).bearer_auth(SECRET).send().await.unwrap();
            let listed: Value = listed.json().await.unwrap();
            assert_eq!(listed["calls"].as_array().unwrap().len(), 1, "one call was created: {listed}");
            let call = &listed["calls"][0];
            assert_eq!(call["reference"], "order-7");
            for context in ["tones", "menu", "transfer"] {
                let operations = call["operations"].as_array().unwrap().iter();
                let sent = operations.filter(|one| one["clientContext"] == context && one["outcome"] != "notStarted");
                assert!(sent.count() <= 1, "{context} was not sent twice: {call}");
            }
        }
        drop(running);
        sidecar.kill();
    }
    assert_eq!(said.len(), 5, "{said:?}");
    for line in &said {
        assert!(!line.ends_with("failed") && !line.ends_with("notStarted"), "{said:?}");
    }
    drop(service);
}
