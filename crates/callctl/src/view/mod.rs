//! The JSON of a call, for `replay`, `serve` and its events.

pub(crate) mod call;
pub(crate) mod context;
pub(crate) mod mask;
pub(crate) mod parts;
