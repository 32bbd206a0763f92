//! Query parameters: a misspelt one must not be ignored.

use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Deserialize;

use crate::serve::problem::Problem;

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
