//! The published bodies of the reference, as `tests/fixtures/operations/index.json` lists them: from the pages of Microsoft Graph v1.0
//! (repository `microsoftgraph/microsoft-graph-docs-contrib`) that the index names.

use std::path::{Path, PathBuf};

use call_msgraph::ApiOperation;
use serde_json::Value;

/// A published request, response or notification.
pub(super) struct Published {
    pub(super) file: String,
    /// Name of the operation in the index.
    pub(super) name: String,
    pub(super) operation: Option<ApiOperation>,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) body: Value,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/operations")
}

fn json(file: &Path) -> Value {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Returns the published bodies whose file name contains a word: `request`, `response`, `notification`.
pub(super) fn published(what: &str) -> Vec<Published> {
    let index = json(&folder().join("index.json"));
    let entries = index.as_array().expect("a list").iter().filter_map(|entry| {
        let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        let file = text("file");
        file.contains(&format!(".{what}")).then(|| {
            let name = text("operation");
            let operation = ApiOperation::from_name(if name == "deleteCall" { "hangUp" } else { &name });
            let body = json(&folder().join(&file));
            Published { file, name, operation, method: text("method"), path: text("path"), body }
        })
    });
    let found: Vec<_> = entries.collect();
    assert!(!found.is_empty(), "no {what}");
    found
}

/// Returns the one published request in a file.
pub(super) fn request(file: &str) -> Value {
    json(&folder().join(format!("{file}.request.json")))
}
