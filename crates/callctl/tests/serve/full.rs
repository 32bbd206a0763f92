//! A full disk, simulated by a limit on the size of files.

use std::process::Command;

use serde_json::json;

use crate::listed::replayed;
use crate::running::{Running, client, serving};

#[tokio::test]
async fn a_full_disk_acknowledges_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let sidecar = serving("http://127.0.0.1:9", "http://127.0.0.1:9", directory.path());
    // A soft limit, which the test can remove again. Exceeding it is an error instead of a signal.
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -S -f 1024; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_callctl")]);
    limited.args(sidecar);
    let sidecar = Running::start(limited);
    let client = client();
    let post = async |number: u32| {
        let call = format!("/communications/calls/c{number}");
        let body = json!({ "value": [{ "resourceUrl": call, "changeType": "updated", "filler": "x".repeat(20_000),
            "resourceData": { "@odata.type": "#microsoft.graph.call", "state": "established" } }] });
        client.post(format!("{}/callback", sidecar.url)).json(&body).send().await.unwrap()
    };
    let ready = async || client.get(format!("{}/readyz", sidecar.url)).send().await.unwrap().status().as_u16();
    let mut acknowledged = 0;
    let refused = loop {
        let answer = post(acknowledged).await;
        if answer.status() != 202 {
            break answer;
        }
        acknowledged += 1;
        assert!(acknowledged < 1_000, "the limit is felt");
    };
    assert_eq!((refused.status().as_u16(), refused.headers().contains_key("retry-after")), (503, true));
    assert!(acknowledged > 5, "there was room to begin with");
    assert_eq!((ready().await, post(acknowledged).await.status().as_u16()), (503, 503));

    let raised = Command::new("prlimit").args(["--fsize=unlimited:", "--pid", &sidecar.id().to_string()]).status();
    assert!(raised.unwrap().success());
    for _ in 0..100 {
        assert_eq!(post(acknowledged).await.status(), 202);
        acknowledged += 1;
    }
    assert_eq!(ready().await, 200);
    sidecar.kill();
    assert_eq!(
        replayed(directory.path()).1.len(),
        acknowledged as usize,
        "what was acknowledged is there, and no more"
    );
}
