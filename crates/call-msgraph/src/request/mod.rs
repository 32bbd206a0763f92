//! What the service is asked to do, as typed requests: their method, path and body, and what their reply is.

mod call_request;
mod parts;

pub use call_request::{Method, Request};
pub use parts::{Answer, Redirect, RejectReason, Transfer};
