//! The traits between a bot and the service.
//!
//! Outbound, a [`Transport`] sends a [`Request`](call_msgraph::Request) and returns a [`Reply`], or a [`SendError`] that says whether
//! a retry is safe. Inbound, a transport delivers each webhook post to an [`Intake`], and sends its answer to the service.
//!
//! ```
//! use call_msgraph::Request;
//! use call_transport::{Retry, Reply, Response, SendError};
//! use std::time::Duration;
//!
//! // Every transport reads the response of the service with `Reply::read`.
//! let request = Request::keep_alive("c1".into());
//! let mut busy = Response::new(429);
//! busy.retry_after = Some(Duration::from_secs(7));
//! let error = Reply::read(&request, busy).unwrap_err();
//! assert!(matches!(error, SendError::Throttled { .. }));
//! assert_eq!(error.retry(), Retry::SafeAfter(Duration::from_secs(7)));
//!
//! // The 404 of a proxy has another body, and does not say that the call is gone.
//! let response = Response::new(404).with_body(br#"{"error": {"code": "8522", "message": "Call not found."}}"#.as_slice());
//! assert!(matches!(Reply::read(&request, response), Err(SendError::Gone(_))));
//! ```
//!
//! The transports are in other crates: `call-transport-http` and `call-transport-mock`.
//!
//! # Features
//!
//! | feature | default | effect |
//! | --- | --- | --- |
//! | `retry` | no | Adds `Retrying`, which retries the requests of any transport. Needs the timer of tokio. |
//! | `conformance` | no | Adds the module `conformance`, a test suite for transports. |

#[cfg(feature = "conformance")]
pub mod conformance;
mod error;
mod intake;
mod reply;
mod response;
#[cfg(feature = "retry")]
mod retry;
mod transport;

pub use error::{BoxError, Retry, SendError};
pub use intake::{Intake, IntakeAnswer};
pub use response::{Reply, Response};
#[cfg(feature = "retry")]
pub use retry::{RetrySettings, Retrying};
pub use transport::Transport;

/// For the other crates of this project only: it may change at any time.
#[doc(hidden)]
pub mod internal {
    pub use crate::error::chain;
    pub use crate::reply::LONGEST_PAUSE;
}
