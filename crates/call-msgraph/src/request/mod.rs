//! Typed requests: method, path and body, and the kind of their response.

pub(crate) mod call_request;
pub(crate) mod operation_path;
pub(crate) mod spec;
