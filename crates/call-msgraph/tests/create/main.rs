//! Create requests. Built requests equal the published ones. The check classifies requests and finds their problems.

mod judged;
mod typed;

use std::path::Path;

use serde_json::Value;

/// The ten requests of "Create call" (v1.0 reference), in its order and without its trailing commas.
fn published() -> Vec<Value> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/create/requests");
    let mut files: Vec<_> = std::fs::read_dir(directory)
        .expect("the bodies are there")
        .map(|entry| entry.expect("the directory can be read").path())
        .filter(|path| path.to_string_lossy().ends_with(".request.json"))
        .collect();
    files.sort();
    assert_eq!(files.len(), 10);
    let read = |path| std::fs::read_to_string(path).expect("the body can be read");
    files.iter().map(read).map(|body| serde_json::from_str(&body).expect("the published requests are JSON")).collect()
}
