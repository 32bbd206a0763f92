//! The JSON of a call, for `replay`, `serve` and its events, and of what a judge found in a request.

pub(crate) mod call;
pub(crate) mod context;
pub(crate) mod full;
pub(crate) mod judged;
pub(crate) mod mask;
pub(crate) mod operation;
pub(crate) mod parts;
