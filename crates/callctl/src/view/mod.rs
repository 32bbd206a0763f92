//! Calls as JSON shows them, wherever that is: in `replay`, in `serve` and in its events.

mod call;
mod context;
mod mask;
mod parts;

pub(crate) use context::{Context, Evidence};
pub(crate) use mask::Privacy;
