//! Incoming calls and joining participants: what the bot decides, and what the settings decide.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::api::{Events, Rig};

fn joining(call: &str) -> Value {
    json!({ "value": [{ "changeType": "updated", "resourceUrl": format!("/communications/calls/{call}"), "resourceData": {
        "@odata.type": "#microsoft.graph.participantJoiningNotification", "call": { "id": call },
    } }] })
}

async fn post(rig: &Rig, body: &Value) -> Value {
    rig.request(Method::POST, "/callback").json(body).send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn the_bot_decides_who_joins() {
    let rig = Rig::start(&["--joins", "ask"]);
    let mut events = Events::of(&rig, "/v1/events", None).await;
    for (decision, expected) in [
        (json!({ "response": "accept" }), "#microsoft.graph.acceptJoinResponse"),
        (json!({ "response": "reject", "reason": "forbidden" }), "#microsoft.graph.rejectJoinResponse"),
        (
            json!({ "response": "inviteNewBot", "inviteUri": "https://other.contoso.com" }),
            "#microsoft.graph.inviteNewBotResponse",
        ),
    ] {
        let body = joining("c1");
        let deciding = async {
            let join = events.named("join").await;
            assert_eq!((&join["callId"], &join["answerWithin"]), (&json!("c1"), &json!(5)));
            let path = format!("/v1/joins/{}", join["id"].as_str().unwrap());
            let wrong = rig.request(Method::POST, &path).json(&json!({ "response": "perhaps" })).send().await.unwrap();
            assert_eq!(wrong.status(), 422);
            let decided = rig.request(Method::POST, &path).json(&decision).send().await.unwrap();
            assert_eq!(decided.status(), 204);
            let again = rig.request(Method::POST, &path).json(&decision).send().await.unwrap();
            assert_eq!(again.status(), 404, "it was decided");
        };
        let (reply, ()) = tokio::join!(post(&rig, &body), deciding);
        assert_eq!(reply["@odata.type"], expected);
    }
    assert_eq!(
        post(&rig, &joining("c2")).await["@odata.type"],
        "#microsoft.graph.acceptJoinResponse",
        "the time is over"
    );
}

#[tokio::test]
async fn settings_decide_without_a_bot() {
    let rig = Rig::start(&["--joins", "reject", "--incoming", "answer"]);
    assert_eq!(post(&rig, &joining("c1")).await["reason"], "busy");
    let ring = json!({ "callbackUri": format!("{}/callback", rig.url("")) });
    let url = format!("{}/emulator/incoming", rig.service.url);
    assert!(rig.client.post(url).json(&ring).send().await.unwrap().status().is_success());
    for _ in 0..600 {
        let listed: Value = rig.get("/v1/calls").await.json().await.unwrap();
        let is_answered = |call: &Value| call["direction"] == "incoming" && call["state"] == "established";
        if listed["calls"].as_array().unwrap().iter().any(is_answered) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the call was not answered");
}
