//! JSON that remembers where it stands: `serde_json` reads it, one level at a time, as far as somebody asks.

mod node;
mod place;

pub(crate) use node::{Node, Object};
pub(crate) use place::{Places, path_to};
