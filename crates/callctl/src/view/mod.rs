//! The JSON of a call, for `replay`, `serve` and its events, and of what a judge found in a request.

pub(crate) mod arrivals;
pub(crate) mod call;
pub(crate) mod context;
pub(crate) mod facts;
pub(crate) mod full;
pub(crate) mod judged;
pub(crate) mod mask;
pub(crate) mod operation;
pub(crate) mod parts;
pub(crate) mod payload;
pub(crate) mod sheet;
pub(crate) mod words;
