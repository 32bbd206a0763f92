//! What sidecars and `callctl replay` show, and the published requests.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::running::callctl;

/// Returns the files of the ten published requests.
pub(crate) fn request_files() -> Vec<PathBuf> {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../call-msgraph/tests/create/requests");
    let mut files: Vec<_> = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// Returns the bodies of the ten published requests, without the callback address.
pub(crate) fn requests() -> Vec<Value> {
    let read = |file: PathBuf| {
        let mut body: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        body.as_object_mut().unwrap().remove("callbackUri");
        body
    };
    request_files().into_iter().map(read).collect()
}

/// Returns the JSON of all calls that a sidecar lists.
pub(crate) async fn calls(client: &reqwest::Client, sidecar: &str) -> Vec<String> {
    let mut calls = Vec::new();
    let mut after = String::new();
    loop {
        let url = format!("{sidecar}/v1/calls?limit=1000{after}");
        let page = client.get(url).send().await.unwrap().error_for_status().unwrap().text().await.unwrap();
        let page: Page<'_> = serde_json::from_str(&page).unwrap();
        calls.extend(page.calls.iter().map(|call| call.get().to_owned()));
        let Some(next) = page.next else { return calls };
        after = format!("&after={next}");
    }
}

/// The calls that a sidecar or `callctl replay` shows.
#[derive(serde::Deserialize)]
struct Page<'p> {
    #[serde(borrow)]
    calls: Vec<&'p serde_json::value::RawValue>,
    next: Option<String>,
}

/// Returns the members of a call that `callctl replay` shows too.
pub(crate) fn as_replayed(call: &str) -> Value {
    const SHOWN: [&str; 12] = [
        "id",
        "direction",
        "state",
        "phase",
        "alternatives",
        "timeline",
        "result",
        "terminationReason",
        "participants",
        "operations",
        "sharing",
        "anomalies",
    ];
    let mut call: Value = serde_json::from_str(call).unwrap();
    call.as_object_mut().unwrap().retain(|name, _| SHOWN.contains(&name.as_str()));
    for participant in call["participants"].as_array_mut().unwrap() {
        participant.as_object_mut().unwrap().remove("identity");
    }
    let operations = call["operations"].as_array_mut().unwrap();
    operations.retain(|operation| operation["kind"] != "hangUp");
    for operation in operations {
        operation.as_object_mut().unwrap().retain(|name, _| !["key", "outcome"].contains(&name.as_str()));
    }
    call
}

/// Returns the calls of a closed journal as `callctl replay` prints them.
pub(crate) fn replayed(journal: &Path) -> (Vec<String>, Vec<String>) {
    let lines = callctl(&["journal", "export", journal.to_str().unwrap()]).output().unwrap();
    assert!(lines.status.success(), "{}", String::from_utf8_lossy(&lines.stderr));
    let log = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(log.path(), &lines.stdout).unwrap();
    let shown = callctl(&["replay", "--format", "json", log.path().to_str().unwrap()]).output().unwrap();
    assert!(shown.status.success());
    let shown = String::from_utf8(shown.stdout).unwrap();
    let page: Page<'_> = serde_json::from_str(&shown).unwrap();
    let lines = String::from_utf8(lines.stdout).unwrap().lines().map(str::to_owned).collect();
    (lines, page.calls.iter().map(|call| call.get().to_owned()).collect())
}
