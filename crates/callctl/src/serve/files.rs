//! Static files: the live page, and the description of the API.

use axum::Router;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;

use crate::page::assets::{LIVE_FILES, live};
use crate::serve::openapi::DOCUMENT;
use crate::serve::problem::Problem;

pub(super) fn routes() -> Router {
    let page = live();
    Router::new()
        .route("/", get(async move || file("text/html; charset=utf-8", page.clone())))
        .route("/page/{file}", get(part))
        .route("/openapi.json", get(async || file("application/json", DOCUMENT.as_str())))
}

/// Returns a style sheet or a script of the page.
async fn part(Path(name): Path<String>) -> Result<impl IntoResponse, Problem> {
    let found = LIVE_FILES.into_iter().find(|file| file.name == name);
    found.map(|asset| file(asset.kind, asset.text)).ok_or_else(Problem::no_such_path)
}

fn file(kind: &'static str, text: impl IntoResponse) -> impl IntoResponse {
    const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
    ([(CONTENT_TYPE, kind), (CONTENT_SECURITY_POLICY, POLICY), (CACHE_CONTROL, "no-cache")], text)
}
