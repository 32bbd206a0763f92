//! Who may use the API.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use subtle::ConstantTimeEq as _;

use crate::serve::problem::Problem;

/// The secret that is asked for; none if nothing is.
#[derive(Clone)]
pub(super) struct Guard(pub(super) Option<Arc<str>>);

impl Guard {
    /// Lets a request through if it shows the secret, and no page of somebody else sent it.
    pub(super) async fn check(State(guard): State<Self>, request: Request, next: Next) -> Result<Response, Problem> {
        if !guard.knows(request.headers()) {
            let detail = "show the secret of --api-token: `Authorization: Bearer …`";
            return Err(Problem::new(StatusCode::UNAUTHORIZED, "who asks?", detail));
        }
        // A browser asks before it sends this type on behalf of a page from elsewhere, and is not answered.
        let headers = request.headers();
        let has_body = headers.get(header::CONTENT_LENGTH).is_some_and(|length| length != "0")
            || [header::TRANSFER_ENCODING, header::ORIGIN].iter().any(|name| headers.contains_key(name));
        if request.method() == Method::POST && has_body && !is_json(headers) {
            let detail = "a body has to be `Content-Type: application/json`";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "no JSON", detail));
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
