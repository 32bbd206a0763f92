//! Authentication of API requests.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use subtle::ConstantTimeEq as _;

use crate::serve::problem::Problem;

/// The API token; `None` accepts every request.
#[derive(Clone)]
pub(super) struct Guard(pub(super) Option<Arc<str>>);

impl Guard {
    /// Accepts a request with the API token that a page of another origin cannot have sent.
    pub(super) async fn check(State(guard): State<Self>, request: Request, next: Next) -> Result<Response, Problem> {
        if !guard.knows(request.headers()) {
            let detail = "send the API token in the header `Authorization: Bearer …`: the one of --api-token, or the one in the file that the sidecar names when it starts";
            return Err(Problem::new(StatusCode::UNAUTHORIZED, "the API token is missing or wrong", detail));
        }
        // A browser sends this type for a page of another origin only after a preflight request, which gets no permission.
        let headers = request.headers();
        let has_body = headers.get(header::CONTENT_LENGTH).is_some_and(|length| length != "0")
            || [header::TRANSFER_ENCODING, header::ORIGIN].iter().any(|name| headers.contains_key(name));
        if matches!(*request.method(), Method::POST | Method::PATCH) && has_body && !is_json(headers) {
            let detail = "send the body with `Content-Type: application/json`";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body is not JSON", detail));
        }
        Ok(next.run(request).await)
    }

    fn knows(&self, headers: &HeaderMap) -> bool {
        let Some(secret) = &self.0 else { return true };
        let shown = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let shown =
            shown.and_then(|shown| shown.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        shown.is_some_and(|(_, token)| token.trim().as_bytes().ct_eq(secret.as_bytes()).into())
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let named = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let bare = named.and_then(|named| named.split(';').next()).map(str::trim);
    bare.is_some_and(|bare| bare.eq_ignore_ascii_case("application/json"))
}
