//! A proxy between the service and a sidecar that records posts and responses.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};

/// Forwards posts to the current sidecar.
#[derive(Clone)]
pub(crate) struct Posts(Arc<Inner>);

struct Inner {
    client: reqwest::Client,
    to: Mutex<String>,
    is_open: AtomicBool,
    acknowledged: Mutex<Vec<(String, Bytes)>>,
}

impl Posts {
    /// Starts the proxy, and returns its address.
    pub(crate) async fn start(client: &reqwest::Client) -> (Self, String) {
        let inner = Inner {
            client: client.clone(),
            to: Mutex::default(),
            is_open: AtomicBool::new(false),
            acknowledged: Mutex::default(),
        };
        let posts = Self(Arc::new(inner));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().fallback(pass_on).with_state(posts.clone());
        let settings = call_transport_http::ServerSettings::default();
        tokio::spawn(call_transport_http::serve(listener, app, settings, std::future::pending()));
        (posts, url)
    }

    /// Sets the sidecar that receives the posts from now on, or none.
    pub(crate) fn open(&self, to: Option<&str>) {
        to.unwrap_or_default().clone_into(&mut self.0.to.lock().unwrap());
        self.0.is_open.store(to.is_some(), Ordering::SeqCst);
    }

    /// Clears the acknowledged posts, and returns their number.
    pub(crate) fn forget(&self) -> usize {
        std::mem::take(&mut *self.0.acknowledged.lock().unwrap()).len()
    }

    /// Returns the acknowledged posts so far, as path and body.
    pub(crate) fn acknowledged(&self) -> Vec<(String, Bytes)> {
        self.0.acknowledged.lock().unwrap().clone()
    }
}

async fn pass_on(State(posts): State<Posts>, uri: Uri, headers: HeaderMap, body: Bytes) -> StatusCode {
    if !posts.0.is_open.load(Ordering::SeqCst) {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    let to = format!("{}{uri}", posts.0.to.lock().unwrap());
    let kind = headers["content-type"].clone();
    let posted = posts.0.client.post(to).header("content-type", kind).body(body.clone()).send().await;
    let status = posted.map_or(StatusCode::BAD_GATEWAY, |response| response.status());
    if status == StatusCode::ACCEPTED {
        posts.0.acknowledged.lock().unwrap().push((uri.path().to_owned(), body));
    }
    status
}
