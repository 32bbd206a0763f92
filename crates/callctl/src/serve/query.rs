//! Query parameters: a misspelt one must not be ignored.

use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::serve::problem::Problem;
use crate::serve::sidecar::Sidecar;
use crate::view::mask::Privacy;

/// The parameters of a request; one that the route does not have is refused.
pub(super) struct Asked<T>(pub(super) T);

/// The parameters of a route that has none.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|Query(parameters)| Self(parameters)).map_err(|rejection| invalid(rejection.body_text()))
    }
}

/// Returns the problem of a query that cannot be read.
pub(super) fn invalid(detail: String) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid query", detail)
}

/// Parameters of what contains private data.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Masking {
    /// Whether to mask names, numbers and keys, as pages do.
    #[serde(default)]
    pub(super) masked: bool,
}

impl Masking {
    /// Returns what the client may see, and wants to see.
    pub(super) const fn of(&self, sidecar: &Sidecar) -> Privacy {
        if self.masked { Privacy::Masked } else { sidecar.privacy }
    }
}
