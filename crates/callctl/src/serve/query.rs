//! Query parameters: a misspelt one must not be ignored.

use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Deserialize;

use crate::serve::problem::Problem;
use crate::serve::sidecar::Sidecar;
use crate::view::mask::Privacy;

/// The query of a route without parameters.
pub(super) struct NoQuery;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

impl<S: Send + Sync> FromRequestParts<S> for NoQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<Nothing>::from_request_parts(parts, state).await;
        query.map(|_| Self).map_err(|rejection| invalid(rejection.body_text()))
    }
}

/// Returns the problem of a query that cannot be read.
pub(super) fn invalid(detail: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid query", detail)
}

/// Query of what contains private data.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Masking {
    /// Whether to mask names, numbers and keys, as pages do.
    #[serde(default)]
    masked: bool,
    /// Whether the reader is the page, which needs more.
    #[serde(default)]
    pub(super) page: bool,
}

impl Masking {
    /// Returns whether the client wants private data to be masked.
    pub(super) const fn is_masked(&self) -> bool {
        self.masked
    }

    /// Returns what the client may see, and wants to see.
    pub(super) const fn of(&self, sidecar: &Sidecar) -> Privacy {
        if self.masked { Privacy::Masked } else { sidecar.privacy }
    }
}
