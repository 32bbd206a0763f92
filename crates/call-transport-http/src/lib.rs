//! The calling service over HTTP.
//!
//! [`HttpTransport`] brings requests to the service, with tokens from a [`TokenProvider`]; [`Retrying`] repeats what may be
//! repeated.
//!
//! ```
//! use std::sync::Arc;
//! use call_transport_http::{FixedToken, HttpTransport, Retrying, RetrySettings, ServiceUrl, TimeOuts};
//!
//! let service = ServiceUrl::new("http://127.0.0.1:8080/v1.0")?;
//! let transport = HttpTransport::new(service, Arc::new(FixedToken::new("any")), TimeOuts::default())?;
//! let transport = Retrying::new(transport, RetrySettings::default());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod client;
mod connections;
mod retry;
mod service_url;
mod token;

pub use client::HttpTransport;
pub use connections::{NoConnections, TimeOuts};
pub use retry::{RetrySettings, Retrying};
pub use service_url::{InvalidServiceUrl, ServiceUrl};
pub use token::{
    AccessToken, ClientCredentials, ClientSecret, CredentialSettings, FixedToken, TokenError, TokenProvider,
};
