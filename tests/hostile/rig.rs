//! A sidecar under attack.

use std::path::PathBuf;
use std::process::Stdio;

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::running::{Running, callctl, client, serving};

/// The public address of the sidecar. Nothing resolves it: an attack names it only in `Host`.
pub(crate) const PUBLIC: &str = "https://bot.contoso.com";

/// A service that does not respond.
const NOWHERE: &str = "http://127.0.0.1:9/v1.0";

/// A sidecar, usually of a service that does not respond.
pub(crate) struct Rig {
    pub(crate) sidecar: Running,
    pub(crate) client: Client,
    directory: TempDir,
}

impl Rig {
    /// Starts a sidecar with further arguments. Its webhook accepts every post.
    pub(crate) fn start(more: &[&str]) -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), more)
    }

    /// Starts a sidecar on a journal that may contain something.
    pub(crate) fn start_in(directory: TempDir, more: &[&str]) -> Self {
        Self::start_logging(directory, more, Stdio::null())
    }

    pub(crate) fn start_logging(directory: TempDir, more: &[&str], log: Stdio) -> Self {
        Self::with(NOWHERE, directory, more, log)
    }

    /// Starts a sidecar that uses a service.
    pub(crate) fn of(service: &str, more: &[&str]) -> Self {
        Self::with(service, tempfile::tempdir().unwrap(), more, Stdio::null())
    }

    fn with(service: &str, directory: TempDir, more: &[&str], log: Stdio) -> Self {
        let arguments = [&serving(service, PUBLIC, directory.path())[..], more].concat();
        Self { sidecar: Running::start_logging(callctl(&arguments), log), client: client(), directory }
    }

    /// Stops the sidecar, and returns its journal.
    pub(crate) fn stop(self) -> TempDir {
        assert_eq!(self.sidecar.terminate(), Some(0));
        self.directory
    }

    /// Returns the file with the generated API token.
    pub(crate) fn token_file(&self) -> PathBuf {
        self.directory.path().join("api-token")
    }

    pub(crate) fn token(&self) -> String {
        std::fs::read_to_string(self.token_file()).unwrap().trim().to_owned()
    }

    /// Returns a request without a token.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.sidecar.url))
    }

    /// Returns the status of the response to a request.
    pub(crate) async fn status(&self, request: RequestBuilder) -> u16 {
        request.send().await.unwrap().status().as_u16()
    }
}

/// Returns the body of a request that creates a call.
pub(crate) fn create() -> Value {
    json!({
        "targets": [{ "identity": { "user": { "id": "112f7296-5fa4-42ca-bae8-6a692b15d4b8" } } }],
        "requestedModalities": ["audio"],
        "mediaConfig": { "@odata.type": "#microsoft.graph.serviceHostedMediaConfig" },
    })
}
