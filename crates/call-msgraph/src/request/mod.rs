//! What the service is asked to do, as typed requests: their method, path and body, and what their reply is.

mod call_request;
mod operation_path;
mod parts;
mod spec;

pub use call_request::Request;
pub use operation_path::{InvalidOperationPath, OperationPath};
pub use parts::{Answer, Redirect, RejectReason, Transfer};
pub use spec::{Method, RequestSpec};
