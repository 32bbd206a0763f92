//! The bot of the guide, written in Python.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::api::Rig;
use crate::debian;
use crate::running::request_files;

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
