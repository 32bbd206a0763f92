//! How a calling bot reaches the service, and is reached by it.
//!
//! Outbound, a [`Transport`] carries a [`Request`](call_msgraph::Request) and brings back a [`Reply`], or a [`SendError`] that
//! says whether a repetition is safe. Inbound, a transport hands each webhook post to an [`Intake`], and answers the service what
//! that says.
//!
//! ```
//! use call_msgraph::Request;
//! use call_transport::{Repeat, Reply, Response, SendError};
//! use std::time::Duration;
//!
//! // What every transport makes of the response of the service:
//! let request = Request::KeepAlive("c1".into());
//! let mut busy = Response::new(429);
//! busy.retry_after = Some(Duration::from_secs(7));
//! let error = Reply::read(&request, busy).unwrap_err();
//! assert!(matches!(error, SendError::Throttled { .. }));
//! assert_eq!(error.repeat(), Repeat::SafeAfter(Duration::from_secs(7)));
//!
//! let response = Response::new(404);
//! assert!(matches!(Reply::read(&request, response), Err(SendError::Gone(_))));
//! ```
//!
//! This crate has no transport of its own, and needs no runtime. `Retrying` (feature `retry`), which repeats the requests of any
//! transport, needs the timer of tokio.

#[cfg(feature = "conformance")]
pub mod conformance;
mod error;
mod intake;
mod reply;
#[cfg(feature = "retry")]
mod retry;
mod transport;

pub use error::{BoxError, Repeat, SendError};
pub use intake::{Intake, IntakeAnswer};
pub use reply::{Reply, Response};
#[cfg(feature = "retry")]
pub use retry::{RetrySettings, Retrying};
pub use transport::Transport;
