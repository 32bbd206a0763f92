//! What the service is asked to do, as typed requests: their method, path and body, and what their reply is.

pub(crate) mod call_request;
pub(crate) mod operation_path;
pub(crate) mod parts;
pub(crate) mod spec;
