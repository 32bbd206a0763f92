//! JSON values with their places. `serde_json` reads one level at a time, and only the levels that are needed.

pub(crate) mod node;
pub(crate) mod place;
