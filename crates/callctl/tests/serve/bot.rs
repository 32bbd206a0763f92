//! The bot of the guide, in a language that is not ours.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::api::Rig;
use crate::debian;

#[tokio::test]
async fn the_bot_of_the_guide_makes_each_kind_of_call_and_answers_whoever_calls() {
    debian::ensure("python3", "python3");
    let rig = Rig::start(&["--api-token", "open sesame"]);
    let ring = json!({ "callbackUri": rig.url("/callback") });
    rig.client.post(format!("{}/emulator/incoming", rig.service.url)).json(&ring).send().await.unwrap();
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let requests = std::fs::read_dir(project.join("crates/call-msgraph/tests/create/requests")).unwrap();
    let mut bot = Command::new("python3");
    bot.arg(project.join("docs/guides/sidecar.py")).arg(rig.url(""));
    bot.args(requests.map(|entry| entry.unwrap().path())).env("CALLCTL_API_TOKEN", "open sesame");
    let output = tokio::task::spawn_blocking(move || bot.output().unwrap()).await.unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let ended: BTreeSet<_> = told.lines().filter(|line| line.ends_with(" terminated")).collect();
    assert!(ended.len() >= 10, "{told}");
    let was_answered = async {
        loop {
            let calls = rig.client.get(rig.url("/v1/calls")).bearer_auth("open sesame").send().await.unwrap();
            let calls: Value = calls.json().await.unwrap();
            let incoming =
                calls["calls"].as_array().unwrap().iter().find(|call| call["direction"] == "incoming").unwrap();
            if incoming["timeline"].as_array().unwrap().iter().any(|step| step["state"] == "established") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), was_answered).await.unwrap();
}
