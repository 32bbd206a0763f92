//! A sidecar that receives what a test posts.

#![allow(dead_code, reason = "the benchmark uses a part of it")]

use std::path::Path;

use reqwest::Client;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::running::{Running, callctl, client, free_address, serving_on};

pub(crate) const TOKEN: &str = "open sesame";

/// A sidecar. It can be killed, and started again at the same address.
pub(crate) struct Sidecar {
    running: Option<Running>,
    address: String,
    service: String,
    directory: TempDir,
    runtime: Runtime,
    client: Client,
}

impl Sidecar {
    /// Starts a sidecar without a service.
    pub(crate) fn start() -> Self {
        Self::of_service("http://127.0.0.1:9")
    }

    pub(crate) fn of_service(service: &str) -> Self {
        let (address, directory) = (free_address(), tempfile::tempdir().unwrap());
        let service = format!("{service}/v1.0");
        let running = Some(run(&address, &service, directory.path()));
        Self { running, address, service, directory, runtime: Runtime::new().unwrap(), client: client() }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn kill(&mut self) {
        self.running.take().unwrap().kill();
    }

    pub(crate) fn start_again(&mut self) {
        self.running = Some(run(&self.address, &self.service, self.directory.path()));
    }

    /// Creates a call.
    pub(crate) fn create(&self, body: &Value) {
        let post = self.client.post(self.url("/v1/calls")).bearer_auth(TOKEN).json(body);
        assert_eq!(self.runtime.block_on(async { post.send().await }).unwrap().status(), 201);
    }

    /// Posts notifications.
    pub(crate) fn post(&self, notifications: Vec<Value>) {
        let post = self.client.post(self.url("/callback")).json(&json!({ "value": notifications }));
        assert_eq!(self.runtime.block_on(async { post.send().await }).unwrap().status(), 202);
    }

    /// Posts states of a call.
    pub(crate) fn report(&self, call: &str, states: &[&str]) {
        self.post(states.iter().map(|state| of_call(call, json!({ "state": state }))).collect());
    }
}

fn run(address: &str, service: &str, directory: &Path) -> Running {
    let public = format!("http://{address}");
    let arguments = serving_on(address, service, &public, directory);
    Running::start(callctl(&[&arguments[..], &["--api-token", TOKEN]].concat()))
}

/// A notification of a call.
pub(crate) fn of_call(call: &str, mut members: Value) -> Value {
    members["@odata.type"] = "#microsoft.graph.call".into();
    json!({ "changeType": "updated", "resourceUrl": format!("/communications/calls/{call}"), "resourceData": members })
}
