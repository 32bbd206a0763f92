//! Calls as JSON shows them, wherever that is: in `replay`, in `serve` and in its events.

pub(crate) mod call;
pub(crate) mod context;
pub(crate) mod mask;
pub(crate) mod parts;
