//! The typed routes of operations, against the emulator.

use std::time::Duration;

use call_msgraph::ApiOperation;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::api::Rig;
use crate::listed::requests;

impl Rig {
    /// Creates one of the sample calls, and waits until it is established.
    async fn established(&self, sample: usize) -> String {
        let created = self.request(Method::POST, "/v1/calls").json(&requests()[sample]).send().await.unwrap();
        assert_eq!(created.status(), 201);
        let call: Value = created.json().await.unwrap();
        let id = call["id"].as_str().unwrap().to_owned();
        self.until(&id, |call| call["state"] == "established").await;
        id
    }

    async fn until(&self, id: &str, condition: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..600 {
            let call: Value = self.get(&format!("/v1/calls/{id}")).await.json().await.unwrap();
            if condition(&call) {
                return call;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it did not happen within 12 seconds");
    }

    async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Response {
        let request = self.request(method.parse().unwrap(), path);
        let request = if let Some(body) = body { request.json(body) } else { request };
        request.send().await.unwrap()
    }
}

#[tokio::test]
async fn a_prompt_is_played_to_its_end() {
    let rig = Rig::start(&[]);
    let id = rig.established(0).await;
    let body = json!({ "prompts": [{ "mediaInfo": { "uri": "https://cdn.contoso.com/beep.wav" } }] });
    let played = rig.send("POST", &format!("/v1/calls/{id}/playPrompt"), Some(&body)).await;
    assert_eq!(played.status(), 200);
    let played: Value = played.json().await.unwrap();
    let operation = &played["operation"];
    assert_eq!((&operation["kind"], &played["reply"]["status"]), (&json!("playPrompt"), &json!("running")), "{played}");
    // The emulator is fast, so the end may be known when the reply is sent.
    assert!(operation["status"] == "running" || operation["status"] == "completed", "{played}");
    assert_eq!(operation["key"], played["reply"]["id"]);
    assert_eq!(operation["clientContext"], played["reply"]["clientContext"], "the sidecar chose one");
    let call = rig.until(&id, |call| call["operations"][0]["status"] == "completed").await;
    assert_eq!(call["operations"][0]["result"]["code"], 200, "{call}");
    let got: Value = rig
        .get(&format!("/v1/calls/{id}/operations/{}", operation["key"].as_str().unwrap()))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!((&got["status"], &got["outcome"]), (&json!("completed"), &json!("completed")), "{got}");
    let by_context = operation["clientContext"].as_str().unwrap();
    let again: Value = rig.get(&format!("/v1/calls/{id}/operations/{by_context}")).await.json().await.unwrap();
    assert_eq!(again, got, "the client context stays a key");
    let nothing = rig.get(&format!("/v1/calls/{id}/operations/nothing")).await;
    assert_eq!(nothing.status(), 404);
}

#[tokio::test]
async fn a_wait_returns_the_outcome() {
    let rig = Rig::trusted();
    let id = rig.established(0).await;
    let body = json!({ "prompts": [{ "mediaInfo": { "uri": "https://cdn.contoso.com/beep.wav" } }] });
    let play = format!("/v1/calls/{id}/playPrompt");
    let played: Value = rig.send("POST", &format!("{play}?wait=30s&lasts=3s"), Some(&body)).await.json().await.unwrap();
    assert_eq!(
        (&played["operation"]["outcome"], &played["waitedAtMost"]),
        (&json!("completed"), &json!(30)),
        "{played}"
    );
    let recorded = rig.send("POST", &format!("/v1/calls/{id}/recordResponse?wait=1d"), Some(&json!({}))).await;
    let recorded: Value = recorded.json().await.unwrap();
    assert_eq!(recorded["waitedAtMost"], 300, "a wait of a day is shortened, and the response says so");
    assert!(recorded["operation"]["recordingLocation"].as_str().unwrap().starts_with("https://"), "{recorded}");
    for query in ["wait=soon", "wait=-1s", "wiat=3s"] {
        assert_eq!(rig.send("POST", &format!("{play}?{query}"), Some(&body)).await.status(), 400, "{query}");
    }
    // The call ends before the second prompt.
    let waiting = format!("{play}?wait=30s");
    let playing = rig.send("POST", &waiting, Some(&body));
    let hanging_up = async {
        tokio::time::sleep(Duration::from_millis(5)).await;
        rig.send("DELETE", &format!("/v1/calls/{id}?wait=30s"), None).await
    };
    let (played, hung_up) = tokio::join!(playing, hanging_up);
    let hung_up: Value = hung_up.json().await.unwrap();
    assert_eq!(
        (&hung_up["operation"]["kind"], &hung_up["operation"]["outcome"]),
        (&json!("hangUp"), &json!("completed"))
    );
    let status = played.status().as_u16();
    let played: Value = played.json().await.unwrap();
    // The emulator is fast, so the prompt may have ended first, or not have begun.
    assert!([200, 409, 410].contains(&status), "{played}");
    assert!(status != 409 || played["operation"]["outcome"] == "callEnded", "{played}");
}

#[tokio::test]
async fn a_problem_names_the_place_of_the_fault() {
    let rig = Rig::start(&[]);
    let id = rig.established(0).await;
    let body = json!({ "prompts": [{ "mediaInfo": { "uri": "beep.wav" } }], "clientContxt": "a" });
    let refused = rig.send("POST", &format!("/v1/calls/{id}/playPrompt"), Some(&body)).await;
    assert_eq!(refused.status(), 422);
    let refused: Value = refused.json().await.unwrap();
    let places: Vec<_> = refused["problems"].as_array().unwrap().iter().map(|problem| &problem["path"]).collect();
    assert_eq!(places, ["/clientContxt", "/prompts/0/mediaInfo/uri"], "{refused}");
    assert_eq!(refused["problems"][0]["source"], "call: playPrompt, v1.0 reference");
    for id_part in ["a%2Fb", "a.b", "%2e%2e%2fusers", "a%25"] {
        let hostile = rig.send("GET", &format!("/v1/calls/{id}/participants/{id_part}"), None).await;
        assert_eq!(hostile.status(), 422, "{id_part}");
    }
    let unknown: Value =
        rig.send("POST", &format!("/v1/calls/{id}/playPromt"), Some(&json!({}))).await.json().await.unwrap();
    assert_eq!(unknown["title"], "operation not found");
    assert!(unknown["detail"].as_str().unwrap().contains("playPrompt"), "{unknown}");
}

#[tokio::test]
async fn a_refusal_says_what_its_code_means() {
    let rig = Rig::start(&[]);
    let id = rig.established(0).await;
    // The sidecar does not know that this is no group call, but the service does.
    let refused = rig.send("POST", &format!("/v1/calls/{id}/mute"), Some(&json!({}))).await;
    assert_eq!(refused.status(), 502);
    let refused: Value = refused.json().await.unwrap();
    assert_eq!((&refused["code"], &refused["subcode"]), (&json!(400), &json!(8500)), "{refused}");
    assert!(refused["meaning"].as_str().unwrap().contains("media"), "{refused}");
    assert!(refused["requestId"].is_string(), "{refused}");
    let raw = rig.send("POST", &format!("/v1/calls/{id}/raw/microsoft.graph.StartRecording"), Some(&json!({}))).await;
    let raw: Value = raw.json().await.unwrap();
    assert_eq!(raw["code"], 404, "the emulator does not know it: {raw}");
}

#[tokio::test]
async fn participants_and_groups_have_their_routes() {
    let rig = Rig::start(&[]);
    let id = rig.established(4).await;
    rig.until(&id, |call| call["participants"].as_array().is_some_and(|list| list.len() == 2)).await;
    let path = |rest: &str| format!("/v1/calls/{id}/{rest}");
    let listed: Value = rig.get(&path("participants")).await.json().await.unwrap();
    let other = listed["reply"]["value"][1]["id"].as_str().unwrap().to_owned();
    assert_eq!(listed["operation"], Value::Null);
    let group = json!({ "routingMode": "oneToOne", "sources": ["participant-0"], "receivers": [other] });
    let made: Value = rig.send("POST", &path("audioRoutingGroups"), Some(&group)).await.json().await.unwrap();
    let group_id = made["reply"]["id"].as_str().unwrap();
    let changed = json!({ "routingMode": "multicast", "sources": ["participant-0"], "receivers": [other, "x"] });
    assert_eq!(rig.send("PATCH", &path(&format!("audioRoutingGroups/{group_id}")), Some(&changed)).await.status(), 200);
    assert_eq!(rig.send("DELETE", &path(&format!("audioRoutingGroups/{group_id}")), None).await.status(), 200);
    assert_eq!(
        rig.send("POST", &path(&format!("participants/{other}/startHoldMusic")), Some(&json!({}))).await.status(),
        200
    );
    rig.until(&id, |call| call["participants"][1]["onHold"] == true).await;
    assert_eq!(rig.send("DELETE", &path(&format!("participants/{other}")), None).await.status(), 200);
    rig.until(&id, |call| call["participants"].as_array().is_some_and(|list| list.len() == 1)).await;
}

#[tokio::test]
async fn every_operation_has_its_route() {
    let rig = Rig::start(&[]);
    for operation in ApiOperation::ALL {
        let spec = operation.spec();
        let path = spec.path.replace("{call}", "no-such-call");
        let body = spec.example.map(|example| serde_json::from_str(example).unwrap());
        let response = rig.send(spec.method.as_str(), &format!("/v1/calls/{path}"), body.as_ref()).await;
        let expected = if spec.path.contains("{call}") { 404 } else { 200 };
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        assert_eq!(status, expected, "{}: {text}", spec.name);
        assert!(expected == 200 || text.contains("call not found"), "{}: {text}", spec.name);
    }
}

#[tokio::test]
async fn only_trusted_clients_see_private_data() {
    for (rig, shows) in [(Rig::trusted(), true), (Rig::start(&[]), false)] {
        let id = rig.established(2).await;
        assert_eq!(rig.send("POST", &format!("/v1/calls/{id}/subscribeToTone"), Some(&json!({}))).await.status(), 200);
        let call = rig.until(&id, |call| call["tones"].as_array().is_some_and(|tones| tones.len() == 3)).await;
        let tones: Vec<_> = call["tones"].as_array().unwrap().iter().map(|tone| tone["tone"].clone()).collect();
        let target = &call["targets"][0]["id"];
        if shows {
            assert_eq!(
                (&tones[..], target.as_str().is_some_and(|id| id.len() == 36)),
                (&[json!("tone1"), json!("tone2"), json!("pound")][..], true),
                "{call}"
            );
            assert!(call["chatInfo"]["threadId"].is_string() || call["chatInfo"].is_null(), "{call}");
            assert!(call["participants"][0]["identity"]["kind"].is_string(), "{call}");
        } else {
            assert_eq!((&tones[..], target), (&["***", "***", "***"].map(Value::from)[..], &json!("***")), "{call}");
        }
        let masked = rig.get("/v1/events?masked=true").await.chunk().await.unwrap().unwrap();
        assert!(!String::from_utf8_lossy(&masked).contains("tone1"), "a page asks for masked events");
    }
}
