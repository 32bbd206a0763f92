//! What the sidecar answers while it restores its calls: the page, how far it is, and that everything else must wait.

use std::convert::Infallible;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use axum::routing::get;
use call_engine::RestoreProgress;
use tower_service::Service as _;

use crate::serve::files;
use crate::serve::health::report;
use crate::serve::parts::Part;
use crate::serve::problem::Problem;

/// The routes of a sidecar that begins: those for the meantime, until the others are there.
#[derive(Clone)]
pub(super) struct Early {
    progress: RestoreProgress,
    later: Arc<OnceLock<Router>>,
}

impl Early {
    pub(super) fn new(progress: RestoreProgress) -> Self {
        Self { progress, later: Arc::default() }
    }

    /// Answers with these routes from now on.
    pub(super) fn open(&self, routes: Router) {
        // It is opened once.
        let _ = self.later.set(routes);
    }

    /// Returns the routes to serve from the start.
    pub(super) fn routes(self) -> Router {
        let (health, later) = (self.clone(), Arc::clone(&self.later));
        let meantime = files::routes()
            .route("/healthz", get(async || report("alive", "dead", Vec::new())))
            .route("/readyz", get(async move || report("ready", "notReady", vec![Part::restoring(&health.words())])))
            .fallback(async move || Problem::busy("the sidecar restores its calls", self.words()));
        Router::new().fallback(async move |request: Request| -> Result<Response, Infallible> {
            let routes = later.get().unwrap_or(&meantime);
            routes.clone().call(request).await
        })
    }

    fn words(&self) -> String {
        match self.progress.all() {
            0 => "restoring".to_owned(),
            all => format!("restoring, {} of {all} records", self.progress.read()),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::StatusCode;

    use super::*;

    async fn answer(routes: &Router, path: &str) -> (StatusCode, String) {
        let request = Request::builder().uri(path).body(Body::empty()).expect("a request");
        let response = routes.clone().call(request).await.expect("it is answered");
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 20).await.expect("a body");
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn callers_wait_until_the_calls_are_restored() {
        let early = Early::new(RestoreProgress::default());
        let routes = early.clone().routes();
        for path in ["/v1/events", "/callback", "/readyz", "/metrics"] {
            let (status, body) = answer(&routes, path).await;
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
            assert!(path == "/metrics" || body.contains("restoring"), "{path}: {body}");
        }
        assert_eq!(answer(&routes, "/").await.0, StatusCode::OK, "the page is there");
        assert_eq!(answer(&routes, "/healthz").await.0, StatusCode::OK, "a restart would not help");
        early.open(Router::new().route("/v1/events", get(async || "events")));
        assert_eq!(answer(&routes, "/v1/events").await, (StatusCode::OK, "events".to_owned()));
        assert_eq!(answer(&routes, "/nothing").await.0, StatusCode::NOT_FOUND);
    }
}
