//! JSON that remembers where it stands: `serde_json` reads it, one level at a time, as far as somebody asks.

pub(crate) mod node;
pub(crate) mod place;
