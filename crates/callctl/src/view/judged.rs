//! The JSON of what a judge found in a request.

use call_msgraph::{Permissions, Problem};
use serde::Serialize;

/// A problem of a request.
#[derive(Serialize)]
pub(crate) struct ProblemView {
    path: String,
    reason: String,
    source: &'static str,
}

/// Permissions that a request needs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PermissionsView {
    any_of: &'static [&'static str],
    all_of: &'static [&'static str],
}

impl From<Problem> for ProblemView {
    fn from(Problem { path, reason, source, .. }: Problem) -> Self {
        Self { path, reason, source }
    }
}

impl From<Permissions> for PermissionsView {
    fn from(Permissions { any_of, all_of, .. }: Permissions) -> Self {
        Self { any_of, all_of }
    }
}
